//! COSE_Sign1: the laws of the codec, what it refuses, and whose signature it accepts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_det::{Det, Hid, HostIdentity};
use drip_wire::cose::{MediaType, Sign1, Sign1Body, Sign1Error};
use drip_wire::{Fault, WireError};
use ed25519_dalek::{Signer, SigningKey};

fn key(seed: u8) -> (SigningKey, HostIdentity, Det) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let hi = HostIdentity::from(&key.verifying_key());
    (key, hi, Det::derive(Hid::from_numbers(16376, 0).unwrap(), &hi))
}

fn body(kid: Det) -> Sign1Body {
    Sign1Body { kid, content_type: Some(MediaType::Number(60)), typ: None, payload: b"payload".to_vec() }
}

fn signed() -> (Sign1, HostIdentity) {
    let (key, hi, kid) = key(7);
    let signature = key.sign(&body(kid).to_be_signed(b"")).to_bytes();
    (body(kid).sign_with(signature), hi)
}

fn fault(octets: &[u8]) -> WireError {
    Sign1::decode(octets).unwrap_err()
}

#[test]
fn keeps_the_laws_of_codecs() {
    let (plain, _) = signed();
    let text = MediaType::text("application/example+cbor").unwrap();
    let with_both = Sign1 { typ: Some(text.clone()), content_type: Some(text), ..plain.clone() };
    let with_none = Sign1 { content_type: None, payload: Vec::new(), ..plain.clone() };
    for value in [plain, with_both, with_none] {
        let octets = value.encode();
        assert!(Sign1::is_one(&octets));
        assert_eq!(Sign1::decode(&octets), Ok(value));
        for length in 0..octets.len() {
            let error = fault(&octets[..length]);
            assert_eq!((error.fault, error.at), (Fault::Truncated, length));
        }
        for octet in [0x00, 0xa0, 0xff] {
            let error = fault(&[octets.as_slice(), &[octet]].concat());
            assert_eq!((error.fault, error.at), (Fault::Trailing, octets.len()));
        }
        for place in 0..octets.len() {
            for bit in 0..8 {
                let mut octets = octets.clone();
                octets[place] ^= 1 << bit;
                if let Ok(value) = Sign1::decode(&octets) {
                    assert_eq!(value.encode(), octets);
                }
            }
        }
    }
}

#[test]
fn only_the_signer_signed_it() {
    let (sign1, hi) = signed();
    assert_eq!(sign1.verify(&hi, b""), Ok(()));
    assert!(matches!(sign1.verify(&hi, b"aad"), Err(Sign1Error::Signature { .. })));
    assert!(matches!(sign1.verify(&key(8).1, b""), Err(Sign1Error::Signer { .. })));
    let octets = sign1.encode();
    let mut accepted = 0;
    for place in 0..octets.len() {
        for bit in 0..8 {
            let mut octets = octets.clone();
            octets[place] ^= 1 << bit;
            accepted += u32::from(Sign1::decode(&octets).is_ok_and(|sign1| sign1.verify(&hi, b"").is_ok()));
        }
    }
    assert_eq!(accepted, 0, "of all that differ in one bit");
}

/// The header, shorter than 24 octets, stands between `d2 84 40+n` and `a0`.
fn with_header(header: &[u8]) -> Vec<u8> {
    let mut octets = vec![0xd2, 0x84, 0x40 + u8::try_from(header.len()).unwrap()];
    octets.extend_from_slice(header);
    octets.extend_from_slice(&[0xa0, 0x41, 0x00, 0x58, 0x40]);
    octets.extend_from_slice(&[0; 64]);
    octets
}

#[test]
fn refuses_other_headers() {
    let kid = key(7).2.to_bytes();
    let header = |parts: &[&[u8]]| with_header(&parts.concat());
    assert!(Sign1::decode(&header(&[&[0xa2, 0x01, 0x27, 0x04, 0x50], &kid])).is_ok());
    let unknown = header(&[&[0xa3, 0x01, 0x27, 0x04, 0x50], &kid, &[0x05, 0x40]]);
    assert_eq!(fault(&unknown).fault, Fault::UnknownKey(5));
    assert_eq!(fault(&unknown).at, 3 + 5 + 16);
    let es256 = header(&[&[0xa2, 0x01, 0x26, 0x04, 0x50], &kid]);
    assert_eq!(fault(&es256).fault, Fault::Expected("-8, EdDSA"));
    let order = header(&[&[0xa2, 0x04, 0x50], &kid, &[0x01, 0x27]]);
    assert_eq!(fault(&order).fault, Fault::NotDeterministic);
    let no_kid = header(&[&[0xa1, 0x01, 0x27], &[]]);
    assert!(matches!(Sign1::decode(&no_kid), Err(WireError { .. })));
    let no_alg = header(&[&[0xa1, 0x04, 0x50], &kid]);
    assert_eq!(fault(&no_alg).fault, Fault::Expected("the algorithm, label 1"));
    let other_address = header(&[&[0xa2, 0x01, 0x27, 0x04, 0x50], &[0xfe; 16]]);
    assert!(matches!(fault(&other_address).fault, Fault::Det(_)));
    let mut unprotected = header(&[&[0xa2, 0x01, 0x27, 0x04, 0x50], &kid]);
    let place = unprotected.len() - 64 - 2 - 2 - 1;
    unprotected.splice(place..=place, [0xa1, 0x05, 0x40]);
    assert_eq!(fault(&unprotected).what, "unprotected header");
    assert!(MediaType::text("").is_err());
    assert!(MediaType::text("tab\tinside").is_err());
}
