//! certificatePolicies and policyMappings (RFC 5280, sections 4.2.1.4 and 4.2.1.5).

use super::super::{
    Read,
    error::field,
    registry::{self, POLICIES, QUALIFIERS},
    value::{Value, read_oid},
};
use crate::write::{OBJECT_IDENTIFIER, SEQUENCE, UTF8_STRING, tlv};
use alloc::vec::Vec;
use core::str;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "certificatePolicies";
const MAPPINGS: &str = "policyMappings";
const IA5_STRING: u8 = 0x16;
/// Qualifier 1, where a practice statement is found.
const CPS: i64 = 1;
/// Qualifier 2, a notice to the user.
const NOTICE: i64 = 2;

pub(super) fn write(value: &Value<'_>) -> Option<Vec<u8>> {
    let policies = value.children(SEQUENCE)?;
    if policies.is_empty() {
        return None;
    }
    let mut writer = Writer::new();
    writer.array(policies.len() * 2);
    for policy in policies {
        let parts = policy.children(SEQUENCE)?;
        let (oid, qualifiers) = match parts.as_slice() {
            [oid] => (oid, Vec::new()),
            [oid, qualifiers] => (oid, qualifiers.children(SEQUENCE)?),
            _ => return None,
        };
        write_policy(oid, &mut writer)?;
        writer.array(qualifiers.len() * 2);
        for qualifier in qualifiers {
            write_qualifier(&qualifier, &mut writer)?;
        }
    }
    Some(writer.finish())
}

fn write_policy(oid: &Value<'_>, writer: &mut Writer) -> Option<()> {
    let oid = oid.content_of(OBJECT_IDENTIFIER)?;
    match registry::number(POLICIES, oid) {
        Some(number) => writer.int(number),
        None => writer.bytes(oid),
    };
    Some(())
}

fn write_qualifier(qualifier: &Value<'_>, writer: &mut Writer) -> Option<()> {
    let parts = qualifier.children(SEQUENCE)?;
    let [oid, value] = parts.as_slice() else {
        return None;
    };
    let number = registry::number(QUALIFIERS, oid.content_of(OBJECT_IDENTIFIER)?)?;
    let text = match number {
        CPS => value.content_of(IA5_STRING)?,
        // explicitText alone, and as UTF8String.
        NOTICE => value.child(SEQUENCE)?.content_of(UTF8_STRING)?,
        _ => return None,
    };
    writer.int(number).text(str::from_utf8(text).ok()?);
    Some(())
}

pub(super) fn read(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    let mut policies = Vec::new();
    for _ in 0..pairs(reader, WHAT)? {
        let oid = read_policy(reader, WHAT)?;
        let at = reader.at();
        let count = reader.array(WHAT)?;
        if count % 2 != 0 {
            return Err(field(WHAT, "a qualifier without a text", at));
        }
        let mut qualifiers = Vec::new();
        for _ in 0..count / 2 {
            qualifiers.extend(read_qualifier(reader)?);
        }
        let qualifiers = if qualifiers.is_empty() { qualifiers } else { tlv(SEQUENCE, &[&qualifiers]) };
        policies.extend(tlv(SEQUENCE, &[&oid, &qualifiers]));
    }
    Ok(tlv(SEQUENCE, &[&policies]))
}

fn pairs(reader: &mut Reader<'_>, what: &'static str) -> Read<usize> {
    let at = reader.at();
    match reader.array(what)? {
        0 => Err(field(what, "it is empty", at)),
        odd if odd % 2 != 0 => Err(field(what, "it is no list of pairs", at)),
        even => Ok(even / 2),
    }
}

fn read_policy(reader: &mut Reader<'_>, what: &'static str) -> Read<Vec<u8>> {
    let at = reader.at();
    let oid = match reader.kind(what)? {
        Kind::Bytes => read_oid(reader, what)?,
        _ => registry::octets(POLICIES, reader.int(what)?).ok_or(field(
            what,
            "no policy has this number",
            at,
        ))?,
    };
    Ok(tlv(OBJECT_IDENTIFIER, &[oid]))
}

fn read_qualifier(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    let at = reader.at();
    let number = reader.int(WHAT)?;
    let oid = registry::octets(QUALIFIERS, number).ok_or(field(WHAT, "no qualifier has this number", at))?;
    let at = reader.at();
    let text = reader.text(WHAT)?;
    let value = match number {
        CPS if !text.is_ascii() => return Err(field(WHAT, "it has characters that are not ASCII", at)),
        CPS => tlv(IA5_STRING, &[text.as_bytes()]),
        _ => tlv(SEQUENCE, &[&tlv(UTF8_STRING, &[text.as_bytes()])]),
    };
    Ok(tlv(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[oid]), &value]))
}

pub(super) fn write_mappings(value: &Value<'_>) -> Option<Vec<u8>> {
    let mappings = value.children(SEQUENCE)?;
    if mappings.is_empty() {
        return None;
    }
    let mut writer = Writer::new();
    writer.array(mappings.len() * 2);
    for mapping in mappings {
        match mapping.children(SEQUENCE)?.as_slice() {
            [issuer, subject] => {
                write_policy(issuer, &mut writer)?;
                write_policy(subject, &mut writer)?;
            }
            _ => return None,
        }
    }
    Some(writer.finish())
}

pub(super) fn read_mappings(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    let mut mappings = Vec::new();
    for _ in 0..pairs(reader, MAPPINGS)? {
        let issuer = read_policy(reader, MAPPINGS)?;
        mappings.extend(tlv(SEQUENCE, &[&issuer, &read_policy(reader, MAPPINGS)?]));
    }
    Ok(tlv(SEQUENCE, &[&mappings]))
}
