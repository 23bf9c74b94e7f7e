//! The chain vectors: `testdata/chain/manifest.json`.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod der;
pub(crate) mod spec;

use drip_det::{Det, HostIdentity};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;
use std::sync::LazyLock;

static MANIFEST: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../testdata/chain/manifest.json")).unwrap());

/// One of the nine holders of a DET.
pub(crate) struct Entity {
    pub(crate) name: String,
    pub(crate) parent: String,
    pub(crate) raa: u16,
    pub(crate) hda: u16,
    /// In Unix seconds; zero where the vector has no end.
    pub(crate) not_before: u64,
    pub(crate) not_after: u64,
    json: Value,
}

pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = MANIFEST["entities"].as_object().unwrap().keys().cloned().collect();
    names.sort_unstable();
    names
}

pub(crate) fn chain(name: &str) -> Entity {
    let json = MANIFEST["entities"][name].clone();
    let text = |key: &str| json[key].as_str().unwrap().to_owned();
    let number = |key: &str| u16::try_from(json[key].as_u64().unwrap()).unwrap();
    Entity {
        name: name.into(),
        parent: text("parent"),
        raa: number("raa"),
        hda: number("hda"),
        not_before: unix(&text("not_before")),
        not_after: if text("not_after") == "99991231235959Z" { 0 } else { unix(&text("not_after")) },
        json,
    }
}

/// An object outside the nine entities.
pub(crate) fn other(name: &str) -> Vec<u8> {
    hex::decode(MANIFEST[name]["der_hex"].as_str().unwrap()).unwrap()
}

/// The C509 of type 3 of such an object, in hexadecimal digits.
pub(crate) fn other_c509(name: &str) -> &'static str {
    MANIFEST[name]["c509_t3_array_hex"].as_str().unwrap()
}

impl Entity {
    pub(crate) fn key(&self) -> SigningKey {
        let seed = hex::decode(self.json["private_seed"].as_str().unwrap()).unwrap();
        SigningKey::from_bytes(&seed.try_into().unwrap())
    }

    pub(crate) fn hi(&self) -> HostIdentity {
        self.json["hi"].as_str().unwrap().parse().unwrap()
    }

    pub(crate) fn det(&self) -> Det {
        self.json["det"].as_str().unwrap().parse().unwrap()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key().sign(message).to_bytes()
    }

    pub(crate) fn certificate(&self, profile: &str) -> &Value {
        &self.json["certs"][profile]
    }

    /// The DER of `csr`, `csr_det`, `lite`, `lite_uri` or `full`.
    pub(crate) fn object(&self, name: &str) -> Vec<u8> {
        let place = if name.starts_with("csr") { &self.json[name] } else { &self.json["certs"][name] };
        hex::decode(place["der_hex"].as_str().unwrap()).unwrap()
    }
}

impl Entity {
    /// The C509 of the same objects; `kind` is 2 or 3.
    pub(crate) fn c509(&self, name: &str, kind: u8) -> Vec<u8> {
        let text = if name.starts_with("csr") {
            &self.json[name][format!("c509_csr_t{kind}_hex")]
        } else {
            &self.json["certs"][name][format!("c509_t{kind}_array_hex")]
        };
        hex::decode(text.as_str().unwrap()).unwrap()
    }
}

/// `2026-01-02T00:00:00Z` in Unix seconds, counted by the calendar, not by the code under test.
fn unix(text: &str) -> u64 {
    let number = |range: std::ops::Range<usize>| text[range].parse::<u64>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let days = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum::<u64>()
        + lengths[..month as usize - 1].iter().sum::<u64>()
        + day
        - 1;
    days * 86_400 + number(11..13) * 3600 + number(14..16) * 60 + number(17..19)
}
