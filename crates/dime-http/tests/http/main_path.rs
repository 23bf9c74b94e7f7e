//! The main job over HTTP: register, look up, take chain and certificate, renew, revoke.

use crate::world::*;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use drip_cert::{Certificate, lite::LiteCertificate, pem, x509::Profile};
use drip_wire::Endorsement;
use http::Request;
use serde_json::json;

#[tokio::test]
async fn a_registration_says_all_that_was_promised() {
    let world = World::new();
    let mut application = application("aircraft", "aircraft");
    application["serial_number"] = json!("8653F02T7B8RA85D19LX");
    let reply = world.post_as(&world.manager, "/v1/registrations", &application).await;
    assert_eq!(reply.status, 201);
    let registration = reply.json();
    let det = det_of("aircraft");
    assert_eq!(
        reply.headers["location"],
        format!("/v1/registrations/{}", registration["id"].as_str().unwrap())
    );
    assert_eq!(registration["kind"], "aircraft");
    assert_eq!(registration["state"], "registered");
    assert_eq!(registration["det"], det.to_string());
    assert_eq!(registration["hi"], key("aircraft").hi().to_string());
    assert_eq!((&registration["raa"], &registration["hda"]), (&json!(16376), &json!(10)));
    assert_eq!(registration["entity_type"], 16);
    assert_eq!(registration["not_before"], "2027-01-15T08:00:00Z");
    assert_eq!(registration["not_after"], "2028-01-15T08:00:00Z");
    assert_eq!(registration["serial_number"], "8653F02T7B8RA85D19LX");
    assert_eq!(registration["dns"]["owner"], det.owner_name());
    assert_eq!(registration["dns"]["ttl"], 60);
    assert!(world.zones.is_published(det), "visible before the reply");

    let chain: Vec<Endorsement> = registration["endorsements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| Endorsement::decode(&STANDARD.decode(text.as_str().unwrap()).unwrap()).unwrap())
        .collect();
    assert_eq!(chain.len(), 4);
    assert_eq!(chain[3].child, det);
    chain[3].verify(&chain[2].child_hi).unwrap();
    let der = STANDARD.decode(registration["certificates"]["lite"].as_str().unwrap()).unwrap();
    LiteCertificate::parse(&der).unwrap().verify(&chain[2].child_hi).unwrap();
}

#[tokio::test]
async fn a_csr_as_the_body_itself_der_and_pem() {
    let world = World::new();
    let send = |name: &'static str, body: Vec<u8>| {
        let request = Request::post(format!("/v1/registrations?kind=aircraft&contact={name}"))
            .header("content-type", "application/pkcs10")
            .header("authorization", bearer(&world.manager))
            .body(Body::from(body))
            .unwrap();
        world.send(request)
    };
    let der = send("der", csr("der")).await;
    assert_eq!(der.status, 201);
    assert_eq!(der.json()["det"], det_of("der").to_string());
    assert_eq!(der.json()["contact"], "der");
    let text = pem::encode(pem::Label::CertificateRequest, &csr("pem"));
    let pem = send("pem", text.into_bytes()).await;
    assert_eq!(pem.status, 201);
    assert_eq!(pem.json()["det"], det_of("pem").to_string());
}

#[tokio::test]
async fn pem_and_wrapped_base64_inside_json() {
    let world = World::new();
    let text = pem::encode(pem::Label::CertificateRequest, &csr("pem"));
    let body = json!({ "kind": "aircraft", "csr": text });
    assert_eq!(world.post_as(&world.manager, "/v1/registrations", &body).await.status, 201);
    let wrapped = STANDARD.encode(csr("wrapped"));
    let (head, tail) = wrapped.split_at(64);
    let body = json!({ "kind": "aircraft", "csr": format!("{head}\n{tail}\n") });
    assert_eq!(world.post_as(&world.manager, "/v1/registrations", &body).await.status, 201);
}

#[tokio::test]
async fn the_same_request_again_signs_nothing_new() {
    let world = World::new();
    let first = world.registered("aircraft", "aircraft").await;
    let before = world.traces();
    let again =
        world.post_as(&world.manager, "/v1/registrations", &application("aircraft", "aircraft")).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.json(), first);
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_one_application() {
    let world = World::new();
    let send = |name: &'static str| {
        let request = Request::post("/v1/registrations")
            .header("content-type", "application/json")
            .header("authorization", bearer(&world.manager))
            .header("idempotency-key", "k1")
            .body(Body::from(application("aircraft", name).to_string()))
            .unwrap();
        world.send(request)
    };
    let first = send("one").await;
    assert_eq!(first.status, 201);
    assert_eq!(send("one").await.json(), first.json());
    let before = world.traces();
    let problem = send("two").await.problem(422, "idempotency-key-reused");
    assert_eq!(problem["errors"][0]["field"], "Idempotency-Key");
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn what_the_public_sees_is_not_what_a_manager_sees() {
    let world = World::new();
    let mut application = application("aircraft", "aircraft");
    application["serial_number"] = json!("8653F02T7B8RA85D19LX");
    application["contact"] = json!("someone@example.org");
    application["operator"] = world.registered("operator", "operator").await["det"].clone();
    let full = world.post_as(&world.manager, "/v1/registrations", &application).await.json();
    let path = format!("/v1/dets/{}", det_of("aircraft"));
    let public = world.get(&path).await;
    assert_eq!(public.status, 200);
    for private in ["serial_number", "contact", "operator", "id", "requested_at", "decided_by"] {
        assert!(public.json().get(private).is_none(), "{private} is public");
    }
    assert_eq!(world.get_as(&world.manager, &format!("{path}?view=full")).await.json(), full);
    let by_stranger = world.get(&format!("/v1/registrations/{}", full["id"].as_str().unwrap())).await.json();
    assert_eq!(by_stranger["state"], "registered");
    for private in ["serial_number", "contact", "operator"] {
        assert!(by_stranger.get(private).is_none(), "{private} is public");
    }
    // Whatever the text of the DET.
    let hex = world.get(&format!("/v1/dets/{}", det_of("aircraft").to_hex())).await;
    let name = world.get(&format!("/v1/dets/{}", det_of("aircraft").owner_name())).await;
    assert_eq!((hex.json(), name.json()), (public.json(), public.json()));
}

#[tokio::test]
async fn chain_and_certificate_in_every_form() {
    let world = World::new();
    let registration = world.registered("aircraft", "aircraft").await;
    let path = format!("/v1/dets/{}", det_of("aircraft"));
    let chain = world.get(&format!("{path}/endorsements")).await.json();
    assert_eq!(chain["det"], registration["det"]);
    assert_eq!(chain["endorsements"], registration["endorsements"]);
    let octets = world.accept(&format!("{path}/endorsements"), "application/octet-stream").await;
    assert_eq!(octets.headers["content-type"], "application/octet-stream");
    assert_eq!(octets.body.len(), 4 * Endorsement::LEN);
    let first = Endorsement::decode(&octets.body[..Endorsement::LEN]).unwrap();
    assert!(first.is_self_endorsement(), "trust anchor first");
    let expected: Vec<u8> =
        octets.body.chunks(Endorsement::LEN).flat_map(|endorsement| [&[1], endorsement].concat()).collect();
    let links = world.get(&format!("{path}/links")).await.json();
    assert_eq!(links["det"], registration["det"]);
    let links = links["links"].as_array().unwrap().iter().map(|link| STANDARD.decode(link.as_str().unwrap()));
    assert_eq!(links.map(Result::unwrap).collect::<Vec<_>>().concat(), expected);
    let links = world.accept(&format!("{path}/links"), "application/octet-stream").await;
    assert_eq!(links.headers["content-type"], "application/octet-stream");
    assert_eq!(links.body, expected);

    let certificate = format!("{path}/certificate");
    let der = world.get(&certificate).await;
    assert_eq!(der.headers["content-type"], "application/pkix-cert");
    assert_eq!(STANDARD.encode(&der.body), registration["certificates"]["lite"].as_str().unwrap());
    for profile in Profile::ALL {
        let (path, name) = (format!("{certificate}?profile={}", profile.name()), profile.name());
        let der = world.get(&path).await.body;
        assert_eq!(Certificate::parse(&der).unwrap().profile(), profile);
        assert_eq!(STANDARD.encode(&der), registration["certificates"][name].as_str().unwrap());
        let text = world.accept(&path, "application/x-pem-file").await;
        assert_eq!(text.headers["content-type"], "application/x-pem-file");
        assert_eq!(text.text(), pem::encode(pem::Label::Certificate, &der));
    }

    world.accept(&certificate, "image/png").await.problem(406, "not-acceptable");
    world.accept(&format!("{path}/endorsements"), "text/csv").await.problem(406, "not-acceptable");
    world.get(&format!("{certificate}?profile=gold")).await.problem(400, "invalid-parameter");
}

#[tokio::test]
async fn renewed_then_revoked_then_gone() {
    let world = World::new();
    world.registered("aircraft", "aircraft").await;
    let path = format!("/v1/dets/{}", det_of("aircraft"));
    world.clock.set(START + DAY);
    let renewed = world.post_as(&world.manager, &format!("{path}/renew"), &json!({})).await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    assert_eq!(renewed.json()["not_after"], "2028-01-16T08:00:00Z");
    let later = json!({ "not_after": "2028-03-01T00:00:00Z" });
    let renewed = world.post_as(&world.manager, &format!("{path}/renew"), &later).await;
    assert_eq!(renewed.json()["not_after"], later["not_after"]);
    assert_eq!(world.post_as(&world.manager, &format!("{path}/renew"), &json!(null)).await.status, 200);
    let without_body = Request::post(format!("{path}/renew"))
        .header("authorization", bearer(&world.manager))
        .body(Body::empty())
        .unwrap();
    assert_eq!(world.send(without_body).await.status, 200);
    let too_late = json!({ "not_after": "2040-01-01T00:00:00Z" });
    let refused = world.post_as(&world.manager, &format!("{path}/renew"), &too_late).await;
    refused.problem(422, "validity-out-of-range");

    let reply = world.post_as(&world.manager, &format!("{path}/revoke"), &json!({ "reason": "sold" })).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["state"], "revoked");
    assert_eq!(reply.json()["reason"], "sold");
    assert_eq!(reply.json()["dependants"], json!([]));
    assert!(!world.zones.is_published(det_of("aircraft")));
    assert_eq!(world.get(&path).await.json()["state"], "revoked");
    world.get(&format!("{path}/endorsements")).await.problem(409, "not-registered");
    world.get(&format!("{path}/certificate")).await.problem(409, "not-registered");
    world.post_as(&world.manager, &format!("{path}/renew"), &json!({})).await.problem(409, "not-registered");
    let before = world.traces();
    let again =
        world.post_as(&world.manager, "/v1/registrations", &application("aircraft", "aircraft")).await;
    again.problem(409, "hi-collision");
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn the_dimes_own_chain() {
    let world = World::new();
    let dki = world.get("/v1/dki").await.json();
    assert_eq!(dki["authorities"].as_array().unwrap().len(), 4);
    assert_eq!(dki["issuers"], json!([det_of("hda-i").to_string()]));
    let anchor = &dki["authorities"][0];
    assert_eq!(anchor["det"], dki["anchor"]);
    assert_eq!(anchor["parent"], dki["anchor"]);
    assert_eq!((&anchor["level"], &anchor["class"]), (&json!("raa"), &json!("authorization")));
    assert_eq!(anchor["test"], true);
    let octets = STANDARD.decode(anchor["endorsement"].as_str().unwrap()).unwrap();
    assert!(Endorsement::decode(&octets).unwrap().is_self_endorsement());
}
