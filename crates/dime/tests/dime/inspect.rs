//! `inspect`: the records of RFC 9886 and the chain vectors are recognised and decoded.

use crate::harness::{run, run_with_input, vector, vector_json};
use serde_json::json;

fn octets(value: &serde_json::Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn every_object_of_the_chain_is_recognised() {
    let manifest = vector_json("chain/manifest.json");
    for (name, entity) in manifest["entities"].as_object().unwrap() {
        for (input, kind) in [
            (octets(&entity["certs"]["lite"]["der_hex"]), "certificate"),
            (octets(&entity["certs"]["lite_uri"]["der_hex"]), "certificate"),
            (octets(&entity["certs"]["full"]["der_hex"]), "certificate"),
            (octets(&entity["endorsement"]["hex"]), "endorsement"),
            (octets(&entity["hhit_rdata_hex"]), "hhit"),
            (entity["endorsement"]["hex"].as_str().unwrap().as_bytes().to_vec(), "endorsement"),
            (entity["det_ipv6"].as_str().unwrap().as_bytes().to_vec(), "det"),
        ] {
            let done = run_with_input(&input, &["inspect", "-", "--json"]).expect(0);
            assert_eq!(done.json()["kind"], kind, "{name}");
        }
    }
}

#[test]
fn a_certificate_says_its_profile() {
    let entities = &vector_json("chain/manifest.json")["entities"];
    let inspected = |entity: &str, profile: &str| {
        let der = octets(&entities[entity]["certs"][profile]["der_hex"]);
        run_with_input(&der, &["inspect", "-", "--json"]).expect(0).json()
    };
    assert_eq!(inspected("hda-issuing", "lite")["profile"], "lite");
    let full = inspected("hda-issuing", "full");
    assert_eq!((&full["profile"], &full["policy"]), (&json!("full"), &json!("1.3.27.16.1.1.0.2")));
    assert_eq!((&full["subject"], &full["ca"]), (&json!("DRIP-HDA-I-16376-16376"), &json!(true)));
    assert_eq!(full["serial"], entities["hda-issuing"]["certs"]["full"]["serial_hex"]);
    let maker = inspected("usidmfr", "full");
    assert_eq!(maker["hardware_module"], json!({ "type": "1.3.6.1.4.1.6715.10.1", "serial": "01020304" }));
    assert_eq!(maker["not_after"], "9999-12-31T23:59:59Z");
    // A fault is named with its place, and nothing else is guessed.
    let mut trailing = octets(&entities["ua1"]["certs"]["full"]["der_hex"]);
    trailing.push(0);
    let refused = run_with_input(&trailing, &["inspect", "-"]).expect(1);
    assert!(refused.stdout.contains("trailing octets at octet 303"), "{}", refused.stdout);
}

#[test]
fn the_other_records() {
    let manifest = vector_json("chain/manifest.json");
    let ua = &manifest["entities"]["ua1"];
    let (det, hi) = (ua["det"].as_str().unwrap(), ua["hi"].as_str().unwrap());
    let certificate = ua["certs"]["lite"]["der_hex"].as_str().unwrap();
    let link = ua["endorsement"]["hex"].as_str().unwrap();
    for (input, kind) in [
        (format!("10040020{det}{hi}"), "hip"),
        (format!("030100302a300506032b6570032100{hi}"), "tlsa"),
        (format!("0001000000{certificate}"), "cert"),
        (format!("01{link}"), "link"),
        (hi.to_owned(), "host-identity"),
    ] {
        let json = run_with_input(input.as_bytes(), &["inspect", "-", "--json"]).expect(0).json();
        assert_eq!(json["kind"], kind);
    }
    let records = vector_json("rfc9886/records.json");
    let brid = records["records"].as_array().unwrap().iter().find(|record| record["type"] == "BRID").unwrap();
    let json = run_with_input(&octets(&brid["rdata_hex"]), &["inspect", "-", "--json"]).expect(1).json();
    assert_eq!((json["kind"].as_str(), json["shape"].as_str()), (Some("brid"), Some("flat")));
    assert_eq!(json["endorsements"].as_array().unwrap().len(), 4);
    assert!(json["problems"].to_string().contains("1970"), "{json}");
}

#[test]
fn files_in_pem() {
    let csr = vector("chain/ua1.csr.pem");
    let json = run(&["inspect", csr.to_str().unwrap(), "--json"]).expect(0).json();
    let manifest = vector_json("chain/manifest.json");
    assert_eq!(json["kind"], "csr");
    assert_eq!(json["hi"], manifest["entities"]["ua1"]["hi"]);
    let pem = vector("chain/usidmfr.lite.pem");
    let json = run(&["inspect", pem.to_str().unwrap(), "--json"]).expect(0).json();
    assert_eq!(json["kind"], "certificate");
    assert_eq!(json["not_after"], "9999-12-31T23:59:59Z");
}

#[test]
fn unix_epoch_is_reported() {
    let manifest = vector_json("chain/manifest.json");
    let input = octets(&manifest["entities"]["ua1"]["endorsement_unix"]["hex"]);
    let json = run_with_input(&input, &["inspect", "-", "--json"]).expect(1).json();
    assert_eq!(json["kind"], "endorsement");
    assert!(json["problems"][0].as_str().unwrap().contains("1970"), "{json}");
}

#[test]
fn what_is_not_recognised_is_said() {
    for input in [
        &b""[..],
        b" \n",
        b"\x0b",
        b"\x00\x01\x02",
        b"hello",
        &[0x30; 40],
        &[0x83, 1],
        b"-----BEGIN X-----\n",
    ] {
        let json = run_with_input(input, &["inspect", "-", "--json"]).expect(1).json();
        assert_eq!(json["kind"], "unknown");
        assert_eq!(json["problems"].as_array().unwrap().len(), 1);
    }
    run(&["inspect", "/nonexistent/file"]).expect(3);
}
