//! C509 over HTTP: requests by media type or inside JSON, certificates by the Accept field.

use crate::world::*;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use drip_cert::{
    c509::{C509Certificate, C509Csr, C509Kind, NativeCertificate},
    lite::LiteTbs,
};
use http::Request;
use serde_json::json;

fn native(name: &str) -> Vec<u8> {
    key(name).native_request(None, None).unwrap()
}

async fn send(world: &World, media: &str, body: Vec<u8>) -> Reply {
    let request = Request::post("/v1/registrations?kind=aircraft")
        .header("content-type", media)
        .header("authorization", bearer(&world.manager))
        .body(Body::from(body))
        .unwrap();
    world.send(request).await
}

#[tokio::test]
async fn a_native_request_by_its_media_type() {
    let world = World::new();
    for (name, media) in
        [("one", "application/cose-c509-pkcs10"), ("other", "application/cose-c509-pkcs10+cbor")]
    {
        let reply = send(&world, media, native(name)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let registration = reply.json();
        assert_eq!(registration["det"], det_of(name).to_string());
        let cbor = STANDARD.decode(registration["certificates"]["c509"].as_str().unwrap()).unwrap();
        let certificate = NativeCertificate::<LiteTbs>::parse(&cbor).unwrap();
        certificate.verify(key("hda-i").hi()).unwrap();
        assert_eq!(certificate.tbs().det, det_of(name));
    }
}

#[tokio::test]
async fn both_types_inside_json() {
    let world = World::new();
    let body = json!({ "kind": "aircraft", "csr": STANDARD.encode(native("native")) });
    let reply = world.post_as(&world.manager, "/v1/registrations", &body).await;
    assert!(reply.json()["certificates"]["c509"].is_string());
    let cbor = C509Csr::of_pkcs10(&csr("reencoded")).unwrap();
    let body = json!({ "kind": "aircraft", "csr": STANDARD.encode(cbor.octets()) });
    let reply = world.post_as(&world.manager, "/v1/registrations", &body).await;
    assert_eq!(reply.status, 201);
    assert!(reply.json()["certificates"]["c509"].is_null());
}

#[tokio::test]
async fn certificates_by_the_accept_field() {
    let world = World::new();
    assert_eq!(send(&world, "application/cose-c509-pkcs10", native("aircraft")).await.status, 201);
    let path = format!("/v1/dets/{}/certificate", det_of("aircraft"));
    let der = world.get(&path).await;
    for media in ["application/cose-c509-cert", "application/cose-c509-cert+cbor"] {
        let reply = world.accept(&path, media).await;
        assert_eq!((reply.status.as_u16(), reply.headers["content-type"].to_str().unwrap()), (200, media));
        let certificate = C509Certificate::decode(&reply.body).unwrap();
        assert_eq!(certificate.kind(), C509Kind::Reencoded);
        assert_eq!(certificate.x509(), Some(der.body.as_slice()), "the same certificate");
        let native = world.accept(&format!("{path}?form=native"), media).await;
        assert_eq!((native.status.as_u16(), native.headers["content-type"].to_str().unwrap()), (200, media));
        assert_eq!(C509Certificate::decode(&native.body).unwrap().kind(), C509Kind::Native);
        assert_eq!(native.body.len(), reply.body.len());
    }
    assert_eq!(
        world.get(&format!("{path}?form=native")).await.headers["content-type"],
        "application/cose-c509-cert"
    );
    assert_eq!(world.get(&format!("{path}?form=x509")).await.body, der.body);
    world
        .accept(&format!("{path}?form=native"), "application/pkix-cert")
        .await
        .problem(406, "not-acceptable");
    world.get(&format!("{path}?form=native&profile=full")).await.problem(400, "invalid-parameter");
    world.get(&format!("{path}?form=wrong")).await.problem(400, "invalid-parameter");
    // The authority above has an X.509 certificate only.
    let issuer = key("hda-i").det(hid());
    let path = format!("/v1/dets/{issuer}/certificate");
    assert_eq!(world.accept(&path, "application/cose-c509-cert").await.status, 200);
    world.get(&format!("{path}?form=native")).await.problem(404, "profile-not-offered");
}

#[tokio::test]
async fn what_was_not_asked_for_natively_is_not_there_natively() {
    let world = World::new();
    world.registered("aircraft", "aircraft").await;
    let path = format!("/v1/dets/{}/certificate?form=native", det_of("aircraft"));
    let problem = world.get(&path).await.problem(404, "profile-not-offered");
    assert_eq!(problem["errors"][0]["field"], "form");
}

#[tokio::test]
async fn refusals_name_what_is_wrong() {
    let world = World::new();
    let good = native("aircraft");
    let media = "application/cose-c509-pkcs10";
    send(&world, media, good[..good.len() - 1].to_vec()).await.problem(422, "truncated-csr");
    send(&world, media, [good.as_slice(), &[0]].concat()).await.problem(422, "malformed-csr");
    let mut older = good.clone();
    older[1] = 0;
    let problem = send(&world, media, older).await.problem(422, "malformed-csr");
    assert!(problem["detail"].as_str().unwrap().contains("drafts before 10"), "{problem}");
    let mut forged = good;
    *forged.last_mut().unwrap() ^= 1;
    send(&world, media, forged).await.problem(422, "bad-signature");
    send(&world, "application/cose-c509-cert", native("aircraft"))
        .await
        .problem(415, "unsupported-media-type");
}
