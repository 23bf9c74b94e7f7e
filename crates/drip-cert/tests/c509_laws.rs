//! The laws of the C509 decoders over all vectors: prefixes are truncated, more is trailing, and of thousands of changed objects none is
//! accepted that is not the one form of what it says. And hostile objects made by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cbor::{CborFault, Writer};
use drip_cert::{
    c509::{C509Certificate, C509Csr, C509Error, C509Kind, MAX_LEN, NativeTbs},
    csr::{Csr, CsrError},
};
use serde_json::Value;
use vectors::chain;

/// Every certificate of the vectors in CBOR.
fn certificates() -> Vec<Vec<u8>> {
    let pairs: Value = serde_json::from_str(include_str!("../../../testdata/c509/pairs.json")).unwrap();
    let mut all = Vec::new();
    for pair in pairs["pairs"].as_array().unwrap() {
        for key in ["c509_t3_array_hex", "native_t2_array_hex", "published_t2_array_hex"] {
            all.extend(pair[key].as_str().map(|text| hex::decode(text).unwrap()));
        }
    }
    for (name, object) in
        [("ua1", "lite"), ("usidmfr", "lite_uri"), ("hda-auth", "full"), ("raa2-auth-self", "full")]
    {
        all.extend([2, 3].map(|kind| chain(name).c509(object, kind)));
    }
    all
}

fn requests() -> Vec<Vec<u8>> {
    let objects = [("ua1", "csr"), ("ua1", "csr_det"), ("hda-issuing", "csr_det")];
    objects.iter().flat_map(|(name, object)| [2, 3].map(|kind| chain(name).c509(object, kind))).collect()
}

fn truncated(error: &C509Error) -> bool {
    matches!(error, C509Error::Cbor(error) if error.fault == CborFault::Truncated)
}

fn trailing(error: &C509Error) -> bool {
    matches!(error, C509Error::Cbor(error) if error.fault == CborFault::Trailing)
}

/// Decodes; what is accepted must be made again from what it says.
fn certificate(octets: &[u8]) -> Result<(), C509Error> {
    let read = C509Certificate::decode(octets)?;
    assert_eq!(read.octets(), octets);
    match read.kind() {
        C509Kind::Reencoded => {
            assert_eq!(C509Certificate::of_x509(read.x509().unwrap()).unwrap(), read);
        }
        C509Kind::Native => {
            let native = NativeTbs::decode(read.to_be_signed()).unwrap();
            assert_eq!(NativeTbs::of_tbs(native.x509()).unwrap(), native);
        }
    }
    Ok(())
}

fn request(octets: &[u8]) -> Result<(), C509Error> {
    let read = C509Csr::decode(octets)?;
    assert_eq!(read.octets(), octets);
    if let Some(der) = read.pkcs10() {
        assert_eq!(C509Csr::of_pkcs10(der).unwrap(), read);
    }
    // The reader above neither panics nor accepts what the key did not sign.
    let _ = Csr::parse(octets).and_then(Csr::verify);
    Ok(())
}

/// SplitMix64, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit as u64) as usize
    }
}

fn change(octets: &mut Vec<u8>, dice: &mut Dice) {
    if octets.is_empty() {
        return;
    }
    let at = dice.below(octets.len());
    match dice.below(6) {
        0 | 1 => octets[at] ^= 1 << dice.below(8),
        2 => octets[at] = dice.roll() as u8,
        3 => octets.insert(at, dice.roll() as u8),
        4 => {
            octets.remove(at);
        }
        _ => {
            let other = dice.below(octets.len());
            octets.swap(at, other);
        }
    }
}

fn laws(objects: &[Vec<u8>], judge: fn(&[u8]) -> Result<(), C509Error>, whole: usize) {
    let mut dice = Dice(20_261_122);
    let (mut accepted, mut refused) = (0, 0);
    for octets in objects {
        judge(octets).unwrap();
        for length in 0..octets.len() {
            let error = judge(&octets[..length]).unwrap_err();
            assert!(truncated(&error), "{length} of {}: {error}", hex::encode(octets));
        }
        for more in [0x00, 0x40, 0xf6, 0xff] {
            let error = judge(&[octets.as_slice(), &[more]].concat()).unwrap_err();
            assert!(trailing(&error), "{error}");
        }
        for _ in 0..whole / objects.len() {
            let mut changed = octets.clone();
            for _ in 0..=dice.below(3) {
                change(&mut changed, &mut dice);
            }
            match judge(&changed) {
                Ok(()) => accepted += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(accepted > 0 && refused > 0, "the changes reach both: {accepted} accepted, {refused} refused");
}

#[test]
fn certificates_keep_the_laws() {
    laws(&certificates(), certificate, 20_000);
}

#[test]
fn requests_keep_the_laws() {
    laws(&requests(), request, 10_000);
}

/// No changed request passes for one that its key signed.
#[test]
fn every_flipped_bit_of_a_request_breaks_it() {
    for octets in requests() {
        assert!(Csr::parse(&octets).and_then(Csr::verify).is_ok());
        for bit in 0..octets.len() * 8 {
            let mut changed = octets.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Csr::parse(&changed).and_then(Csr::verify).is_err(), "bit {bit}");
        }
    }
}

/// The native items of the aircraft's Lite certificate, with one of them replaced.
fn with(index: usize, item: &[u8]) -> Vec<u8> {
    let octets = chain("ua1").c509("lite", 3);
    let mut reader = drip_cbor::Reader::new(&octets);
    let mut writer = Writer::new();
    writer.array(reader.array("items").unwrap());
    for place in 0..11 {
        let found = reader.skip("item").unwrap();
        writer.raw(if place == index { item } else { found });
    }
    writer.finish()
}

fn fault(octets: &[u8]) -> String {
    C509Certificate::decode(octets).map_or_else(|error| error.to_string(), |_| "accepted".into())
}

#[test]
fn each_fault_says_what_and_where() {
    assert_eq!(C509Certificate::decode(&with(0, &[0x03])).unwrap().octets(), chain("ua1").c509("lite", 3));
    let hex = |text: &str| hex::decode(text).unwrap();
    let mut wrong = Vec::new();
    for (index, item, says) in [
        (0, "00", "type 0 is not 2 (native) or 3 (re-encoded); 0 and 1 are those of drafts before 10"),
        (0, "04", "type 4 is not 2 (native)"),
        (0, "1803", "octet 1: not deterministic CBOR"),
        (1, "01", "certificateSerialNumber, octet 2: expected a byte string"),
        (1, "420001", "certificateSerialNumber, octet 2: it has leading zeros"),
        (1, "5f4101ff", "octet 2: not deterministic CBOR"),
        (2, "0a", "issuerSignatureAlgorithm, octet 4: no algorithm has this number"),
        (2, "432b6570", "not invertible"),
        (2, "8143 2b6570", "expected an array of OID and parameters"),
        (2, "3b8000000000000000", "expected an integer of at most 63 bits"),
        (3, "f7", "name, octet 5: expected a text string"),
        (3, "7820 3230303130303366666533666638303532376165336530646333623838363039", "not invertible"),
        (3, "8101", "an attribute without a value"),
        (3, "821741ab", "no attribute has this number"),
        (3, "8220612a", "a character is not of the attribute's type of string"),
        (3, "82356161", "this attribute is always IA5String"),
        (4, "f6", "notBefore"),
        (4, "20", "expected an unsigned integer"),
        (4, "1b0000003afff44180", "it lies after the year 9999"),
        (5, "1b0000003afff4417f", "the end of the year 9999 is written as null"),
        (6, "f6", "name"),
        (7, "0b", "subjectPublicKeyAlgorithm"),
        (8, "f6", "subjectPublicKey"),
        (9, "8102", "an extension without a value"),
        (9, "820000", "no extension has this number"),
        (9, "8218181818", "no extension has this number"),
        (9, "841850f61850f6", "no extension has this number"),
        (9, "8401410101 4102", "extension 2.5.29.14 is there twice"),
        (9, "840141012041 02", "extension 2.5.29.14 is there twice"),
        (9, "8443551d0e43 04010101 4102", "extension 2.5.29.14 is there twice"),
        (9, "8243551d0e4304 0101", "not invertible"),
        (9, "82020181", "expected"),
        (9, "820201", "not invertible"),
        (9, "822322", "basicConstraints, octet 70: it is -2, -1 or a path length"),
        (9, "822423", "distribution point, octet 70: expected an array"),
        (9, "82 1820 f6", "the form of its value is not one of those known here"),
        (10, "f6", "signature value"),
    ] {
        let octets = with(index, &hex(&item.replace(' ', "")));
        let found = fault(&octets);
        if !found.contains(says) {
            wrong.push(format!("{index} {item}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let good = chain("ua1").c509("lite", 3);
    assert!(fault(&[&[0x8c], &good[1..], &[0xf6][..]].concat()).contains("expected an array of eleven"));
    assert!(fault(&[&[0x8a], &good[1..]].concat()).contains("expected an array of eleven"));
    assert!(fault(&[&[0x9f], &good[1..], &[0xff][..]].concat()).contains("not deterministic"));
    assert!(fault(&good[1..]).contains("without the array around them"));
    assert_eq!(
        C509Certificate::decode(&vec![0x8b; MAX_LEN + 1]),
        Err(C509Error::Oversized { length: MAX_LEN + 1 })
    );
    assert!(matches!(Csr::parse(&[0x87, 0x02]), Err(CsrError::C509(error)) if error.is_truncated()));
}

#[test]
fn der_that_has_no_c509() {
    let der = chain("ua1").object("lite");
    let error = |octets: &[u8]| C509Certificate::of_x509(octets).unwrap_err();
    assert!(matches!(error(&der[..der.len() - 1]), C509Error::Der(_)));
    assert!(matches!(error(&[der.as_slice(), &[0]].concat()), C509Error::Der(_)));
    assert!(matches!(error(&[0x30, 0x80, 0, 0]), C509Error::Der(_)));
    assert!(matches!(error(&[0x30, 0x00]), C509Error::Structure { what: "certificate" }));
    // The common name as a TeletexString.
    let name = der.windows(2).position(|octets| octets == [0x0c, 0x20]).unwrap();
    let mut changed = der.clone();
    changed[name] = 0x14;
    assert!(error(&changed).to_string().contains("another type of string"), "{}", error(&changed));
    // As a PrintableString it has one.
    changed[name] = 0x13;
    assert_eq!(C509Certificate::of_x509(&changed).unwrap().x509(), Some(changed.as_slice()));
    // Another algorithm outside than inside.
    let outside = der.windows(7).rposition(|octets| octets == [0x30, 5, 6, 3, 0x2b, 0x65, 0x70]).unwrap();
    let mut changed = der.clone();
    changed[outside + 6] = 0x71;
    assert!(error(&changed).to_string().contains("signatureAlgorithm"));
    // A notAfter in 2049 as GeneralizedTime is no DER that comes back.
    let time = der.windows(2).rposition(|octets| octets == [0x17, 0x0d]).unwrap();
    let mut changed = der.clone();
    changed[time + 2..time + 4].copy_from_slice(b"6x");
    assert!(matches!(error(&changed), C509Error::Structure { what: "notAfter" }));
}
