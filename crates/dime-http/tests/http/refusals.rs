//! Every bad request has its own problem type and status; nothing is stored, nothing signed.

use crate::world::*;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use drip_cert::csr::CsrSpec;
use drip_det::{Det, Hid};
use http::Request;
use serde_json::{Value, json};

const P256: &[u8] = include_bytes!("../../../../testdata/csr/p256.der");
const RSA: &[u8] = include_bytes!("../../../../testdata/csr/rsa2048.der");

fn with(member: &str, value: Value) -> Value {
    let mut application = application("aircraft", "good");
    application[member] = value;
    application
}

fn with_csr(octets: &[u8]) -> Value {
    with("csr", json!(STANDARD.encode(octets)))
}

fn at(raa: u16, hda: u16) -> Value {
    let key = key("good");
    let det = Det::derive(Hid::from_numbers(raa, hda).unwrap(), key.hi());
    with_csr(&key.certification_request(None, Some(det)).unwrap())
}

#[tokio::test]
async fn each_by_its_own_type() {
    let world = World::new();
    let operator = world.registered("operator", "operator").await["det"].clone();
    let revoked = world.registered("operator", "revoked").await["det"].clone();
    let path = format!("/v1/dets/{}/revoke", revoked.as_str().unwrap());
    assert_eq!(world.post_as(&world.manager, &path, &json!({ "reason": "closed" })).await.status, 200);
    let aircraft = world.registered("aircraft", "aircraft").await["det"].clone();
    let good = csr("good");
    let mut bad_signature = good.clone();
    *bad_signature.last_mut().unwrap() ^= 1;
    let spec = CsrSpec { hi: *key("aircraft").hi(), serial_number: Some("SN-2".to_owned()), det: None };
    let used_key = spec.assemble(&key("aircraft").sign(&spec.to_be_signed().unwrap())).unwrap();

    let before = world.traces();
    let cases = [
        (json!([]), 422, "malformed-field", ""),
        (
            json!(["aircraft", STANDARD.encode(csr("ua.array")), null, null, null, null, null, null]),
            422,
            "malformed-field",
            "",
        ),
        (json!({ "kind": "aircraft" }), 422, "malformed-field", ""),
        (with("kind", json!("balloon")), 422, "malformed-field", "/kind"),
        (with("colour", json!("red")), 422, "malformed-field", "/colour"),
        (with("csr", json!(7)), 422, "malformed-field", "/csr"),
        (with("not_after", json!("tomorrow")), 422, "malformed-field", "/not_after"),
        (with("operator", json!("2001:db8::1")), 422, "malformed-field", "/operator"),
        (with("operator_attestation", json!("*")), 422, "malformed-field", "/operator_attestation"),
        (with("csr", json!("%%%")), 422, "malformed-csr", "/csr"),
        (with_csr(b"hello"), 422, "malformed-csr", "/csr"),
        (with_csr(&[&good[..], &[0]].concat()), 422, "malformed-csr", "/csr"),
        (with("csr", json!("-----BEGIN CERTIFICATE REQUEST-----\nnonsense")), 422, "malformed-csr", "/csr"),
        (with_csr(&good[..good.len() - 1]), 422, "truncated-csr", "/csr"),
        (with_csr(&good[..1]), 422, "truncated-csr", "/csr"),
        (with_csr(P256), 422, "wrong-algorithm", "/csr"),
        (with_csr(RSA), 422, "wrong-algorithm", "/csr"),
        (with_csr(&bad_signature), 422, "bad-signature", "/csr"),
        (at(16376, 11), 422, "foreign-hid", "/csr"),
        (at(16376, 4096), 422, "reserved-hda", "/csr"),
        (with("kind", json!("manufacturer")), 422, "kind-not-offered", "/kind"),
        (with("operator", json!("2001:3f:fe00:a05::1")), 422, "unknown-operator", "/operator"),
        (with("operator", revoked), 422, "operator-not-valid", "/operator"),
        (with("operator", aircraft), 422, "not-an-operator", "/operator"),
        (with("not_after", json!("2020-01-01T00:00:00Z")), 422, "validity-out-of-range", "/not_after"),
        (with("not_after", json!("2100-01-01T00:00:00Z")), 422, "validity-out-of-range", "/not_after"),
        (with_csr(&used_key), 409, "hi-collision", "/csr"),
    ];
    for (body, status, slug, pointer) in cases {
        let reply = world.post_as(&world.manager, "/v1/registrations", &body).await;
        let problem = reply.problem(status, slug);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    world.post("/v1/registrations", &with("kind", json!("aircraft"))).await.problem(422, "operator-missing");
    world.post("/v1/registrations", &with("operator", operator)).await.problem(403, "operator-proof-missing");
    assert_eq!(world.traces(), before, "something was stored or signed");
}

#[tokio::test]
async fn hardware_that_cannot_be_certified() {
    let world = World::new();
    let before = world.traces();
    let module =
        |hw_type: &str, serial: &str| with("hardware_module", json!({ "type": hw_type, "serial": serial }));
    for (module, reason) in [
        (module("1.3.6.1.4.1.55555.1", "0102"), "only what is registered without an end"),
        (module("1.3.6.1.4.1.55555.1", "xy"), "its serial"),
    ] {
        let reply = world.post_as(&world.manager, "/v1/registrations", &module).await;
        let problem = reply.problem(422, "malformed-field");
        assert_eq!(problem["errors"][0]["pointer"], "/hardware_module", "{problem}");
        assert!(problem.to_string().contains(reason), "{problem}");
    }
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn an_operator_whose_time_is_over() {
    let world = World::new();
    let operator = world.registered("operator", "operator").await["det"].clone();
    world.clock.set(START + 366 * DAY);
    let before = world.traces();
    let reply = world.post_as(&world.manager, "/v1/registrations", &with("operator", operator)).await;
    let problem = reply.problem(422, "operator-not-valid");
    assert!(problem["detail"].as_str().unwrap().contains("expired"), "{problem}");
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn bodies_that_are_not_what_they_claim() {
    let world = World::new();
    let before = world.traces();
    let send = |media: Option<&str>, query: &str, body: &[u8]| {
        let mut request = Request::post(format!("/v1/registrations{query}"))
            .header("authorization", bearer(&world.manager));
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        world.send(request.body(Body::from(body.to_vec())).unwrap())
    };
    let two = format!("{0} {0}", application("aircraft", "good"));
    for body in [&b"{"[..], b"", two.as_bytes(), b"\xff", b"nonsense"] {
        send(Some("application/json"), "", body).await.problem(400, "malformed-request");
    }
    let problem = send(Some("text/plain"), "", b"{}").await.problem(415, "unsupported-media-type");
    assert!(problem["detail"].as_str().unwrap().contains("application/pkcs10"));
    send(None, "", b"{}").await.problem(415, "unsupported-media-type");
    send(Some("application/json"), "?kind=aircraft", b"{}").await.problem(400, "invalid-parameter");
    let pkcs10 = Some("application/pkcs10");
    let problem = send(pkcs10, "", &csr("good")).await.problem(400, "invalid-parameter");
    assert_eq!(problem["errors"][0]["field"], "kind");
    send(pkcs10, "?kind=balloon", &csr("good")).await.problem(400, "invalid-parameter");
    send(pkcs10, "?kind=aircraft&operator=x", &csr("good")).await.problem(400, "invalid-parameter");
    send(pkcs10, "?kind=aircraft&colour=red", &csr("good")).await.problem(400, "invalid-parameter");
    send(pkcs10, "?kind=aircraft", b"").await.problem(422, "truncated-csr");
    send(pkcs10, "?kind=aircraft", RSA).await.problem(422, "wrong-algorithm");
    let parameter = send(Some("Application/JSON; charset=utf-8"), "", b"{}").await;
    parameter.problem(422, "malformed-field");
    assert_eq!(world.traces(), before, "something was stored or signed");
}

#[tokio::test]
async fn what_is_not_there() {
    let world = World::new();
    world.get("/v1/dets/2001:3f:fe00:a05::1").await.problem(404, "not-found");
    world.get("/v1/dets/2001:3f:fe00:a05::1/endorsements").await.problem(404, "not-found");
    world.get("/v1/dets/2001:3f:fe00:a05::1/certificate").await.problem(404, "not-found");
    world.get("/v1/registrations/none").await.problem(404, "not-found");
    let problem = world.get("/v1/dets/2001:db8::1").await.problem(400, "invalid-parameter");
    assert_eq!(problem["errors"][0]["field"], "det");
    world.get("/v1/dets/drone").await.problem(400, "invalid-parameter");
    world.get("/v1/dets/%ff").await.problem(400, "invalid-parameter");
    let revoke =
        world.post_as(&world.manager, "/v1/dets/2001:3f:fe00:a05::1/revoke", &json!({ "reason": "x" })).await;
    revoke.problem(404, "not-found");
    world
        .post_as(&world.manager, "/v1/registrations/none/approve", &json!({}))
        .await
        .problem(404, "not-found");
}
