//! C509 and registration tokens at the command line: made, inspected, registered, kept.

use crate::harness::{Server, run, run_with_input, vector_json};

fn octets(value: &serde_json::Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn every_c509_object_of_the_chain_is_recognised() {
    let manifest = vector_json("chain/manifest.json");
    let entities = manifest["entities"].as_object().unwrap();
    for (name, profile) in [("ua1", "lite"), ("hda-auth", "full"), ("raa2-auth-self", "lite_uri")] {
        let entity = &entities[name];
        for kind in [2, 3] {
            let cbor = octets(&entity["certs"][profile][format!("c509_t{kind}_array_hex")]);
            let json = run_with_input(&cbor, &["inspect", "-", "--json"]).expect(0).json();
            assert_eq!(json["kind"], "c509-certificate", "{name}");
            assert_eq!((&json["type"], json["octets"].as_u64()), (&kind.into(), Some(cbor.len() as u64)));
            let described = if kind == 2 { &json } else { &json["certificate"] };
            assert_eq!(described["hi"], entity["hi"]);
            assert_eq!(json["profile"], profile.split('_').next().unwrap());
        }
        let cbor = octets(&entity["csr_det"]["c509_csr_t2_hex"]);
        let json = run_with_input(&cbor, &["inspect", "-", "--json"]).expect(0).json();
        assert_eq!(
            (&json["kind"], &json["form"], &json["hi"]),
            (&"csr".into(), &"c509 type 2".into(), &entity["hi"])
        );
        // A changed octet in the signature of a request is seen.
        let mut changed = cbor;
        *changed.last_mut().unwrap() ^= 1;
        let json = run_with_input(&changed, &["inspect", "-", "--json"]).expect(1).json();
        assert!(json["problems"][0].as_str().unwrap().contains("not signed"), "{json}");
    }
}

#[test]
fn foreign_and_broken_certificates_are_told_apart() {
    let pairs = vector_json("c509/pairs.json");
    for pair in pairs["pairs"].as_array().unwrap() {
        let cbor = octets(&pair["c509_t3_array_hex"]);
        let json = run_with_input(&cbor, &["inspect", "-", "--json"]).expect(1).json();
        assert_eq!((&json["kind"], &json["type"]), (&"c509-certificate".into(), &3.into()));
        assert!(json["problems"][0].as_str().unwrap().starts_with("of no DRIP profile"), "{json}");
        let json = run_with_input(&cbor[..cbor.len() - 1], &["inspect", "-", "--json"]).expect(1).json();
        assert!(
            json["problems"][0].as_str().unwrap().contains("C509 certificate that cannot be read"),
            "{json}"
        );
    }
}

#[test]
fn a_device_registers_with_c509_and_with_a_token() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let path = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    let register = |arguments: &[&str], out: &str| {
        let token = server.token();
        let common =
            ["register", "aircraft", "--server", &server.http, "--token", &token, "--json", "--out", out];
        run(&[common.as_slice(), arguments].concat())
    };
    for name in ["native", "reencoded", "token", "bare"] {
        run(&["key", "new", "--out", &path(&format!("{name}.pem"))]).expect(0);
    }

    run(&[
        "csr",
        "new",
        "--key",
        &path("native.pem"),
        "--serial",
        "8653F02T7B8RA85D19LX",
        "--out",
        &path("native.c509"),
    ])
    .expect(0);
    assert_eq!(run(&["inspect", &path("native.c509"), "--json"]).expect(0).json()["form"], "c509 type 2");
    let json = register(&["--csr", &path("native.c509")], &path("native")).expect(0).json();
    assert_eq!(
        (&json["state"], &json["serial_number"]),
        (&"registered".into(), &"8653F02T7B8RA85D19LX".into())
    );
    assert!(json["certificates"]["c509"].is_string());
    let kept = run(&["inspect", &path("native/certificate.c509"), "--json"]).expect(0).json();
    assert_eq!((&kept["type"], &kept["det"]), (&2.into(), &json["det"]));
    server.resolve(json["det"].as_str().unwrap()).expect(0);

    run(&[
        "csr",
        "new",
        "--key",
        &path("reencoded.pem"),
        "--c509",
        "reencoded",
        "--out",
        &path("reencoded.c509"),
    ])
    .expect(0);
    let json = register(&["--csr", &path("reencoded.c509")], &path("reencoded")).expect(0).json();
    assert!(json["certificates"]["c509"].is_null() && json["certificates"]["lite"].is_string());

    run(&["csr", "new", "--key", &path("token.pem"), "--out", &path("token.c509")]).expect(0);
    let json = register(
        &["--cwt", &path("token.pem"), "--csr", &path("token.c509"), "--contact", "me"],
        &path("token"),
    )
    .expect(0)
    .json();
    assert_eq!((&json["state"], &json["contact"]), (&"registered".into(), &"me".into()));
    assert!(json["certificates"]["c509"].is_string(), "the request in the token is native");
    server.resolve(json["det"].as_str().unwrap()).expect(0);

    let json = register(&["--cwt", &path("bare.pem"), "--serial", "8653F02T7B8RA85D19LY"], &path("bare"))
        .expect(0)
        .json();
    assert_eq!(json["serial_number"], "8653F02T7B8RA85D19LY");
    server.resolve(json["det"].as_str().unwrap()).expect(0);

    // The request of another key inside, and neither of both.
    let other =
        register(&["--cwt", &path("bare.pem"), "--csr", &path("token.c509")], &path("other")).expect(1);
    assert!(other.stderr.contains("another key"), "{}", other.stderr);
    register(&[], &path("none")).expect(2);
}
