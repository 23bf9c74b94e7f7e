//! The main job as its users do it: openssl makes key and request, the API registers, dig finds, strangers verify, a manager revokes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dime_tests::registration::{self, assert_gone, assert_registered, assert_revoked, text};
use dime_tests::server::Server;
use dime_tests::{dns, tools};
use serde_json::json;

const SERIAL_NUMBER: &str = "8653F02T7B8RA85D19LX";

/// `openssl genpkey` and `openssl req`, as the README shows them.
fn openssl_csr(folder: &Path, name: &str) -> Vec<u8> {
    let key = folder.join(format!("{name}.pem"));
    let csr = folder.join(format!("{name}.csr"));
    tools::run(Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out"]).arg(&key));
    tools::run(
        Command::new("openssl")
            .args([
                "req",
                "-new",
                "-outform",
                "DER",
                "-subj",
                &format!("/serialNumber={SERIAL_NUMBER}"),
                "-key",
            ])
            .arg(&key)
            .arg("-out")
            .arg(&csr),
    );
    std::fs::read(csr).unwrap()
}

/// What `dig` says of one name and type.
fn dig(server: &Server, owner: &str, kind: &str) -> String {
    tools::run(
        Command::new("dig")
            .args(["@127.0.0.1", "-p", &server.dns.port().to_string(), "+norecurse", "+tries=1", "+time=2"])
            .args(["+nocookie", owner, kind]),
    )
}

/// `verify_registration.py`: exit code and output.
fn stranger(server: &Server, arguments: &[&str]) -> (bool, String) {
    let output = tools::output(
        tools::interop("verify_registration.py").args(["--dns", &server.dns.to_string()]).args(arguments),
    );
    (output.status.success(), tools::text(&output.stdout) + &tools::text(&output.stderr))
}

/// `dime resolve --json`: exit code and document.
fn resolve(server: &Server, det: &str, anchor: &str) -> (Option<i32>, serde_json::Value) {
    let output = tools::output(Command::new(tools::dime()).args([
        "resolve",
        det,
        "--dns",
        &server.dns.to_string(),
        "--anchor",
        anchor,
        "--json",
    ]));
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|fault| {
        panic!("{fault}: {} {}", tools::text(&output.stdout), tools::text(&output.stderr))
    });
    (output.status.code(), document)
}

#[test]
fn register_find_verify_revoke() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.path().join("data"));
    let der = openssl_csr(scratch.path(), "ua");

    let body = json!({ "kind": "aircraft", "csr": BASE64_STANDARD.encode(&der) });
    let reply = server.manager().post("/v1/registrations", &body).unwrap();
    assert_eq!(reply.status, 201, "{}", tools::text(&reply.body));
    let registered = reply.json();
    let det = text(&registered, "/det");
    let owner = text(&registered, "/dns/owner");
    assert_eq!(owner.trim_end_matches('.'), registration::owner_name(&det).trim_end_matches('.'));

    // The first query of each type is answered.
    for (name, kind) in dns::DET_TYPES {
        let said = dig(&server, &owner, &format!("TYPE{kind}"));
        assert!(said.contains("status: NOERROR") && said.contains("ANSWER: 1,"), "{name}: {said}");
        assert!(said.contains("flags: qr aa;"), "{name}: {said}");
    }

    // A stranger's script and our own resolver agree.
    let anchor = anchor_file(&server, scratch.path());
    let file = scratch.path().join("registration.json");
    std::fs::write(&file, &reply.body).unwrap();
    let (right, said) =
        stranger(&server, &["--anchor", &anchor, "--registration", &file.display().to_string(), &det]);
    assert!(right, "{said}");
    let (code, document) = resolve(&server, &det, &anchor);
    assert_eq!((code, &document["trusted"]), (Some(0), &json!(true)), "{document}");
    assert_registered(&server, &mut server.anonymous(), &det);

    // The DIME's own DETs can be verified the same way.
    let endorsements = registered["endorsements"].as_array().unwrap();
    assert_eq!(endorsements.len(), 4, "{registered}");
    for endorsement in &endorsements[..3] {
        let raw = BASE64_STANDARD.decode(endorsement.as_str().unwrap()).unwrap();
        let (right, said) = stranger(&server, &["--anchor", &anchor, &hex::encode(&raw[8..24])]);
        assert!(right, "{said}");
    }

    // Serial number and contact stay private.
    let public = server.anonymous().get(&format!("/v1/dets/{det}")).unwrap();
    assert!(!tools::text(&public.body).contains(SERIAL_NUMBER), "{}", tools::text(&public.body));
    for (name, kind) in dns::DET_TYPES {
        let answer = dns::ask(server.dns, &owner, kind);
        let rdata = &answer.answers[0];
        assert!(!rdata.windows(SERIAL_NUMBER.len()).any(|part| part == SERIAL_NUMBER.as_bytes()), "{name}");
    }

    // The same request again changes nothing: the same registration, the same signatures.
    let again = server.manager().post("/v1/registrations", &body).unwrap();
    assert!(matches!(again.status, 200 | 201), "{} {}", again.status, tools::text(&again.body));
    assert_eq!(again.json()["endorsements"], registered["endorsements"]);
    assert_eq!(again.json()["certificates"], registered["certificates"]);
    assert_eq!(again.json()["id"], registered["id"]);

    // Revoked: gone at the very next query.
    let reply = registration::revoke(&mut server.manager(), &det).unwrap();
    let answer = dns::ask(server.dns, &owner, 67);
    assert_eq!(reply.status, 200, "{}", tools::text(&reply.body));
    assert_eq!((answer.rcode, answer.answers.len()), (dns::NXDOMAIN, 0));
    assert_is_gone_for_everyone(&server, &det, &anchor, &body);

    // And after the power is cut, the same.
    let folder = server.folder().to_owned();
    server.kill();
    let server = Server::start(&folder);
    assert_is_gone_for_everyone(&server, &det, &anchor, &body);
    assert!(server.stop().success(), "SIGTERM stops it cleanly");
}

fn assert_is_gone_for_everyone(server: &Server, det: &str, anchor: &str, body: &serde_json::Value) {
    assert_revoked(server, &mut server.anonymous(), det);
    let (right, said) = stranger(server, &["--gone", det]);
    assert!(right, "{said}");
    let (right, said) = stranger(server, &["--anchor", anchor, det]);
    assert!(!right && said.contains("not in DNS"), "{said}");
    let (code, document) = resolve(server, det, anchor);
    assert_eq!((code, &document["trusted"]), (Some(1), &json!(false)), "{document}");
    let again = server.manager().post("/v1/registrations", body).unwrap();
    assert!(again.status != 201, "a revoked key was registered again: {}", tools::text(&again.body));
    let other = json!({ "kind": "session", "csr": body["csr"] });
    let refused = server.manager().post("/v1/registrations", &other).unwrap();
    assert_eq!(refused.status, 409, "{}", tools::text(&refused.body));
    assert_gone(server, det);
}

/// The trust anchor as a file with DET and key, from what the DIME says of itself.
fn anchor_file(server: &Server, scratch: &Path) -> String {
    let reply = server.anonymous().get("/v1/dki").unwrap();
    assert_eq!(reply.status, 200, "{}", tools::text(&reply.body));
    let dki = reply.json();
    let authority =
        dki["authorities"].as_array().unwrap().iter().find(|authority| authority["det"] == dki["anchor"]);
    let authority = authority.unwrap_or_else(|| panic!("the anchor is not among the authorities: {dki}"));
    assert_eq!(authority["test"], true, "a quickstart's hierarchy is marked as one for tests");
    let anchor = scratch.join("anchor.txt");
    std::fs::write(&anchor, format!("{} {}\n", text(authority, "/det"), text(authority, "/hi"))).unwrap();
    anchor.display().to_string()
}
