//! Items of every kind against the examples of RFC 8949, appendix A, and what is not deterministic among them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_cbor::{CborFault, Float, Kind, Reader, Writer};

fn octets(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

#[test]
fn integers_of_the_appendix() {
    for (value, text) in [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1_000_000_000_000, "1b000000e8d4a51000"),
        (-1, "20"),
        (-10, "29"),
        (-100, "3863"),
        (-1000, "3903e7"),
        (i64::MAX, "1b7fffffffffffffff"),
        (i64::MIN, "3b7fffffffffffffff"),
    ] {
        let octets = octets(text);
        assert_eq!(Reader::new(&octets).int("x"), Ok(value), "{text}");
        assert_eq!(Writer::new().int(value).finish(), octets);
    }
    let beyond = octets("3bffffffffffffffff");
    assert!(matches!(Reader::new(&beyond).int("x").unwrap_err().fault, CborFault::Expected(_)));
}

#[test]
fn every_item_that_is_written_is_skipped_whole() {
    let mut writer = Writer::new();
    writer.map(2).int(-1).array(4).null().boolean(true).boolean(false).float(Float::new(1.5));
    writer.text("a").tag(48).bytes(&[1, 2, 3]);
    let octets = writer.finish();
    assert_eq!(hex::encode(&octets), "a22084f6f5f4f93e006161d83043010203");
    let mut reader = Reader::new(&octets);
    assert_eq!(reader.kind("x"), Ok(Kind::Map));
    assert_eq!(reader.skip("x").unwrap(), octets);
    reader.end("x").unwrap();
    for length in 0..octets.len() {
        let error = Reader::new(&octets[..length]).skip("x").unwrap_err();
        assert_eq!((error.fault, error.at), (CborFault::Truncated, length));
    }
}

#[test]
fn what_is_skipped_is_deterministic() {
    for (text, fault) in [
        ("9fff", CborFault::NotDeterministic),
        ("8118 01", CborFault::NotDeterministic),
        ("a202000100", CborFault::NotDeterministic),
        ("a201000100", CborFault::NotDeterministic),
        ("fa3fc00000", CborFault::NotDeterministic),
        ("f816", CborFault::NotDeterministic),
        ("81ff", CborFault::NotCbor),
        ("ff", CborFault::NotCbor),
        ("8161ff", CborFault::NotUtf8),
        ("9bffffffffffffffff", CborFault::Truncated),
        ("bbffffffffffffffff00", CborFault::Truncated),
    ] {
        let octets = octets(&text.replace(' ', ""));
        assert_eq!(Reader::new(&octets).skip("x").unwrap_err().fault, fault, "{text}");
    }
    let tower = [vec![0x81; 5000], vec![0]].concat();
    assert_eq!(Reader::new(&tower).skip("x").unwrap_err().fault, CborFault::Depth);
    let tags = [vec![0xc0; 5000], vec![0]].concat();
    assert_eq!(Reader::new(&tags).skip("x").unwrap_err().fault, CborFault::Depth);
}

#[test]
fn kinds_are_known_before_reading() {
    for (text, kind) in [
        ("00", Kind::Unsigned),
        ("20", Kind::Negative),
        ("40", Kind::Bytes),
        ("60", Kind::Text),
        ("80", Kind::Array),
        ("a0", Kind::Map),
        ("c0", Kind::Tag),
        ("f6", Kind::Null),
        ("f5", Kind::Boolean),
        ("f7", Kind::Other),
    ] {
        assert_eq!(Reader::new(&octets(text)).kind("x"), Ok(kind));
    }
    assert_eq!(Reader::new(&[]).kind("x").unwrap_err().fault, CborFault::Truncated);
    assert_eq!(Reader::new(&[0xf6]).null("x"), Ok(()));
    assert!(matches!(Reader::new(&[0xf7]).null("x").unwrap_err().fault, CborFault::Expected(_)));
    assert_eq!(Reader::new(&[0xf5]).boolean("x"), Ok(true));
    assert!(matches!(Reader::new(&[0xf6]).boolean("x").unwrap_err().fault, CborFault::Expected(_)));
}
