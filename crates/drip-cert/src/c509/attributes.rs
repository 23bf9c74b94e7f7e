//! Attributes of a request: a flat array of numbers (or OIDs) and values.
//!
//! | number | attribute | value |
//! |---|---|---|
//! | 0 | extensionRequest | [`extensions`](super::extensions) |
//! | 1 | challengePassword | text; tag 121 before it when it is a PrintableString |
//! | OID | another | byte string of the DER, `SET OF` |

use super::{
    C509Error, C509Kind, Read,
    error::{field, none},
    extensions,
    value::{Value, identifier, read_oid},
};
use crate::write::{OBJECT_IDENTIFIER, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, tlv};
use alloc::vec::Vec;
use core::str;
use der::asn1::PrintableStringRef;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "attributes";
const EXTENSION_REQUEST: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e";
const CHALLENGE_PASSWORD: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07";
const POSSESSION_STATEMENT: &[u8] = b"\x2b\x06\x01\x04\x01\x81\xac\x60\x02\x01";
/// Alternative 0: a PrintableString.
const PRINTABLE: u64 = 121;

pub(super) fn write(list: &[Value<'_>], kind: C509Kind, writer: &mut Writer) -> Read<()> {
    writer.array(list.len() * 2);
    for attribute in list {
        let parts = attribute.children(SEQUENCE).ok_or(structure())?;
        let [oid, values] = parts.as_slice() else {
            return Err(structure());
        };
        match oid.content_of(OBJECT_IDENTIFIER).ok_or(structure())? {
            EXTENSION_REQUEST => {
                writer.uint(0);
                extensions::write(Some(&one(values)?), kind, writer)?;
            }
            CHALLENGE_PASSWORD => {
                writer.uint(1);
                let value = one(values)?;
                let text = str::from_utf8(value.content).map_err(|_| none(WHAT, "a password is no text"))?;
                match (value.tag, kind) {
                    (UTF8_STRING, _) | (PRINTABLE_STRING, C509Kind::Native) => writer.text(text),
                    (PRINTABLE_STRING, C509Kind::Reencoded) => writer.tag(PRINTABLE).text(text),
                    _ => return Err(none(WHAT, "a password is neither UTF8String nor PrintableString")),
                };
            }
            POSSESSION_STATEMENT => return Err(unknown_statement()),
            oid => {
                writer.bytes(oid).bytes(values.content_of(SET).map(|_| values.whole).ok_or(structure())?);
            }
        }
    }
    Ok(())
}

const fn unknown_statement() -> C509Error {
    none(WHAT, "a statement of possession has no form known here")
}

const fn structure() -> C509Error {
    C509Error::Structure { what: WHAT }
}

fn one<'a>(values: &Value<'a>) -> Read<Value<'a>> {
    values.child(SET).ok_or(none(WHAT, "an attribute has not exactly one value"))
}

/// The attributes in DER, one behind another.
pub(super) fn read(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    let at = reader.at();
    let count = reader.array(WHAT)?;
    if count % 2 != 0 {
        return Err(field(WHAT, "an attribute without a value", at));
    }
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut list = Vec::new();
    for _ in 0..count / 2 {
        let at = reader.at();
        let (oid, values) = if reader.kind(WHAT)? == Kind::Bytes {
            let oid = read_oid(reader, WHAT)?;
            let at = reader.at();
            let values = reader.bytes(WHAT)?;
            let set = Value::of_der(values).filter(|value| value.tag == SET);
            set.ok_or(field(WHAT, "the value of an attribute is not a DER SET", at))?;
            (oid, values.to_vec())
        } else {
            match reader.int(WHAT)? {
                0 => {
                    let extensions = tlv(SEQUENCE, &[&extensions::read(reader, kind)?]);
                    (EXTENSION_REQUEST, tlv(SET, &[&extensions]))
                }
                1 => (CHALLENGE_PASSWORD, tlv(SET, &[&password(reader, kind)?])),
                2 => return Err(unknown_statement()),
                _ => return Err(field(WHAT, "no attribute has this number", at)),
            }
        };
        if seen.contains(&oid) {
            return Err(C509Error::Duplicate { what: "attribute", identifier: identifier(oid, at)?, at });
        }
        seen.push(oid);
        list.extend(tlv(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[oid]), &values]));
    }
    Ok(list)
}

fn password(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    const WHAT: &str = "challengePassword";
    let at = reader.at();
    if reader.kind(WHAT)? != Kind::Tag {
        return Ok(tlv(UTF8_STRING, &[reader.text(WHAT)?.as_bytes()]));
    }
    let tag = reader.tag(WHAT)?;
    let text = reader.text(WHAT)?;
    if tag != PRINTABLE || kind == C509Kind::Native || PrintableStringRef::new(text).is_err() {
        return Err(field(WHAT, "it is no PrintableString under tag 121 of a re-encoded request", at));
    }
    Ok(tlv(PRINTABLE_STRING, &[text.as_bytes()]))
}
