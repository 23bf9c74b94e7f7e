//! Chains that must not be trusted and objects that are none, as a user meets them: what `verify` and `inspect` answer, in which words, and
//! with which exit code.

use std::path::Path;

use dime_sign::PrivateKey;
use drip_det::{Det, DripTime, Hid, UnixTime};
use drip_wire::{Endorsement, EndorsementBody};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::harness::{run_in, run_with_input, vector_json};

const NOW: u64 = 1_795_305_600;
const DAY: u64 = 86_400;
const ALWAYS: (u64, u64) = (NOW - DAY, NOW + 365 * DAY);

struct Key {
    key: PrivateKey,
    det: Det,
}

impl Key {
    fn new(seed: u8, raa: u16, hda: u16) -> Self {
        let key = PrivateKey::from_seed(&Zeroizing::new([seed; 32]));
        let det = key.det(Hid::from_numbers(raa, hda).unwrap());
        Self { key, det }
    }

    fn endorse(&self, child: &Key) -> Endorsement {
        self.endorse_for(child, ALWAYS)
    }

    fn endorse_for(&self, child: &Key, (from, to): (u64, u64)) -> Endorsement {
        let time = |seconds| DripTime::from_unix(UnixTime(seconds)).unwrap();
        let body = EndorsementBody {
            vnb: time(from),
            vna: time(to),
            child: child.det,
            child_hi: *child.key.hi(),
            parent: self.det,
        };
        body.sign_with(self.key.sign(&body.signed_octets()))
    }
}

/// An RAA and what is below it.
struct Registry {
    raa: Key,
    hda: Key,
    issuing: Key,
    ua: Key,
}

impl Registry {
    fn new(number: u8) -> Self {
        let raa = 16_370 + u16::from(number);
        let key = |at, hda| Key::new(number * 10 + at, raa, hda);
        Self { raa: key(0, 0), hda: key(1, 10), issuing: key(2, 10), ua: key(3, 10) }
    }

    fn flight(&self) -> Vec<Endorsement> {
        let Self { raa, hda, issuing, ua } = self;
        vec![raa.endorse(raa), raa.endorse(hda), hda.endorse(issuing), issuing.endorse(ua)]
    }
}

fn put(folder: &Path, name: &str, endorsements: &[Endorsement]) {
    let octets: Vec<u8> = endorsements.iter().flat_map(Endorsement::encode).collect();
    std::fs::write(folder.join(name), octets).unwrap();
}

/// `verify` of these endorsements under the RAA's anchor: code, state, and everything that is wrong with whatever link.
fn verify(anchor: &Key, endorsements: &[Endorsement], more: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "chain.bin", endorsements);
    put(folder.path(), "anchor.bin", &[anchor.endorse(anchor)]);
    let at = NOW.to_string();
    let base = ["verify", "chain.bin", "--anchor", "anchor.bin", "--at", &at, "--json"];
    let done = run_in(folder.path(), &[&base, more].concat());
    let json = done.json();
    assert_eq!(json["trusted"], done.code == 0, "{json}");
    let faults: Vec<String> = json["links"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|link| link["ok"] == false)
        .map(|link| {
            format!("{} -> {}: {}", text(&link["parent"]), text(&link["child"]), text(&link["reason"]))
        })
        .collect();
    assert!(faults.is_empty() == (done.code == 0) || json["state"] == "unanchored", "{json}");
    (done.code, text(&json["state"]).to_owned(), format!("{}\n{}", text(&json["reason"]), faults.join("\n")))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn every_chain_that_must_not_be_trusted_says_why() {
    let (first, second, third) = (Registry::new(1), Registry::new(2), Registry::new(3));
    let (bridge, other_bridge) = (Key::new(98, 16_379, 0), Key::new(99, 16_378, 0));
    let (bridge_det, other_det) = (bridge.det.to_string(), other_bridge.det.to_string());
    let Registry { raa, hda, issuing, ua } = &first;
    let with = |at: usize, other: Endorsement| {
        let mut chain = first.flight();
        chain[at] = other;
        chain
    };
    let and = |registry: &Registry, more: Vec<Endorsement>| [registry.flight(), more].concat();
    let deep = Key::new(55, 16_371, 10);
    let stranger = Endorsement { signature: third.raa.endorse(hda).signature, ..raa.endorse(hda) };
    let over = (NOW - 9 * DAY, NOW - DAY);
    let ahead = (NOW + DAY, NOW + 9 * DAY);
    let below_bridge = [bridge.endorse(&bridge), bridge.endorse(&Key::new(97, 16_379, 10))];
    let one: &[&str] = &["--bridge", &bridge_det];
    let both: &[&str] = &["--bridge", &bridge_det, "--bridge", &other_det];
    let circle = vec![second.raa.endorse(&third.raa), third.raa.endorse(&second.raa)];
    type Case<'a> = (&'a str, &'a Key, Vec<Endorsement>, &'a [&'a str], &'a str, String);
    let cases: Vec<Case<'_>> = vec![
        (
            "expired",
            raa,
            with(3, issuing.endorse_for(ua, over)),
            &[],
            "expired",
            format!("it ended at {}", UnixTime(over.1)),
        ),
        (
            "expired above",
            raa,
            with(1, raa.endorse_for(hda, over)),
            &[],
            "expired",
            format!("the link above it, to {}, does not hold: it ended at", hda.det),
        ),
        (
            "not yet valid",
            raa,
            with(3, issuing.endorse_for(ua, ahead)),
            &[],
            "not-yet-valid",
            format!("it begins at {}", UnixTime(ahead.0)),
        ),
        (
            "wrong parent",
            raa,
            with(1, stranger),
            &[],
            "broken-link",
            format!("the signature is not that of {}", raa.det),
        ),
        (
            "missing parent",
            raa,
            with(2, issuing.endorse(issuing)),
            &[],
            "unanchored",
            format!("the chain ends at {}, which is not a trust anchor given", issuing.det),
        ),
        (
            "no parent at all",
            raa,
            first.flight().split_off(2),
            &[],
            "broken-link",
            format!("the parent {} is neither among the objects nor among the anchors", hda.det),
        ),
        (
            "an HDA above its RAA",
            raa,
            and(&first, vec![hda.endorse(&Key::new(56, 16_371, 0))]),
            &[],
            "broken-link",
            "may not vouch for one in".to_owned(),
        ),
        (
            "an RAA past its HDA's place",
            raa,
            with(1, raa.endorse(&second.hda)),
            &[],
            "broken-link",
            "may not vouch for one in".to_owned(),
        ),
        (
            "over-long",
            raa,
            and(&first, vec![ua.endorse(&deep)]),
            &[],
            "broken-link",
            format!("{} is below an Issuing DET and may endorse nobody", ua.det),
        ),
        (
            "cyclic",
            raa,
            vec![hda.endorse(issuing), issuing.endorse(hda)],
            &[],
            "broken-link",
            "is neither among the objects nor among the anchors".to_owned(),
        ),
        (
            "cyclic cross-endorsements",
            raa,
            and(&third, circle),
            &[],
            "broken-link",
            format!("lead round to {} again", third.raa.det),
        ),
        (
            "cross-bridged",
            raa,
            and(&third, vec![raa.endorse(&second.raa), second.raa.endorse(&third.raa)]),
            &[],
            "broken-link",
            format!("{} is itself trusted only through another RAA and is no bridge", second.raa.det),
        ),
        (
            "over two bridges",
            raa,
            and(
                &third,
                vec![raa.endorse(&bridge), bridge.endorse(&other_bridge), other_bridge.endorse(&third.raa)],
            ),
            both,
            "broken-link",
            format!("{other_det} is trusted over a bridge, and from there"),
        ),
        (
            "a bridge with an HDA",
            &bridge,
            below_bridge.to_vec(),
            one,
            "broken-link",
            format!("{bridge_det} is a bridge, which has no HDAs"),
        ),
        (
            "an HDA that cross-endorses",
            hda,
            and(&second, vec![hda.endorse(&second.raa)]),
            &[],
            "broken-link",
            "may not vouch".to_owned(),
        ),
    ];
    for (what, anchor, endorsements, more, state, words) in cases {
        let (code, found, faults) = verify(anchor, &endorsements, more);
        assert_eq!((code, found.as_str()), (1, state), "{what}: {faults}");
        assert!(faults.contains(&words), "{what}: '{words}' is not in\n{faults}");
    }
    // And what these were made of is right.
    assert_eq!(verify(raa, &first.flight(), &[]).0, 0);
    assert_eq!(verify(raa, &and(&second, vec![raa.endorse(&second.raa)]), &[]).0, 0);
    let over_one = and(&second, vec![raa.endorse(&bridge), bridge.endorse(&second.raa)]);
    assert_eq!(verify(raa, &over_one, one).0, 0);
    assert_eq!(verify(raa, &over_one, &[]).0, 1);
}

/// The header and the content of a DER value that is longer than 127 octets.
fn content(der: &[u8]) -> &[u8] {
    match der[1] {
        0x81 => &der[3..],
        0x82 => &der[4..],
        _ => &der[2..],
    }
}

#[test]
fn octets_that_are_no_der_say_where() {
    let manifest = vector_json("chain/manifest.json");
    let ua = &manifest["entities"]["ua1"];
    let octets = |value: &Value| hex::decode(text(value)).unwrap();
    let corpus = |name: &str| {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/corpus");
        std::fs::read(Path::new(root).join(name)).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let objects = [
        ("certificate", octets(&ua["certs"]["lite"]["der_hex"])),
        ("certificate", octets(&ua["certs"]["full"]["der_hex"])),
        ("certificate", corpus("mtls/ua")),
        ("csr", octets(&ua["csr"]["der_hex"])),
        ("crl", corpus("crl/one")),
        ("ocsp-response", corpus("ocsp-response/good")),
    ];
    for (kind, der) in &objects {
        assert_eq!(run_with_input(der, &["inspect", "-", "--json"]).json()["kind"], *kind);
        let indefinite = [&[0x30, 0x80], content(der), &[0, 0]].concat();
        let long =
            [&[0x30, 0x83, 0, (content(der).len() >> 8) as u8, content(der).len() as u8], content(der)]
                .concat();
        let cases = [
            ("trailing", [der.as_slice(), &[0]].concat(), format!("trailing octets at octet {}", der.len())),
            ("truncated", der[..der.len() - 1].to_vec(), format!("truncated at octet {}", der.len() - 1)),
            ("indefinite", indefinite, "indefinite length, which DER forbids at octet 0".to_owned()),
            ("long length", long, "length not in its shortest form at octet 0".to_owned()),
        ];
        for (what, octets, words) in cases {
            let done = run_with_input(&octets, &["inspect", "-", "--json"]).expect(1);
            let problems = done.json()["problems"].to_string();
            assert!(problems.contains(&words), "{what} {kind}: {problems}");
            std::fs::write(folder.path().join("bad"), octets).unwrap();
            let json = run_in(folder.path(), &["verify", "bad", "--json"]).expect(1).json();
            assert_eq!(json["trusted"], false);
            assert!(text(&json["reason"]).contains(&words), "{what} {kind}: {json}");
        }
    }
}

/// Extensions and attributes in another order than the profile's: DER, but not ours.
#[test]
fn another_order_is_told() {
    let manifest = vector_json("chain/manifest.json");
    let der = hex::decode(text(&manifest["entities"]["hda-auth"]["certs"]["lite"]["der_hex"])).unwrap();
    // basicConstraints and subjectAltName, which an authority has in this order.
    let find =
        |oid: &[u8]| der.windows(5).position(|found| found == [&[0x06, 0x03], oid].concat()).unwrap() - 2;
    let (first, second) = (find(&[0x55, 0x1d, 0x13]), find(&[0x55, 0x1d, 0x11]));
    let end = second + 2 + usize::from(der[second + 1]);
    let swapped = [&der[..first], &der[second..end], &der[first..second], &der[end..]].concat();
    let json = run_with_input(&swapped, &["inspect", "-", "--json"]).expect(1).json();
    assert!(json["problems"].to_string().contains("order"), "{json}");
}

/// A C509 certificate whose DER would be another one, or none: what does not invert is not read.
#[test]
fn c509_that_does_not_invert_is_told() {
    let manifest = vector_json("chain/manifest.json");
    let good = hex::decode(text(&manifest["entities"]["ua1"]["certs"]["lite"]["c509_t3_array_hex"])).unwrap();
    let said = |octets: &[u8]| {
        let json = run_with_input(octets, &["inspect", "-", "--json"]).expect(1).json();
        assert_eq!(json["kind"], "unknown", "{json}");
        text(&json["problems"][0]).to_owned()
    };
    let long_head = [&[0x98, 0x0b], &good[1..]].concat();
    let endless = [&[0x9f], &good[1..], &[0xff]].concat();
    let trailing = [good.as_slice(), &[0]].concat();
    let cut = &good[..good.len() - 1];
    // The issuer's DET as the text that the certificate has, not as the sixteen octets that stand for it: the DER would be the same.
    let issuer = hex::decode(text(&manifest["entities"]["hda-issuing"]["det"])).unwrap();
    let at = good.windows(16).position(|found| found == issuer).unwrap();
    let issuer = text(&manifest["entities"]["hda-issuing"]["det"]).as_bytes();
    let wordy = [&good[..at - 1], &[0x78, 0x20], issuer, &good[at + 16..]].concat();
    for (octets, words) in [
        (wordy.as_slice(), "it is not invertible: converted there and back it differs at octet 5"),
        (endless.as_slice(), "indefinite length"),
        (long_head.as_slice(), "not deterministic CBOR"),
        (trailing.as_slice(), "octets follow"),
        (cut, "more are needed"),
    ] {
        let said = said(octets);
        assert!(said.contains(words), "'{words}' is not in '{said}'");
    }
}
