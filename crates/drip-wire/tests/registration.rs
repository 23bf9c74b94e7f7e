//! Registration tokens and replies: laws, and pycose and cbor2 as the other side (`scripts/interop/registration_token.py`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_det::{Det, Hid, HostIdentity, UnixTime};
use drip_wire::{
    Fault,
    cose::Sign1Error,
    registration::{Claims, MAX_LEN, RegistrationToken, Reply, TokenTimeFault},
};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf, process::Command};

const NOW: UnixTime = UnixTime(1_795_000_000);

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn hi() -> HostIdentity {
    HostIdentity::from_bytes(key().verifying_key().as_bytes()).unwrap()
}

fn det() -> Det {
    Det::derive(Hid::from_numbers(16376, 16376).unwrap(), &hi())
}

fn rich() -> Claims {
    Claims {
        not_after: Some(UnixTime(NOW.0 + 86_400)),
        not_before: Some(UnixTime(NOW.0 - 60)),
        csr: Some(vec![0xaa; 30]),
        flight: Some("flight 7".into()),
        contact: Some("pilot@example.org".into()),
        operator: Some(det()),
        serial_number: Some("8653F02T7B8RA85D19LX".into()),
        operator_attestation: Some([3; 136]),
        ..Claims::new("session".into(), hi(), NOW)
    }
}

fn token(claims: Claims) -> RegistrationToken {
    let signature = key().sign(&RegistrationToken::to_be_signed(det(), &claims)).to_bytes();
    RegistrationToken::new(det(), claims, signature)
}

fn reply() -> Reply {
    Reply {
        id: "019a0c6e-7f3b-7d51-8c33-4f5d6a1b2c3d".into(),
        det: det(),
        state: "registered".into(),
        endorsements: vec![[1; 136], [2; 136]],
        certificate: Some(vec![0x30; 254]),
        c509: Some(vec![0x8b; 155]),
    }
}

fn laws<T: PartialEq + std::fmt::Debug>(
    octets: &[u8],
    decode: fn(&[u8]) -> Result<T, drip_wire::WireError>,
    encode: fn(&T) -> Vec<u8>,
) {
    assert_eq!(encode(&decode(octets).unwrap()), octets);
    for length in 0..octets.len() {
        assert_eq!(decode(&octets[..length]).unwrap_err().fault, Fault::Truncated, "{length}");
    }
    for more in [0x00, 0xf6, 0xff] {
        assert_eq!(decode(&[octets, &[more]].concat()).unwrap_err().fault, Fault::Trailing);
    }
    let mut state = 1_u64;
    let mut roll = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for round in 0..4000 {
        let mut changed = octets.to_vec();
        for _ in 0..=round % 3 {
            let at = roll() % changed.len();
            match roll() % 4 {
                0 | 1 => changed[at] ^= 1 << (roll() % 8),
                2 => changed.insert(at, roll() as u8),
                _ => changed[at] = roll() as u8,
            }
        }
        if let Ok(read) = decode(&changed) {
            assert_eq!(encode(&read), changed);
        }
    }
}

#[test]
fn tokens_keep_the_laws() {
    for claims in [Claims::new("aircraft".into(), hi(), NOW), rich()] {
        let token = token(claims);
        assert_eq!(token.verify(), Ok(()));
        assert_eq!(RegistrationToken::decode(&token.encode()).unwrap(), token);
        assert!(RegistrationToken::is_one(&token.encode()));
        laws(&token.encode(), RegistrationToken::decode, RegistrationToken::encode);
    }
    let huge = vec![0xd8; MAX_LEN + 1];
    assert!(matches!(RegistrationToken::decode(&huge).unwrap_err().fault, Fault::OutOfRange { .. }));
}

#[test]
fn replies_keep_the_laws() {
    for reply in [
        reply(),
        Reply { certificate: None, c509: None, endorsements: Vec::new(), state: "pending".into(), ..reply() },
    ] {
        assert_eq!(Reply::decode(&reply.encode()).unwrap(), reply);
        laws(&reply.encode(), Reply::decode, Reply::encode);
    }
}

#[test]
fn no_flipped_bit_leaves_a_token_valid() {
    let octets = token(rich()).encode();
    for bit in 0..octets.len() * 8 {
        let mut changed = octets.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(
            RegistrationToken::decode(&changed).map_or(true, |token| token.verify().is_err()),
            "bit {bit}"
        );
    }
}

#[test]
fn times() {
    let at = |claims: Claims| token(claims).check_time(NOW);
    let least = Claims::new("aircraft".into(), hi(), NOW);
    assert_eq!(at(least.clone()), Ok(()));
    assert_eq!(at(Claims { issued_at: UnixTime(NOW.0 + 300), ..least.clone() }), Ok(()));
    assert!(matches!(
        at(Claims { issued_at: UnixTime(u64::MAX), ..least.clone() }),
        Err(TokenTimeFault::Future { .. })
    ));
    assert!(matches!(
        at(Claims { not_after: Some(NOW), ..least.clone() }),
        Err(TokenTimeFault::Expired { .. })
    ));
    assert!(matches!(
        at(Claims { not_before: Some(UnixTime(NOW.0 + 1)), ..least }),
        Err(TokenTimeFault::NotYetValid { .. })
    ));
}

fn python(arguments: &[String]) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python =
        std::env::var_os("DIME_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
    let output = Command::new(python)
        .arg(root.join("scripts/interop/registration_token.py"))
        .args(arguments)
        .output()
        .expect("scripts/tools has installed Python and its libraries");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn pycose_reads_ours() {
    let said: Value =
        serde_json::from_str(&python(&["judge".into(), hex::encode(token(rich()).encode())])).unwrap();
    assert_eq!(said["kid"], hex::encode(det().to_bytes()));
    assert_eq!(said["alg"], "EDDSA");
    assert_eq!(said["hi"], hi().to_string());
    assert_eq!(said["claims"]["kind"], "session");
    assert_eq!(said["claims"]["csr"], "aa".repeat(30));
    assert_eq!(said["claims"]["4"], (NOW.0 + 86_400).to_string());
}

#[test]
fn cbor2_reads_our_reply() {
    let said: Value =
        serde_json::from_str(&python(&["reply".into(), hex::encode(reply().encode())])).unwrap();
    assert_eq!(said["det"], hex::encode(det().to_bytes()));
    assert_eq!(said["state"], "registered");
    assert_eq!(said["endorsements"][1], "02".repeat(136));
    assert_eq!(said["c509"], "8b".repeat(155));
}

/// Where a token fails, or that it does not.
#[derive(Debug, PartialEq)]
enum Verdict {
    Good,
    Unread(Fault),
    Signer,
    Signature,
    Time,
}

fn verdict(octets: &[u8]) -> Verdict {
    let token = match RegistrationToken::decode(octets) {
        Ok(token) => token,
        Err(error) => return Verdict::Unread(error.fault),
    };
    assert_eq!(token.encode(), octets);
    match token.verify() {
        Err(Sign1Error::Signer { .. }) => return Verdict::Signer,
        Err(Sign1Error::Signature { .. }) => return Verdict::Signature,
        Ok(()) => {}
    }
    if token.check_time(NOW).is_ok() { Verdict::Good } else { Verdict::Time }
}

#[test]
fn theirs_good_and_hostile() {
    let arguments = [
        "make".into(),
        "07".repeat(32),
        hex::encode(det().to_bytes()),
        NOW.0.to_string(),
        "aa".repeat(60),
        "bb".repeat(60),
    ];
    let made: BTreeMap<String, Vec<u8>> = python(&arguments)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| {
            let token = hex::decode(line["token"].as_str().unwrap()).unwrap();
            (line["name"].as_str().unwrap().to_owned(), token)
        })
        .collect();
    let expected = |name: &str| -> Option<Verdict> {
        use Verdict::{Good, Signature, Signer, Time, Unread};
        Some(match name {
            "good" | "good, everything" | "good, typ" | "good, typ as text" => Good,
            // What only a registry can see.
            "csr of another key" | "serial number twice" => Good,
            "wrong alg" => Unread(Fault::Expected("-8, EdDSA")),
            "key of another" | "kid of another place" => Signer,
            "signed by another" | "signature flipped" => Signature,
            "expired" | "not yet valid" | "from the future" => Time,
            "no tag 61" | "tags swapped" => Unread(Fault::Expected("tag 61, CWT")),
            "map out of order" | "claim doubled" | "long integers" | "indefinite map" => {
                Unread(Fault::NotDeterministic)
            }
            "token trailing" => Unread(Fault::Trailing),
            "claims trailing" => Unread(Fault::Expected("claims that fill the payload")),
            "unknown number" => Unread(Fault::UnknownKey(1)),
            "critical header" => Unread(Fault::UnknownKey(2)),
            _ => return None,
        })
    };
    let mut named = 0;
    for (name, octets) in &made {
        let found = verdict(octets);
        match expected(name) {
            Some(expected) => {
                named += 1;
                assert_eq!(found, expected, "{name}");
            }
            None => assert!(
                matches!(found, Verdict::Unread(Fault::Expected(_) | Fault::Det(_))),
                "{name}: {found:?}"
            ),
        }
    }
    assert_eq!((made.len(), named), (37, 24));
}
