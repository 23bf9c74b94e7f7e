//! What certificates point to: lists, statuses, issuers' certificates; and how a DET stands.

use crate::world::*;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_registry::Role;
use drip_cert::{
    crl::{Crl, CrlTbs, Reason},
    mtls::MtlsCertificate,
    ocsp::{CertId, CertStatus, HashAlgorithm, Issuer, Nonce, OcspRequest, OcspResponse, ResponseStatus},
};
use drip_det::UnixTime;
use http::Request;
use serde_json::json;

const CRL: &str = "application/pkix-crl";

fn issuer() -> Issuer {
    Issuer { det: det_of("hda-i"), hi: *key("hda-i").hi() }
}

/// A service with an mtls certificate, and what is asked about it.
async fn service(world: &World) -> CertId {
    world.registered("service", "uss").await;
    let det = det_of("uss");
    let reply = world.get(&format!("/v1/dets/{det}/certificate?profile=mtls")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let serial = MtlsCertificate::parse(&reply.body).unwrap().tbs().serial.clone();
    CertId::new(&issuer(), HashAlgorithm::Sha1, serial).unwrap()
}

async fn ask(world: &World, body: Vec<u8>) -> Reply {
    let request = Request::post("/pki/ocsp").header("content-type", "application/ocsp-request");
    world.send(request.body(Body::from(body)).unwrap()).await
}

fn status_in(reply: &Reply, id: &CertId, nonce: Option<&Nonce>) -> CertStatus {
    assert_eq!(
        (reply.status.as_u16(), &reply.headers["content-type"]),
        (200, &"application/ocsp-response".parse().unwrap())
    );
    let OcspResponse::Basic(basic) = OcspResponse::decode(&reply.body).unwrap() else { panic!("{reply:?}") };
    basic.verify(&issuer(), UnixTime(START)).unwrap();
    basic.status(id, nonce, UnixTime(START), 0).unwrap()
}

#[tokio::test]
async fn before_and_after_a_revocation() {
    let world = World::new();
    let id = service(&world).await;
    let (det, hda_i) = (det_of("uss"), det_of("hda-i"));
    let nonce = Nonce::new(&[5; 32]).unwrap();
    let request = OcspRequest::new(vec![id.clone()], Some(nonce.clone())).unwrap().encode().to_vec();
    let good = ask(&world, request.clone()).await;
    assert_eq!(status_in(&good, &id, Some(&nonce)), CertStatus::Good);
    assert_eq!(good.headers["cache-control"], "no-store");
    let crl = world.get(&format!("/pki/{}.crl", hda_i.to_hex())).await;
    assert_eq!((crl.status.as_u16(), &crl.headers["content-type"]), (200, &CRL.parse().unwrap()));
    assert!(Crl::parse(&crl.body).unwrap().find(hda_i, &id.serial).is_none());
    let status = world.get(&format!("/v1/dets/{det}/status")).await.json();
    assert_eq!((&status["status"], &status["kind"]), (&json!("good"), &json!("service")));

    let path = format!("/v1/dets/{det}/revoke");
    let hold = json!({ "reason": "wait", "reason_code": "certificateHold" });
    let refused = world.post_as(&world.manager, &path, &hold).await;
    assert_eq!(refused.problem(422, "malformed-field")["errors"][0]["pointer"], "/reason_code");
    let nonsense = json!({ "reason": "wait", "reason_code": "whim" });
    world.post_as(&world.manager, &path, &nonsense).await.problem(422, "malformed-field");
    let body = json!({ "reason": "its key was found", "reason_code": "keyCompromise" });
    assert_eq!(world.post_as(&world.manager, &path, &body).await.status, 200);

    let revoked = ask(&world, request).await;
    let reason = Some(Reason::KeyCompromise);
    assert!(
        matches!(status_in(&revoked, &id, Some(&nonce)), CertStatus::Revoked { reason: found, .. } if found == reason)
    );
    // By address, too, and it is another list than before.
    let etag = crl.headers["etag"].to_str().unwrap();
    let again = Request::get(format!("/pki/{hda_i}.crl")).header("if-none-match", etag);
    let crl = world.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!(crl.status, 200);
    assert_eq!(Crl::parse(&crl.body).unwrap().find(hda_i, &id.serial).unwrap().reason, reason);
    let etag = crl.headers["etag"].to_str().unwrap();
    let again = Request::get(format!("/pki/{hda_i}.crl")).header("if-none-match", etag);
    assert_eq!(world.send(again.body(Body::empty()).unwrap()).await.status, 304);
    let delta = world.get(&format!("/pki/{hda_i}.crl?delta")).await;
    assert!(Crl::parse(&delta.body).unwrap().tbs().base.is_some());

    let status = world.get(&format!("/v1/dets/{det}/status")).await.json();
    assert_eq!((&status["status"], &status["reason_code"]), (&json!("revoked"), &json!("keyCompromise")));
    assert_eq!(status["revoked_at"], "2027-01-15T08:00:00Z");
    assert!(status["reason"].is_null());
    let status = world.get_as(&world.manager, &format!("/v1/dets/{det}/status")).await.json();
    assert_eq!(status["reason"], "its key was found");
    let unknown = world.get(&format!("/v1/dets/{}/status", det_of("nobody"))).await.json();
    assert_eq!(unknown["status"], "unknown");
}

#[tokio::test]
async fn by_path_with_an_end() {
    let world = World::new();
    let id = service(&world).await;
    let request = OcspRequest::new(vec![id.clone()], None).unwrap();
    let text = STANDARD.encode(request.encode());
    let escaped = text.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    for path in [text, escaped] {
        let reply = world.get(&format!("/pki/ocsp/{path}")).await;
        assert_eq!(status_in(&reply, &id, None), CertStatus::Good);
        assert_eq!(reply.headers["cache-control"], "max-age=300, public, no-transform, must-revalidate");
        assert_eq!(reply.headers["last-modified"], "Fri, 15 Jan 2027 08:00:00 GMT");
        assert_eq!(reply.headers["expires"], "Fri, 15 Jan 2027 08:05:00 GMT");
        let again = Request::get(format!("/pki/ocsp/{path}")).header("if-none-match", &reply.headers["etag"]);
        assert_eq!(world.send(again.body(Body::empty()).unwrap()).await.status, 304);
    }
    let nonce = Nonce::new(&[1; 16]).unwrap();
    let with = OcspRequest::new(vec![id.clone()], Some(nonce.clone())).unwrap();
    let reply = world.get(&format!("/pki/ocsp/{}", STANDARD.encode(with.encode()))).await;
    assert_eq!(status_in(&reply, &id, Some(&nonce)), CertStatus::Good);
    assert_eq!(reply.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn what_is_no_request() {
    let world = World::new();
    let id = service(&world).await;
    let malformed = |reply: &Reply| {
        assert_eq!(reply.status, 200);
        let failed = OcspResponse::Failed(ResponseStatus::MalformedRequest);
        assert_eq!(OcspResponse::decode(&reply.body), Ok(failed));
    };
    let request = OcspRequest::new(vec![id], None).unwrap().encode().to_vec();
    malformed(&ask(&world, vec![]).await);
    malformed(&ask(&world, request[..request.len() - 1].to_vec()).await);
    malformed(&ask(&world, [&request[..], &[0]].concat()).await);
    malformed(&world.get("/pki/ocsp/not%20base64").await);
    malformed(&world.get("/pki/ocsp/AAAA").await);
    ask(&world, vec![0x30; 16 * 1024 + 1]).await.problem(413, "content-too-large");
    let other = Request::post("/pki/ocsp").header("content-type", "application/json");
    world.send(other.body(Body::from(request)).unwrap()).await.problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn what_is_not_there() {
    let world = World::new();
    let hda_i = det_of("hda-i");
    world.get("/pki/nothing").await.problem(404, "not-found");
    world.get("/pki/nothing.crl").await.problem(400, "invalid-parameter");
    world.get(&format!("/pki/{}.crl", det_of("stranger"))).await.problem(404, "not-found");
    world.get(&format!("/pki/{}.cer", det_of("stranger"))).await.problem(404, "not-found");
    world.get(&format!("/pki/{hda_i}.crl?color=red")).await.problem(400, "invalid-parameter");
    world.get(&format!("/pki/{hda_i}/3-5.crl")).await.problem(400, "invalid-parameter");
    // Without an origin no list can name itself.
    world.get(&format!("/pki/{hda_i}/3-16.crl")).await.problem(404, "not-found");
    // There is no key of the RAA's to sign for an offline one.
    world.get(&format!("/pki/{}.crl", det_of("hda-a"))).await.problem(404, "not-found");
}

#[tokio::test]
async fn the_issuers_own_certificates() {
    let world = World::new();
    let hda_i = det_of("hda-i");
    let reply = world.get(&format!("/pki/{hda_i}.cer")).await;
    assert_eq!(reply.headers["content-type"], "application/pkix-cert");
    let certificate = MtlsCertificate::parse(&reply.body).unwrap();
    assert_eq!((certificate.tbs().det, certificate.tbs().issuer), (hda_i, det_of("hda-a")));
    for profile in ["lite", "full"] {
        let other = world.get(&format!("/pki/{hda_i}.cer?profile={profile}")).await;
        assert_eq!(other.status, 200);
        assert_ne!(other.body, reply.body);
    }
}

#[tokio::test]
async fn a_list_is_signed_offline() {
    let world = World::new();
    let hda_a = det_of("hda-a");
    let path = format!("/v1/authorities/{hda_a}/list");
    world.get(&path).await.problem(401, "token-missing");
    let admin = token(&world.registry, Role::Admin, None, None);
    let request = world.get_as(&admin, &format!("{path}?lifetime=86400")).await;
    assert_eq!(request.status, 200, "{request:?}");
    let tbs = CrlTbs::decode(&request.body).unwrap();
    let signed = tbs.assemble(&key("hda-a").sign(&request.body)).unwrap();
    let import = |path: String, media: &str, body: Vec<u8>| {
        let request =
            Request::post(path).header("authorization", bearer(&admin)).header("content-type", media);
        world.send(request.body(Body::from(body)).unwrap())
    };
    let taken = import(path.clone(), CRL, signed.clone()).await;
    assert_eq!(taken.status, 200, "{taken:?}");
    assert_eq!(world.get(&format!("/pki/{hda_a}.crl")).await.body, signed);
    let forged = tbs.assemble(&key("hda-i").sign(&request.body)).unwrap();
    import(path.clone(), CRL, forged).await.problem(422, "object-not-valid");
    import(path.clone(), CRL, signed[1..].to_vec()).await.problem(422, "malformed-list");
    import(path.clone(), "application/json", signed.clone()).await.problem(415, "unsupported-media-type");
    let other = format!("/v1/authorities/{}/list", det_of("hda-i"));
    import(other, CRL, signed).await.problem(404, "not-found");
    world.get_as(&admin, &format!("{path}?lifetime=1")).await.problem(400, "invalid-parameter");
}
