//! Wrong requests over the wire: each has its own problem type and status, and leaves nothing behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dime_tests::http::{Client, Reply};
use dime_tests::registration::{self, all, register, text};
use dime_tests::server::Server;
use dime_tests::{csr, tools};
use drip_det::{Det, Hda, Hid, HostIdentity, Raa};
use serde_json::{Value, json};

/// A request by openssl with a key of this algorithm.
fn openssl_csr(folder: &Path, algorithm: &[&str]) -> Vec<u8> {
    let (key, csr) = (folder.join("other.pem"), folder.join("other.csr"));
    tools::run(Command::new("openssl").arg("genpkey").args(algorithm).arg("-out").arg(&key));
    tools::run(
        Command::new("openssl")
            .args(["req", "-new", "-subj", "/", "-outform", "DER", "-key"])
            .arg(&key)
            .arg("-out")
            .arg(&csr),
    );
    std::fs::read(csr).unwrap()
}

/// A request with a DET as critical subjectAltName, made by openssl: the DET of its key under this HID, or the one given.
fn openssl_csr_with_det(folder: &Path, hid: (u16, u16), given: Option<&str>) -> Vec<u8> {
    let (key, csr) = (folder.join("det.pem"), folder.join("det.csr"));
    tools::run(Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out"]).arg(&key));
    let spki = Command::new("openssl")
        .args(["pkey", "-pubout", "-outform", "DER", "-in"])
        .arg(&key)
        .output()
        .unwrap()
        .stdout;
    let hi = HostIdentity::from_bytes(spki[spki.len() - 32..].try_into().unwrap()).unwrap();
    let derived = Det::derive(Hid::new(Raa::new(hid.0).unwrap(), Hda::new(hid.1).unwrap()), &hi).to_string();
    let name = format!("subjectAltName=critical,IP:{}", given.unwrap_or(&derived));
    tools::run(
        Command::new("openssl")
            .args(["req", "-new", "-subj", "/", "-addext", &name, "-outform", "DER", "-key"])
            .arg(&key)
            .arg("-out")
            .arg(&csr),
    );
    std::fs::read(csr).unwrap()
}

fn assert_problem(what: &str, reply: &Reply, status: u16, slug: &str) {
    let said = tools::text(&reply.body);
    assert_eq!(reply.status, status, "{what}: {said}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{what}: {said}");
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    assert!(text(&problem, "/type").ends_with(&format!("/{slug}")), "{what}: {said}");
    assert_eq!(problem["status"], status, "{what}: {said}");
    assert!(!text(&problem, "/title").is_empty() && !text(&problem, "/detail").is_empty(), "{what}: {said}");
}

fn session(der: &[u8]) -> Value {
    json!({ "kind": "session", "csr": BASE64_STANDARD.encode(der) })
}

#[test]
fn wrong_requests_have_their_own_problem_and_leave_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.path().join("data"));
    let mut manager = server.manager();
    let there = register(&mut manager, "operator");
    let operator = text(&there, "/det");
    let retired = text(&register(&mut manager, "operator"), "/det");
    assert_eq!(registration::revoke(&mut manager, &retired).unwrap().status, 200);
    let aircraft = text(&register(&mut manager, "aircraft"), "/det");
    let used_key = csr::new_key();
    assert_eq!(
        manager.post("/v1/registrations", &registration::body("session", &used_key)).unwrap().status,
        201
    );
    let before = all(&mut manager);

    let good = csr::der(&csr::new_key());
    let changed = |at: usize| {
        let mut octets = good.clone();
        octets[at] ^= 0x01;
        octets
    };
    let with = |field: &str, value: Value| {
        let mut body = session(&good);
        body[field] = value;
        body
    };
    let cases: Vec<(&str, Value, u16, &str)> = vec![
        ("not a CSR", session(&[0x30, 0x03, 0x02, 0x01, 0x00]), 422, "malformed-csr"),
        ("not base64", json!({ "kind": "session", "csr": "%%%" }), 422, "malformed-csr"),
        ("empty CSR", json!({ "kind": "session", "csr": "" }), 422, "truncated-csr"),
        ("CSR cut short", session(&good[..good.len() - 1]), 422, "truncated-csr"),
        ("octet after the CSR", session(&[&good[..], &[0]].concat()), 422, "malformed-csr"),
        ("RSA", session(&openssl_csr(scratch.path(), &["-algorithm", "RSA"])), 422, "wrong-algorithm"),
        (
            "P-256",
            session(&openssl_csr(
                scratch.path(),
                &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            )),
            422,
            "wrong-algorithm",
        ),
        ("wrong signature", session(&changed(good.len() - 40)), 422, "bad-signature"),
        ("foreign HID", session(&openssl_csr_with_det(scratch.path(), (10, 20), None)), 422, "foreign-hid"),
        (
            "reserved HDA",
            session(&openssl_csr_with_det(scratch.path(), (16376, 4096), None)),
            422,
            "reserved-hda",
        ),
        (
            "DET of another key",
            session(&openssl_csr_with_det(scratch.path(), (16376, 16376), Some("2001:3f:fe3f:f805::1"))),
            422,
            "det-mismatch",
        ),
        ("used key", registration::body("operator", &used_key), 409, "duplicate"),
        (
            "used key, other request",
            session(&csr::der_with_subject(&used_key, &csr::serial_number("8653F02T7B8RA85D19LX"))),
            409,
            "hi-collision",
        ),
        ("unknown operator", with("operator", json!("2001:3f:fe3f:f805::1")), 422, "unknown-operator"),
        ("revoked operator", with("operator", json!(retired)), 422, "operator-not-valid"),
        ("aircraft as operator", with("operator", json!(aircraft)), 422, "not-an-operator"),
        ("unknown kind", with("kind", json!("balloon")), 422, "malformed-field"),
        ("unknown field", with("colour", json!("red")), 422, "malformed-field"),
        ("past validity", with("not_after", json!("2020-01-01T00:00:00Z")), 422, "validity-out-of-range"),
        ("endless validity", with("not_after", json!("2200-01-01T00:00:00Z")), 422, "validity-out-of-range"),
    ];
    for (what, body, status, slug) in cases {
        assert_problem(what, &manager.post("/v1/registrations", &body).unwrap(), status, slug);
    }

    let send = |client: &mut Client, kind: &str, body: &[u8]| {
        client.send("POST", "/v1/registrations", &[("content-type", kind)], body).unwrap()
    };
    let text_of_good = session(&good).to_string();
    let large = format!("{{\"kind\":\"session\",\"csr\":\"{}\"}}", "A".repeat(4 << 20));
    let mut fresh = server.manager();
    assert_problem("not JSON", &send(&mut fresh, "application/json", b"{"), 400, "malformed-request");
    assert_problem(
        "content type",
        &send(&mut fresh, "text/plain", text_of_good.as_bytes()),
        415,
        "unsupported-media-type",
    );
    if let Ok(reply) =
        fresh.send("POST", "/v1/registrations", &[("content-type", "application/json")], large.as_bytes())
    {
        assert_problem("too large", &reply, 413, "content-too-large");
    }
    let post = |token: Option<&str>, body: &Value| {
        Client::new(server.http, token).post("/v1/registrations", body).unwrap()
    };
    assert_problem("wrong token", &post(Some("wrong"), &session(&good)), 401, "wrong-token");
    assert_problem("no operator", &post(None, &session(&good)), 422, "operator-missing");
    assert_problem(
        "no proof",
        &post(None, &with("operator", json!(operator))),
        403,
        "operator-proof-missing",
    );
    let mut anonymous = server.anonymous();
    let reply = registration::revoke(&mut anonymous, &operator).unwrap();
    assert_problem("revoke without a token", &reply, 401, "token-missing");
    assert_problem(
        "list without a token",
        &anonymous.get("/v1/registrations").unwrap(),
        401,
        "token-missing",
    );
    assert_problem("no such path", &anonymous.get("/v1/nothing").unwrap(), 404, "not-found");
    assert_problem("no such DET", &anonymous.get("/v1/dets/2001:3f:fe3f:f805::1").unwrap(), 404, "not-found");
    assert_problem(
        "no such method",
        &anonymous.send("DELETE", "/v1/registrations", &[], b"").unwrap(),
        405,
        "method-not-allowed",
    );

    assert_eq!(all(&mut manager), before, "something was stored");
    // And the request that all these were made of is right.
    assert_eq!(manager.post("/v1/registrations", &session(&good)).unwrap().status, 201);
}
