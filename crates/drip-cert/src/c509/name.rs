//! Names: a flat array of attributes and values, or the value alone of a single CN.
//!
//! The number of an attribute is positive for UTF8String and negative for PrintableString; native objects know no such difference, in
//! them it is never negative. emailAddress and domainComponent are IA5String always.

use super::{
    C509Kind, Read,
    error::{field, none},
    registry::{self, ATTRIBUTES},
    text,
    value::{Value, read_oid},
};
use crate::write::{OBJECT_IDENTIFIER, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, tlv};
use alloc::vec::Vec;
use core::str;
use der::asn1::PrintableStringRef;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "name";
const IA5_STRING: u8 = 0x16;
const COMMON_NAME: i64 = 1;

const fn is_ia5(attribute: i64) -> bool {
    matches!(attribute, 0 | 22)
}

pub(super) fn write(name: &Value<'_>, kind: C509Kind, writer: &mut Writer) -> Read<()> {
    let mut pairs = Vec::new();
    for rdn in name.children(SEQUENCE).ok_or(structure())? {
        let attributes = rdn.children(SET).ok_or(structure())?;
        let [attribute] = attributes.as_slice() else {
            return Err(none(WHAT, "an RDN has several attributes"));
        };
        match attribute.children(SEQUENCE).ok_or(structure())?.as_slice() {
            [oid, value] if oid.tag == OBJECT_IDENTIFIER => pairs.push((*oid, *value)),
            _ => return Err(structure()),
        }
    }
    if let [(oid, value)] = pairs.as_slice()
        && registry::number(ATTRIBUTES, oid.content) == Some(COMMON_NAME)
        && (value.tag == UTF8_STRING || (value.tag == PRINTABLE_STRING && kind == C509Kind::Native))
    {
        text::write(string(value)?, writer);
        return Ok(());
    }
    writer.array(pairs.len() * 2);
    for (oid, value) in pairs {
        let Some(number) = registry::number(ATTRIBUTES, oid.content) else {
            writer.bytes(oid.content).bytes(value.whole);
            continue;
        };
        let number = match (value.tag, is_ia5(number)) {
            (IA5_STRING, true) | (UTF8_STRING, false) => number,
            (PRINTABLE_STRING, false) if kind == C509Kind::Native => number,
            (PRINTABLE_STRING, false) => -number,
            _ => {
                return Err(none(
                    WHAT,
                    "an attribute has another type of string than UTF8String or PrintableString",
                ));
            }
        };
        writer.int(number);
        text::write(string(&value)?, writer);
    }
    Ok(())
}

const fn structure() -> super::C509Error {
    super::C509Error::Structure { what: WHAT }
}

fn string<'a>(value: &Value<'a>) -> Read<&'a str> {
    str::from_utf8(value.content).map_err(|_| none(WHAT, "an attribute is no text"))
}

/// Name in DER.
pub(super) fn read(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    if reader.kind(WHAT)? != Kind::Array {
        let text = text::read(reader, WHAT)?;
        return Ok(tlv(SEQUENCE, &[&rdn(common_name(), UTF8_STRING, text.as_bytes())]));
    }
    let at = reader.at();
    let count = reader.array(WHAT)?;
    if count % 2 != 0 {
        return Err(field(WHAT, "an attribute without a value", at));
    }
    let mut rdns = Vec::new();
    for _ in 0..count / 2 {
        let at = reader.at();
        if reader.kind(WHAT)? == Kind::Bytes {
            let oid = read_oid(reader, WHAT)?;
            let at = reader.at();
            let value = reader.bytes(WHAT)?;
            Value::of_der(value).ok_or(field(WHAT, "the value of an attribute is not DER", at))?;
            let pair = tlv(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[oid]), value]);
            rdns.extend(tlv(SET, &[&pair]));
            continue;
        }
        let number = reader.int(WHAT)?;
        if number < 0 && kind == C509Kind::Native {
            return Err(field(WHAT, "a native object has no PrintableString", at));
        }
        let attribute = number.checked_abs().and_then(|number| registry::octets(ATTRIBUTES, number));
        let oid = attribute.ok_or(field(WHAT, "no attribute has this number", at))?;
        let value_at = reader.at();
        let text = text::read(reader, WHAT)?;
        let tag = match (is_ia5(number.abs()), number < 0) {
            (true, false) => IA5_STRING,
            (true, true) => return Err(field(WHAT, "this attribute is always IA5String", at)),
            (false, false) => UTF8_STRING,
            (false, true) => PRINTABLE_STRING,
        };
        let fits = match tag {
            IA5_STRING => text.is_ascii(),
            PRINTABLE_STRING => PrintableStringRef::new(&text).is_ok(),
            _ => true,
        };
        if !fits {
            return Err(field(WHAT, "a character is not of the attribute's type of string", value_at));
        }
        rdns.extend(rdn(oid, tag, text.as_bytes()));
    }
    Ok(tlv(SEQUENCE, &[&rdns]))
}

fn common_name() -> &'static [u8] {
    registry::octets(ATTRIBUTES, COMMON_NAME).unwrap_or_default()
}

fn rdn(oid: &[u8], tag: u8, text: &[u8]) -> Vec<u8> {
    let pair = tlv(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[oid]), &tlv(tag, &[text])]);
    tlv(SET, &[&pair])
}
