//! `resolve` against a running server: trusted, not registered, unanchored, unreachable.

use std::net::UdpSocket;

use crate::harness::{Server, run};

#[test]
fn register_resolve_revoke() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let registration = server.register(scratch.path(), "aircraft", "ua");
    let det = registration["det"].as_str().unwrap();
    let json = server.resolve(det).expect(0).json();
    assert_eq!((json["trusted"].as_bool(), json["state"].as_str()), (Some(true), Some("registered")));
    assert_eq!(json["det"].as_str(), Some(det));
    let types: Vec<_> =
        json["records"].as_array().unwrap().iter().map(|record| record["type"].clone()).collect();
    assert_eq!(types, ["HHIT", "BRID", "HIP", "CERT", "TLSA"]);
    let links = json["links"].as_array().unwrap();
    assert!(links.iter().all(|link| link["ok"] == true && link.get("reason").is_none()), "{json}");
    assert_eq!(links.iter().filter(|link| link["kind"] == "endorsement").count(), 4);
    assert_eq!(links.iter().filter(|link| link["kind"] == "certificate").count(), 4);

    let json = run(&["resolve", det, "--dns", &server.dns, "--json"]).expect(1).json();
    assert_eq!((json["trusted"].as_bool(), json["state"].as_str()), (Some(false), Some("unanchored")));
    let anchor = ["--anchor", &server.path("anchor.json")];
    run(&[&["resolve", det, "--dns", &server.dns], anchor.as_slice()].concat()).expect(0);

    // What came back is good on its own, too.
    let file = scratch.path().join("ua/registration.json");
    run(&["verify", file.to_str().unwrap(), "--anchor", &server.anchor()]).expect(0);
    run(&[
        "verify",
        scratch.path().join("ua/endorsements.bin").to_str().unwrap(),
        "--anchor",
        &server.anchor(),
    ])
    .expect(0);
    let last = scratch.path().join("ua/endorsement-4.bin");
    assert_eq!(std::fs::read(last).unwrap().len(), 136);

    let revoke =
        ["revoke", det, "--reason", "test", "--server", &server.http, "--token", &server.token(), "--json"];
    assert_eq!(run(&revoke).expect(0).json()["state"], "revoked");
    let json = server.resolve(det).expect(1).json();
    assert_eq!((json["trusted"].as_bool(), json["state"].as_str()), (Some(false), Some("not-registered")));
    assert_eq!(json["records"].as_array().unwrap().len(), 0);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn nobody_answers() {
    // Bound and silent: the port is ours, and nothing comes back from it.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let det = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2";
    let done = run(&["resolve", det, "--dns", &address, "--timeout", "1s", "--json"]).expect(3);
    assert_eq!(done.json()["state"], "unreachable");
    run(&["resolve", det, "--dns", "nowhere"]).expect(2);
    run(&["resolve", "2001:db8::1", "--dns", &address]).expect(2);
}

#[test]
fn outside_its_zones_a_server_refuses() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let json = server.resolve("2001:30:280:1405:a3ad:1952:ad0:a69e").expect(3).json();
    assert_eq!(json["state"], "unreachable");
    assert!(json["reason"].as_str().unwrap().contains("Refused"), "{json}");
}
