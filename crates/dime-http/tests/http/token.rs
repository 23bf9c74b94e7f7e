//! Registration tokens (`application/cwt`) made by pycose and cbor2: registered like a CSR, or refused by name.

use crate::world::{Reply as Answer, *};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_sign::PrivateKey;
use drip_cert::{
    c509::NativeCertificate,
    lite::{LiteCertificate, LiteTbs},
};
use drip_wire::{
    Endorsement,
    registration::{Claims, RegistrationToken, Reply},
};
use http::Request;
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf, process::Command};
use zeroize::Zeroizing;

const SERIAL: &str = "8653F02T7B8RA85D19LX";

fn device() -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([7; 32]))
}

/// The tokens of `scripts/interop/registration_token.py` for this device, which asks natively.
fn made_by_pycose(now: u64) -> BTreeMap<String, Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python =
        std::env::var_os("DIME_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
    let det = device().det(hid());
    let csr = device().native_request(Some(SERIAL.into()), Some(det)).unwrap();
    let output = Command::new(python)
        .arg(root.join("scripts/interop/registration_token.py"))
        .args(["make", &"07".repeat(32), &hex::encode(det.to_bytes()), &now.to_string()])
        .args([hex::encode(csr), hex::encode(self::csr("another"))])
        .output()
        .expect("scripts/tools has installed Python and its libraries");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let tokens = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).map(|line| {
        let token = hex::decode(line["token"].as_str().unwrap()).unwrap();
        (line["name"].as_str().unwrap().to_owned(), token)
    });
    tokens.collect()
}

async fn send(world: &World, token: Vec<u8>, accept: &str) -> Answer {
    let request = Request::post("/v1/registrations")
        .header("content-type", "application/cwt")
        .header("accept", accept)
        .header("authorization", bearer(&world.manager))
        .body(Body::from(token))
        .unwrap();
    world.send(request).await
}

#[tokio::test]
async fn a_token_registers_and_is_answered_in_json_or_cbor() {
    let world = World::new();
    let det = device().det(hid());
    let token = made_by_pycose(START)["good, everything"].clone();
    let reply = send(&world, token.clone(), "application/json").await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let registration = reply.json();
    assert_eq!(registration["det"], det.to_string());
    assert_eq!(registration["kind"], "aircraft");
    assert_eq!(registration["serial_number"], SERIAL);
    assert_eq!(registration["contact"], "pilot@example.org");
    assert_eq!(registration["not_after"], "2027-01-16T08:00:00Z", "as exp wished");
    assert!(world.zones.is_published(det));

    // The same token again is the same registration, now in CBOR.
    let before = world.traces();
    let reply = send(&world, token, "application/cbor").await;
    assert_eq!(
        (reply.status.as_u16(), reply.headers["content-type"].to_str().unwrap()),
        (201, "application/cbor")
    );
    assert_eq!(world.traces(), before, "nothing new is signed");
    let answer = Reply::decode(&reply.body).unwrap();
    assert_eq!((answer.det, answer.state.as_str()), (det, "registered"));
    assert_eq!(registration["id"], answer.id);
    assert_eq!(answer.endorsements.len(), 4);
    let chain: Vec<_> =
        answer.endorsements.iter().map(|octets| Endorsement::decode(octets).unwrap()).collect();
    assert_eq!((chain[3].child, chain[3].child_hi), (det, *device().hi()));
    for pair in chain.windows(2) {
        pair[1].verify(&pair[0].child_hi).unwrap();
    }
    let lite = LiteCertificate::parse(&answer.certificate.unwrap()).unwrap();
    lite.verify(&chain[2].child_hi).unwrap();
    // The request inside was native.
    let native = NativeCertificate::<LiteTbs>::parse(&answer.c509.unwrap()).unwrap();
    native.verify(&chain[2].child_hi).unwrap();
    assert_eq!(native.tbs(), lite.tbs());
}

#[tokio::test]
async fn the_token_alone_is_proof_enough() {
    let world = World::new();
    let reply = send(&world, made_by_pycose(START)["good"].clone(), "*/*").await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.json()["det"], device().det(hid()).to_string());
    assert!(reply.json()["certificates"]["c509"].is_null());
    assert!(STANDARD.decode(reply.json()["certificates"]["lite"].as_str().unwrap()).is_ok());
}

#[tokio::test]
async fn every_hostile_token_is_refused_by_name_and_leaves_no_trace() {
    let world = World::new();
    let tokens = made_by_pycose(START);
    let before = world.traces();
    let mut refused = 0;
    for (name, token) in &tokens {
        let slug = match name.as_str() {
            good if good.starts_with("good") => continue,
            "key of another" | "kid of another place" => "det-mismatch",
            "signed by another" | "signature flipped" => "bad-signature",
            "expired" | "not yet valid" | "from the future" => "token-not-in-force",
            "csr of another key" => "token-csr-mismatch",
            "serial number twice" => "serial-number-mismatch",
            _ => "malformed-token",
        };
        let problem = send(&world, token.clone(), "application/json").await.problem(422, slug);
        assert_eq!(
            problem["errors"][0]["pointer"],
            if slug.starts_with("serial") { "/serial_number" } else { "/csr" }
        );
        refused += 1;
    }
    assert_eq!(refused, 33);
    assert_eq!(world.traces(), before);
    for length in 0..tokens["good"].len() {
        send(&world, tokens["good"][..length].to_vec(), "application/json")
            .await
            .problem(422, "malformed-token");
    }
    assert_eq!(world.traces(), before);
}

fn signed(claims: Claims) -> Vec<u8> {
    let det = device().det(hid());
    let signature = device().sign(&RegistrationToken::to_be_signed(det, &claims));
    RegistrationToken::new(det, claims, signature).encode()
}

#[tokio::test]
async fn kinds_places_and_policy_are_as_with_a_csr() {
    let world = World::new();
    let claims = |kind: &str| Claims::new(kind.into(), *device().hi(), drip_det::UnixTime(START));
    send(&world, signed(claims("submarine")), "*/*").await.problem(422, "malformed-field");
    send(&world, signed(claims("hda")), "*/*").await.problem(422, "malformed-field");
    // The DET of another HDA than ours.
    let elsewhere = device().det(drip_det::Hid::from_numbers(16376, 11).unwrap());
    let signature = device().sign(&RegistrationToken::to_be_signed(elsewhere, &claims("aircraft")));
    let token = RegistrationToken::new(elsewhere, claims("aircraft"), signature).encode();
    send(&world, token, "*/*").await.problem(422, "foreign-hid");
    // Nobody vouches: an operator waits for a person.
    let request = Request::post("/v1/registrations")
        .header("content-type", "application/cwt")
        .header("accept", "application/cbor")
        .body(Body::from(signed(claims("operator"))))
        .unwrap();
    let reply = world.send(request).await;
    assert_eq!((reply.status.as_u16(), reply.headers["retry-after"].to_str().unwrap()), (202, "60"));
    let answer = Reply::decode(&reply.body).unwrap();
    assert_eq!((answer.state.as_str(), answer.endorsements.len(), answer.certificate), ("pending", 0, None));
}

#[tokio::test]
async fn what_is_not_acceptable_is_said_before_anything_is_registered() {
    let world = World::new();
    let before = world.traces();
    let token = made_by_pycose(START)["good"].clone();
    send(&world, token.clone(), "text/html").await.problem(406, "not-acceptable");
    let request = Request::post("/v1/registrations?kind=aircraft")
        .header("content-type", "application/cwt")
        .header("authorization", bearer(&world.manager))
        .body(Body::from(token.clone()))
        .unwrap();
    world.send(request).await.problem(400, "invalid-parameter");
    // A token is no CSR, and a CSR no token.
    let request = Request::post("/v1/registrations")
        .header("content-type", "application/cwt")
        .header("authorization", bearer(&world.manager))
        .body(Body::from(csr("aircraft")))
        .unwrap();
    world.send(request).await.problem(422, "malformed-token");
    let body = serde_json::json!({ "kind": "operator", "csr": STANDARD.encode(&token) });
    world.post_as(&world.manager, "/v1/registrations", &body).await.problem(422, "malformed-field");
    assert_eq!(world.traces(), before);
}
