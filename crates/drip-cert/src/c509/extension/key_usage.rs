//! keyUsage and extKeyUsage (RFC 5280, sections 4.2.1.3 and 4.2.1.12).

use super::super::{
    Read,
    error::field,
    registry::{self, KEY_PURPOSES},
    value::{Value, read_oid},
};
use crate::write::{BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Kind, Reader, Writer};

const EXTENDED: &str = "extKeyUsage";

pub(super) fn write(value: &Value<'_>) -> Option<Vec<u8>> {
    let [_, octets @ ..] = value.content_of(BIT_STRING)? else {
        return None;
    };
    if octets.len() > 8 {
        return None;
    }
    // The first bit of the string is the least significant of the number.
    let bits = octets.iter().rev().fold(0, |sum, octet| sum << 8 | u64::from(octet.reverse_bits()));
    Some(Writer::new().uint(bits).finish())
}

/// BIT STRING without trailing zeros, as DER wants named bits.
pub(super) fn read(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    Ok(bit_string(reader.uint("keyUsage")?))
}

pub(in super::super) fn bit_string(bits: u64) -> Vec<u8> {
    let octets: Vec<u8> = bits.to_le_bytes().iter().map(|octet| octet.reverse_bits()).collect();
    let length = octets.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
    let octets = octets.get(..length).unwrap_or_default();
    let unused = octets.last().map_or(0, |last| last.trailing_zeros() as u8);
    tlv(BIT_STRING, &[&[unused], octets])
}

pub(super) fn write_extended(value: &Value<'_>) -> Option<Vec<u8>> {
    let purposes = value.children(SEQUENCE)?;
    let mut writer = Writer::new();
    match purposes.len() {
        0 => return None,
        1 => {}
        count => {
            writer.array(count);
        }
    }
    for purpose in purposes {
        let oid = purpose.content_of(OBJECT_IDENTIFIER)?;
        match registry::number(KEY_PURPOSES, oid) {
            Some(number) => writer.int(number),
            None => writer.bytes(oid),
        };
    }
    Some(writer.finish())
}

pub(super) fn read_extended(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    let at = reader.at();
    let count = match reader.kind(EXTENDED)? {
        Kind::Array => match reader.array(EXTENDED)? {
            0 | 1 => return Err(field(EXTENDED, "an array of purposes has two at least", at)),
            count => count,
        },
        _ => 1,
    };
    let mut purposes = Vec::new();
    for _ in 0..count {
        let at = reader.at();
        let oid = match reader.kind(EXTENDED)? {
            Kind::Bytes => read_oid(reader, EXTENDED)?,
            _ => registry::octets(KEY_PURPOSES, reader.int(EXTENDED)?).ok_or(field(
                EXTENDED,
                "no purpose has this number",
                at,
            ))?,
        };
        purposes.extend(tlv(OBJECT_IDENTIFIER, &[oid]));
    }
    Ok(tlv(SEQUENCE, &[&purposes]))
}
