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

/// A certificate in CBOR, of either type, is judged like the one in DER beside it: alone, in a mixed chain, damaged, and out of time.
#[test]
fn c509_has_the_states_of_der() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let manifest = vector_json("chain/manifest.json");
    let (mut native, mut reencoded) = (Vec::new(), Vec::new());
    for name in PATH {
        for (kind, files) in [(2, &mut native), (3, &mut reencoded)] {
            for profile in ["lite", "full"] {
                let text = &manifest["entities"][name]["certs"][profile][format!("c509_t{kind}_array_hex")];
                let file = format!("{name}-{profile}-{kind}.c509");
                std::fs::write(folder.path().join(&file), hex::decode(text.as_str().unwrap()).unwrap())
                    .unwrap();
                files.push(file);
            }
        }
    }
    let judge = |files: &[&str], at: &str, anchor: &[&str]| {
        let arguments = [["verify", "--at", at, "--json"].as_slice(), files, anchor].concat();
        let done = run_in(folder.path(), &arguments);
        let json: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
        let faults: Vec<_> =
            json["links"].as_array().unwrap().iter().map(|link| link["reason"].clone()).collect();
        (json["state"].as_str().unwrap().to_owned(), json["trusted"].as_bool().unwrap(), faults)
    };
    let of = |profile: &str, files: &[String]| -> Vec<String> {
        files.iter().filter(|file| file.contains(profile)).cloned().collect()
    };
    let der: Vec<String> = PATH.iter().map(|name| format!("{name}.der")).collect();
    let anchor = ["--anchor", "apex-auth.der"];
    for files in [&native, &reencoded].into_iter().flat_map(|files| [of("lite", files), of("full", files)]) {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let der: Vec<&str> = der.iter().map(String::as_str).collect();
        for at in [AT, "2020-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
            for (anchor, gap) in [(&anchor[..], 0), (&[][..], 0), (&anchor[..], 1)] {
                let without = |all: &[&str]| {
                    let all = [&all[..2], &all[2 + gap..]].concat();
                    judge(&all, at, anchor)
                };
                assert_eq!(without(&files), without(&der), "{files:?} at {at}, {anchor:?}, {gap} missing");
            }
        }
        // Between others in DER, and with a wrong octet in its signature.
        let mixed = [der[0], der[1], files[2], der[3], files[4]];
        assert_eq!(judge(&mixed, AT, &anchor), judge(&der, AT, &anchor));
        let mut octets = std::fs::read(folder.path().join(files[2])).unwrap();
        *octets.last_mut().unwrap() ^= 1;
        std::fs::write(folder.path().join("wrong.c509"), octets).unwrap();
        let (state, trusted, faults) = judge(&[der[0], der[1], "wrong.c509", der[3]], AT, &anchor);
        assert_eq!((state.as_str(), trusted), ("broken-link", false));
        assert!(faults.iter().any(|fault| fault.as_str().is_some_and(|fault| fault.contains("signature"))));
    }
    // Foreign, cut short, and extended.
    let pair = vector_json("c509/pairs.json")["pairs"][0]["c509_t3_array_hex"].clone();
    let good = std::fs::read(folder.path().join(&native[0])).unwrap();
    let cut = good[..good.len() - 1].to_vec();
    let extended = [good.as_slice(), &[0]].concat();
    for (octets, words) in [
        (hex::decode(pair.as_str().unwrap()).unwrap(), "of no DRIP profile"),
        (cut, "C509 certificate that cannot be read"),
        (extended, "C509 certificate that cannot be read"),
    ] {
        std::fs::write(folder.path().join("bad.c509"), octets).unwrap();
        let json = verify(folder.path(), &["bad.c509", "--anchor", "apex-auth.der"]).expect(1).json();
        assert_eq!(json["state"], "broken-link");
        assert!(json["reason"].as_str().unwrap().contains(words), "{json}");
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
    // A file of white space was nothing at all once, and all of nothing is right.
    std::fs::write(folder.path().join("blank"), b"\x0b\n").unwrap();
    let json = verify(folder.path(), &["chain.bin", "blank", "--anchor", "apex-auth.der"]).expect(1).json();
    assert_eq!(json["reason"], "blank: it is empty", "{json}");
    verify(folder.path(), &["missing"]).expect(3);
    verify(folder.path(), &["chain.bin", "--anchor", "junk"]).expect(2);
    verify(folder.path(), &[]).expect(2);
}
