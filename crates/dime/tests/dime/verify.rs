//! `verify`: the vectors' chain in files, whole and with one octet changed.

use std::path::Path;

use crate::harness::{Done, run_in, vector_json};

const PATH: [&str; 5] = ["apex-auth", "raa-auth", "hda-auth", "hda-issuing", "ua1"];
const AT: &str = "2026-11-22T00:00:00Z";

/// Write `chain.bin` (all endorsements) and the anchor's certificate.
fn write(folder: &Path) {
    let manifest = vector_json("chain/manifest.json");
    let entity = |name: &str| manifest["entities"][name].clone();
    let decode = |value: &serde_json::Value| hex::decode(value.as_str().unwrap()).unwrap();
    let chain: Vec<u8> = PATH.iter().flat_map(|name| decode(&entity(name)["endorsement"]["hex"])).collect();
    std::fs::write(folder.join("chain.bin"), chain).unwrap();
    for name in PATH {
        std::fs::write(folder.join(format!("{name}.der")), decode(&entity(name)["certs"]["lite"]["der_hex"]))
            .unwrap();
    }
}

fn verify(folder: &Path, more: &[&str]) -> Done {
    run_in(folder, &[["verify", "--at", AT, "--json"].as_slice(), more].concat())
}

#[test]
fn the_chain_is_trusted_under_its_anchor_alone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let json = verify(folder.path(), &["chain.bin", "--anchor", "apex-auth.der"]).expect(0).json();
    assert_eq!((json["trusted"].as_bool(), json["state"].as_str()), (Some(true), Some("verified-offline")));
    assert_eq!(json["links"].as_array().unwrap().len(), 5);
    let json = verify(folder.path(), &["chain.bin"]).expect(1).json();
    assert_eq!(json["state"], "unanchored");
    let files = ["ua1.der", "hda-issuing.der", "hda-auth.der", "raa-auth.der", "--anchor", "apex-auth.der"];
    assert_eq!(verify(folder.path(), &files).expect(0).json()["state"], "verified-offline");
    let expired =
        ["verify", "--at", "2027-01-01T00:00:00Z", "--json", "chain.bin", "--anchor", "apex-auth.der"];
    assert_eq!(run_in(folder.path(), &expired).expect(1).json()["state"], "expired");
}

#[test]
fn a_changed_octet_is_named_by_its_link() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let path = folder.path().join("chain.bin");
    let good = std::fs::read(&path).unwrap();
    let children: Vec<String> = PATH
        .iter()
        .map(|name| {
            vector_json("chain/manifest.json")["entities"][name]["det_ipv6"].as_str().unwrap().to_owned()
        })
        .collect();
    for (number, child) in children.iter().enumerate() {
        let mut octets = good.clone();
        octets[number * 136 + 100] ^= 0x10;
        std::fs::write(&path, octets).unwrap();
        let json = verify(folder.path(), &["chain.bin", "--anchor", "apex-auth.der"]).expect(1).json();
        assert_eq!(json["state"], "broken-link");
        let links = json["links"].as_array().unwrap();
        let broken = links.iter().find(|link| link["ok"] == false).unwrap();
        assert_eq!(broken["child"].as_str(), Some(child.as_str()), "{json}");
        assert!(broken["reason"].as_str().unwrap().contains("signature"), "{json}");
    }
}

#[test]
fn what_cannot_be_verified() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    std::fs::write(folder.path().join("junk"), b"junk").unwrap();
    let json = verify(folder.path(), &["chain.bin", "junk"]).expect(1).json();
    assert_eq!((&json["trusted"], &json["state"]), (&false.into(), &"broken-link".into()), "{json}");
    assert!(json["reason"].as_str().unwrap().starts_with("junk: "), "{json}");
    verify(folder.path(), &["missing"]).expect(3);
    verify(folder.path(), &["chain.bin", "--anchor", "junk"]).expect(2);
    verify(folder.path(), &[]).expect(2);
}
