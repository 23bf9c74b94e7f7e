//! Thousands of chains with one damaged object each: none is trusted. The chains are those of `testdata/chain`, Apex to UA.

use dime_tests::dice::Dice;
use dime_tests::mutation::mutate;
use dime_tests::tools::root;
use drip_client::Anchor;
use drip_client::chain::{Conditions, Trust};
use drip_det::UnixTime;
use serde_json::Value;

use super::{Judged, judge};

const MUTATIONS: usize = 2_000;
/// 2026-07-01: everything in the chain is valid.
const AT: UnixTime = UnixTime(1_782_864_000);
const CHAIN: [&str; 5] = ["apex-auth", "raa-auth", "hda-auth", "hda-issuing", "ua1"];

/// Takes every member's object at this place of the manifest, damages one, and judges them all.
fn none_is_trusted(pointer: &str) {
    let text = std::fs::read_to_string(root().join("testdata/chain/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    let octets = |name: &str, pointer: &str| {
        let found = manifest.pointer(&format!("/entities/{name}/{pointer}"));
        hex::decode(found.and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} of {name}")))
            .unwrap()
    };
    let good: Vec<(String, Vec<u8>)> =
        CHAIN.iter().map(|name| ((*name).to_owned(), octets(name, pointer))).collect();
    let anchor = Anchor::parse(&octets("apex-auth", "endorsement/hex")).unwrap();
    let (trust, conditions) = (Trust::of_anchors(&[anchor], AT), Conditions::at(AT));
    let is_trusted = |files: &[(String, Vec<u8>)]| match judge(files, &trust, &conditions) {
        Judged::Objects(report) => report.is_trusted(),
        // An observer has the word, and nothing here was sent by a UA.
        Judged::Broadcast(_) => false,
    };
    assert!(is_trusted(&good), "the chain itself");
    let mut dice = Dice::for_this_run();
    for _ in 0..MUTATIONS {
        let mut files = good.clone();
        let at = dice.below(CHAIN.len() as u64) as usize;
        files[at].1 = mutate(&files[at].1, &mut dice);
        assert!(!is_trusted(&files), "{} as {}", files[at].0, hex::encode(&files[at].1));
    }
}

#[test]
fn damaged_endorsements() {
    none_is_trusted("endorsement/hex");
}

#[test]
fn damaged_lite_certificates() {
    none_is_trusted("certs/lite/der_hex");
}

#[test]
fn damaged_native_certificates() {
    none_is_trusted("certs/lite/c509_t2_array_hex");
}

#[test]
fn damaged_full_certificates() {
    none_is_trusted("certs/full/der_hex");
}

#[test]
fn damaged_c509_certificates() {
    none_is_trusted("certs/full/c509_t3_array_hex");
}
