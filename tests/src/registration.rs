//! Registrations as the whole-product tests see them: sent over HTTP, looked up over HTTP and DNS.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

use crate::dns::{self, DET_TYPES, NOERROR, NXDOMAIN};
use crate::http::{Client, Reply};
use crate::{csr, server::Server};

/// The body of a registration of this key.
pub fn body(kind: &str, key: &SigningKey) -> Value {
    json!({ "kind": kind, "csr": BASE64_STANDARD.encode(csr::der(key)) })
}

/// Registers a new key, which must succeed, and gives the registration.
pub fn register(client: &mut Client, kind: &str) -> Value {
    let reply = client.post("/v1/registrations", &body(kind, &csr::new_key())).expect("a reply");
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    reply.json()
}

/// Revokes a DET.
pub fn revoke(client: &mut Client, det: &str) -> std::io::Result<Reply> {
    client.post(&format!("/v1/dets/{det}/revoke"), &json!({ "reason": "end of the test" }))
}

/// A field that is a text.
pub fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .to_owned()
}

/// Every registration the API lists, page by page.
pub fn all(client: &mut Client) -> Vec<Value> {
    let mut found = Vec::new();
    let mut path = "/v1/registrations".to_owned();
    loop {
        let reply = client.get(&path).expect("a reply");
        assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
        let page = reply.json();
        found.extend(
            page["registrations"].as_array().unwrap_or_else(|| panic!("no list in {page}")).iter().cloned(),
        );
        match page["next"].as_str() {
            Some(cursor) => path = format!("/v1/registrations?cursor={cursor}"),
            None => return found,
        }
    }
}

/// The DET is in force: the API says so and gives the whole of it, and DNS has its five records.
pub fn assert_registered(server: &Server, client: &mut Client, det: &str) {
    let reply = client.get(&format!("/v1/dets/{det}")).expect("a reply");
    assert_eq!(reply.status, 200, "{det}: {}", String::from_utf8_lossy(&reply.body));
    let view = reply.json();
    assert_eq!(text(&view, "/state"), "registered", "{view}");
    assert_published(server, det);
    let chain = client
        .send("GET", &format!("/v1/dets/{det}/endorsements"), &[("accept", "application/octet-stream")], b"")
        .expect("a reply");
    assert_eq!(
        (chain.status, chain.body.len()),
        (200, 4 * 136),
        "{det}: {}",
        String::from_utf8_lossy(&chain.body)
    );
}

/// DNS has the five records of the DET.
pub fn assert_published(server: &Server, det: &str) {
    let owner = owner_name(det);
    for (name, kind) in DET_TYPES {
        let answer = dns::ask(server.dns, &owner, kind);
        assert!(
            answer.rcode == NOERROR && answer.authoritative && answer.answers.len() == 1,
            "{name} of {det}: {answer:?}"
        );
    }
}

/// The DET is revoked: the API says so, and DNS knows no such name.
pub fn assert_revoked(server: &Server, client: &mut Client, det: &str) {
    let view = client.get(&format!("/v1/dets/{det}")).expect("a reply");
    assert_eq!(text(&view.json(), "/state"), "revoked", "{det}");
    assert_gone(server, det);
}

/// DNS has no record of the DET.
pub fn assert_gone(server: &Server, det: &str) {
    for (name, kind) in DET_TYPES {
        let answer = dns::ask(server.dns, &owner_name(det), kind);
        assert!(answer.rcode == NXDOMAIN && answer.answers.is_empty(), "{name} of {det}: {answer:?}");
    }
}

/// The ip6.arpa name (RFC 3596) of an IPv6 text.
pub fn owner_name(det: &str) -> String {
    let address: std::net::Ipv6Addr =
        det.parse().unwrap_or_else(|_| panic!("{det:?} is not an IPv6 address"));
    let mut name = String::new();
    for digit in hex::encode(address.octets()).chars().rev() {
        name.push(digit);
        name.push('.');
    }
    name + "ip6.arpa."
}
