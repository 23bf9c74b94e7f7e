//! Published certificates in X.509 and C509, converted both ways octet for octet (testdata/c509).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_cert::c509::{C509Certificate, C509Error, C509Kind, NativeTbs, is_certificate};
use drip_det::HostIdentity;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;
use std::sync::LazyLock;

static PAIRS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../testdata/c509/pairs.json")).unwrap());
static DRIP_PAIRS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../testdata/c509/drip-pairs.json")).unwrap());

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn pair(name: &str) -> &'static Value {
    PAIRS["pairs"].as_array().unwrap().iter().find(|pair| pair["name"] == name).unwrap()
}

/// DER → C509 → DER and C509 → DER → C509.
fn both_ways(pair: &Value) {
    let (der, cbor) = (octets(&pair["x509_der_hex"]), octets(&pair["c509_t3_array_hex"]));
    let made = C509Certificate::of_x509(&der).unwrap();
    assert_eq!(hex::encode(made.octets()), hex::encode(&cbor));
    let read = C509Certificate::decode(&cbor).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.kind(), C509Kind::Reencoded);
    assert_eq!(hex::encode(read.x509().unwrap()), hex::encode(&der));
    assert!(is_certificate(&cbor));
    // The signature stands under the DER of tbsCertificate, which begins behind the outer header.
    assert!(der.windows(read.to_be_signed().len()).any(|window| window == read.to_be_signed()));
    // The sequence of the older drafts, only where it is asked for.
    assert_eq!(C509Certificate::decode(&cbor[1..]), Err(C509Error::Unwrapped(11)));
    assert_eq!(C509Certificate::decode_sequence(&cbor[1..]).unwrap(), read);
}

macro_rules! pairs {
    ($($test:ident = $name:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            both_ways(pair($name));
        })*

        #[test]
        fn every_pair_is_tested() {
            let names: Vec<&str> =
                PAIRS["pairs"].as_array().unwrap().iter().map(|pair| pair["name"].as_str().unwrap()).collect();
            assert_eq!(names, [$($name),*]);
        }
    };
}

pairs! {
    rfc7925 = "rfc7925",
    ieee8021ar = "ieee8021ar",
    cab_ecdsa = "cab-ecdsa",
    cab_rsa = "cab-rsa",
    tv_ca = "tv-ca",
    tv_ed25519 = "tv-ed25519",
}

#[test]
fn drip_pairs() {
    let pairs = DRIP_PAIRS["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 55);
    for pair in pairs {
        println!("{} {} {}", pair["set"], pair["name"], pair["profile"]);
        both_ways(pair);
    }
}

/// A native certificate, and how its signature is checked by hand.
fn native(cbor: &[u8]) -> C509Certificate {
    let read = C509Certificate::decode(cbor).unwrap();
    assert_eq!(read.kind(), C509Kind::Native);
    assert_eq!(read.octets(), cbor);
    assert_eq!(read.x509(), None);
    // The ten items: all between the head of the array and the signature, whose head takes two octets.
    assert_eq!(read.to_be_signed(), &cbor[1..cbor.len() - read.signature().len() - 2]);
    assert_eq!(read.native().unwrap().octets(), read.to_be_signed());
    read
}

#[test]
fn tv_ed25519_native() {
    let pair = pair("tv-ed25519");
    let cbor = octets(&pair["published_t2_array_hex"]);
    let read = native(&cbor);
    // It names itself as its issuer.
    let pkcs8 = octets(&pair["private_key_pkcs8_hex"]);
    let key = SigningKey::from_bytes(pkcs8[16..].try_into().unwrap());
    let hi = HostIdentity::from_bytes(key.verifying_key().as_bytes()).unwrap();
    let signature = read.signature().try_into().unwrap();
    assert!(hi.verify(read.to_be_signed(), &signature).is_ok());
    assert_eq!(read.native().unwrap().assemble(&key.sign(read.to_be_signed()).to_bytes()), cbor);

    let reencoded = C509Certificate::of_x509(&octets(&pair["x509_der_hex"])).unwrap();
    assert!(hi.verify(reencoded.to_be_signed(), &reencoded.signature().try_into().unwrap()).is_ok());
    // The same fields in DER give the same items, but for the type.
    let same = NativeTbs::of_tbs(reencoded.to_be_signed()).unwrap();
    assert_eq!(hex::encode(same.octets()), hex::encode(read.to_be_signed()));
}

#[test]
fn rfc7925_native() {
    let pair = pair("rfc7925");
    let read = native(&octets(&pair["native_t2_array_hex"]));
    assert_eq!(read.signature().len(), 64);
    let sequence = octets(&pair["native_t2_sequence_hex"]);
    assert_eq!(C509Certificate::decode_sequence(&sequence).unwrap(), read);
    // It carries the point as SEC 1 compresses it, which is no re-encoding of the X.509 certificate with the whole point.
    assert!(read.octets().windows(2).any(|octets| octets == [0x21, 0x02]));
}
