//! HTTP Message Signatures (RFC 9421): acting as an operator by its own key.

use crate::world::*;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_http::HttpConfig;
use drip_client::message_signature::{self as signature, Component, SignatureParams};
use drip_det::{Det, UnixTime};
use http::{Request, request::Builder};
use serde_json::{Value, json};

const HOST: &str = "dime.example";

struct Signed {
    method: &'static str,
    path: String,
    body: Option<Value>,
    by: &'static str,
    keyid: Det,
    created: u64,
    nonce: u8,
}

impl Signed {
    fn post(path: impl Into<String>, body: Value, by: &'static str) -> Self {
        Signed {
            method: "POST",
            path: path.into(),
            body: Some(body),
            by,
            keyid: det_of(by),
            created: START,
            nonce: 1,
        }
    }

    /// The request as its signer means it, and the signed fields to add.
    fn request(&self) -> Request<Body> {
        let body = self.body.as_ref().map(|body| body.to_string().into_bytes());
        let fields: &[(&str, &str)] = if body.is_some() {
            &[("host", HOST), ("content-type", "application/json")]
        } else {
            &[("host", HOST)]
        };
        let (path, query) =
            self.path.split_once('?').map_or((self.path.as_str(), None), |(path, query)| (path, Some(query)));
        let request =
            signature::Request { method: self.method, scheme: "http", authority: HOST, path, query, fields };
        let created = UnixTime(self.created);
        let signed = signature::sign_request(
            &request,
            body.as_deref(),
            self.keyid,
            created,
            &[self.nonce; 16],
            |octets| key(self.by).sign(octets),
        )
        .unwrap();
        let mut builder = self.builder(fields);
        for (name, value) in signed.iter() {
            builder = builder.header(name, value);
        }
        builder.body(Body::from(body.unwrap_or_default())).unwrap()
    }

    fn builder(&self, fields: &[(&str, &str)]) -> Builder {
        fields
            .iter()
            .fold(Request::builder().method(self.method).uri(&self.path), |builder, (name, value)| {
                builder.header(*name, *value)
            })
    }
}

#[tokio::test]
async fn an_operator_registers_its_aircraft_and_session() {
    let world = World::new();
    world.registered("operator", "operator").await;
    for (kind, name) in [("aircraft", "one"), ("session", "two")] {
        let reply = world
            .send(Signed::post("/v1/registrations", application(kind, name), "operator").request())
            .await;
        assert_eq!(reply.status, 201, "{reply:?}");
        assert_eq!(reply.json()["operator"], det_of("operator").to_string());
    }
    // It may revoke what is its own, and see it whole.
    let see = Signed {
        method: "GET",
        body: None,
        ..Signed::post(format!("/v1/dets/{}?view=full", det_of("one")), Value::Null, "operator")
    };
    let seen = world.send(see.request()).await;
    assert_eq!(seen.json()["operator"], det_of("operator").to_string(), "{seen:?}");
    let revoke =
        Signed::post(format!("/v1/dets/{}/revoke", det_of("one")), json!({ "reason": "lost" }), "operator");
    assert_eq!(world.send(revoke.request()).await.json()["state"], "revoked");
}

#[tokio::test]
async fn another_operator_may_not() {
    let world = World::new();
    world.registered("operator", "operator").await;
    world.registered("operator", "rival").await;
    assert_eq!(
        world
            .send(Signed::post("/v1/registrations", application("aircraft", "one"), "operator").request())
            .await
            .status,
        201
    );
    let before = world.traces();
    let revoke =
        Signed::post(format!("/v1/dets/{}/revoke", det_of("one")), json!({ "reason": "mine" }), "rival");
    let problem = world.send(revoke.request()).await.problem(403, "forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("registrations:revoke"));
    let mut stolen = application("aircraft", "two");
    stolen["operator"] = json!(det_of("operator").to_string());
    let stolen = Signed::post("/v1/registrations", stolen, "rival");
    world.send(stolen.request()).await.problem(403, "operator-proof-invalid");
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn signers_that_are_nobody_or_no_more() {
    let world = World::new();
    let unknown = Signed::post("/v1/registrations", application("aircraft", "one"), "nobody");
    let reply = world.send(unknown.request()).await;
    reply.problem(401, "signer-unknown");
    assert!(reply.headers.contains_key("www-authenticate"));
    world.registered("operator", "operator").await;
    let path = format!("/v1/dets/{}/revoke", det_of("operator"));
    assert_eq!(world.post_as(&world.manager, &path, &json!({ "reason": "closed" })).await.status, 200);
    let before = world.traces();
    let ended = Signed::post("/v1/registrations", application("aircraft", "one"), "operator");
    world.send(ended.request()).await.problem(401, "signer-not-valid");
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn signatures_that_do_not_hold() {
    let world = World::new();
    world.registered("operator", "operator").await;
    let good = || Signed::post("/v1/registrations", application("aircraft", "one"), "operator");
    let before = world.traces();
    let by_another = Signed { by: "thief", ..good() };
    world.send(by_another.request()).await.problem(401, "signature-invalid");
    let by_another = Signed { by: "thief", keyid: det_of("operator"), ..good() };
    world.send(by_another.request()).await.problem(401, "signature-invalid");
    for created in [START - 301, START + 301] {
        world.send(Signed { created, ..good() }.request()).await.problem(401, "signature-invalid");
    }
    let (parts, _) = good().request().into_parts();
    let other_body = Request::from_parts(parts, Body::from(application("aircraft", "two").to_string()));
    let problem = world.send(other_body).await.problem(401, "signature-invalid");
    assert_eq!(problem["errors"][0]["field"], "Content-Digest");
    let mut other_path = good().request();
    *other_path.uri_mut() = format!("/v1/dets/{}/renew", det_of("operator")).parse().unwrap();
    world.send(other_path).await.problem(401, "signature-invalid");
    let mut half = good().request();
    half.headers_mut().remove("signature-input");
    world.send(half).await.problem(401, "signature-invalid");
    let mut half = good().request();
    half.headers_mut().remove("signature");
    world.send(half).await.problem(401, "signature-invalid");
    assert_eq!(world.traces(), before);
    assert_eq!(world.send(good().request()).await.status, 201);
}

#[tokio::test]
async fn what_must_be_covered() {
    let world = World::new();
    world.registered("operator", "operator").await;
    let path = format!("/v1/dets/{}/revoke", det_of("operator"));
    let body = json!({ "reason": "closed" }).to_string();
    let digest = signature::content_digest(body.as_bytes());
    let fields = [("host", HOST), ("content-type", "application/json"), ("content-digest", digest.as_str())];
    let send = |covered: &[&str], alg: &'static str| {
        let request = signature::Request {
            method: "POST",
            scheme: "http",
            authority: HOST,
            path: &path,
            query: None,
            fields: &fields,
        };
        let components: Vec<Component> =
            covered.iter().map(|name| Component::from_name(name).unwrap()).collect();
        let params = SignatureParams {
            created: UnixTime(START),
            keyid: det_of("operator").to_string(),
            nonce: None,
            alg: Some(alg),
        };
        let signed =
            signature::sign(&request, &components, &params, "s", |octets| key("operator").sign(octets))
                .unwrap();
        let mut builder =
            fields.iter().fold(Request::post(&path), |builder, (name, value)| builder.header(*name, *value));
        for (name, value) in signed.iter() {
            builder = builder.header(name, value);
        }
        world.send(builder.body(Body::from(body.clone())).unwrap())
    };
    for (covered, missing) in [
        (&["@path", "content-digest"][..], "@method"),
        (&["@method", "content-digest"], "@path"),
        (&["@method", "@path"], "content-digest"),
    ] {
        let problem = send(covered, "ed25519").await.problem(401, "signature-invalid");
        assert!(problem["detail"].as_str().unwrap().ends_with(missing), "{problem}");
    }
    send(&["@method", "@path", "content-digest"], "rsa-pss-sha512").await.problem(401, "signature-invalid");
    let reply = send(&["@method", "@target-uri", "content-digest"], "ed25519").await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn a_signature_changes_something_once() {
    let world = World::new();
    world.registered("operator", "operator").await;
    world.registered("operator", "other").await;
    let renew = |nonce| Signed {
        nonce,
        ..Signed::post(format!("/v1/dets/{}/renew", det_of("operator")), json!({}), "operator")
    };
    assert_eq!(world.send(renew(1).request()).await.status, 200);
    let before = world.traces();
    world.send(renew(1).request()).await.problem(401, "signature-replayed");
    assert_eq!(world.traces(), before);
    assert_eq!(world.send(renew(2).request()).await.status, 200);
    // Registering again with the same signature gives the same again.
    let register = || Signed::post("/v1/registrations", application("aircraft", "one"), "operator");
    let first = world.send(register().request()).await.json();
    let before = world.traces();
    assert_eq!(world.send(register().request()).await.json(), first);
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn behind_a_proxy_the_public_origin_is_what_was_signed() {
    let config = HttpConfig { public_origin: Some(format!("http://{HOST}")), ..HttpConfig::default() };
    let world = World::with(config);
    world.registered("operator", "operator").await;
    let mut request = Signed::post("/v1/registrations", application("aircraft", "one"), "operator").request();
    request.headers_mut().insert("host", "10.0.0.7:8080".parse().unwrap());
    assert_eq!(world.send(request).await.status, 201);
}

#[tokio::test]
async fn an_attestation_in_the_body_does_as_well() {
    use dime_sign::{LocalSigner, Operational, SignRequest, Signer};
    use drip_det::DripTime;
    use drip_wire::EndorsementBody;
    let world = World::new();
    world.registered("operator", "operator").await;
    let body = EndorsementBody {
        vnb: DripTime::from_unix(UnixTime(START)).unwrap(),
        vna: DripTime::from_unix(UnixTime(START + DAY)).unwrap(),
        child: det_of("one"),
        child_hi: *key("one").hi(),
        parent: det_of("operator"),
    };
    let signer = LocalSigner::<Operational>::new(key("operator"), hid()).unwrap();
    let signature = signer.sign(&SignRequest::OperatorAttestation(body), UnixTime(START)).unwrap();
    let octets = body.sign_with(signature).encode();
    let mut application = application("session", "one");
    application["operator"] = json!(det_of("operator").to_string());
    let mut bent = octets;
    bent[135] ^= 1;
    application["operator_attestation"] = json!(STANDARD.encode(bent));
    let before = world.traces();
    world.post("/v1/registrations", &application).await.problem(403, "operator-proof-invalid");
    assert_eq!(world.traces(), before);
    application["operator_attestation"] = json!(STANDARD.encode(octets));
    assert_eq!(world.post("/v1/registrations", &application).await.status, 201);
}

#[tokio::test]
async fn a_signature_field_that_is_no_text() {
    // Such a request is not anonymous, and no way around the limit of unauthenticated writes.
    let world = World::with(HttpConfig { anonymous_writes_per_minute: 2, ..HttpConfig::default() });
    let before = world.traces();
    let send = async |field: &str| {
        let body = Body::from(application("operator", "operator").to_string());
        let request = Request::post("/v1/registrations")
            .header("content-type", "application/json")
            .header(field, http::HeaderValue::from_bytes(b"\xff").unwrap());
        world.send(request.body(body).unwrap()).await
    };
    send("signature").await.problem(401, "signature-invalid");
    send("signature-input").await.problem(401, "signature-invalid");
    send("signature").await.problem(429, "too-many-requests");
    assert_eq!(world.traces(), before);
}
