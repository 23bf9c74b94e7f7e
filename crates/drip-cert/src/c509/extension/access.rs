//! authorityInfoAccess and subjectInfoAccess (RFC 5280, section 4.2.2), when all locations are URIs.

use super::super::{
    Read,
    error::field,
    registry::{self, ACCESS_METHODS},
    value::{Value, read_oid},
};
use crate::write::{OBJECT_IDENTIFIER, SEQUENCE, tlv};
use alloc::vec::Vec;
use core::str;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "information access";
const URI: u8 = 0x86;

pub(super) fn write(value: &Value<'_>) -> Option<Vec<u8>> {
    let descriptions = value.children(SEQUENCE)?;
    if descriptions.is_empty() {
        return None;
    }
    let mut writer = Writer::new();
    writer.array(descriptions.len() * 2);
    for description in descriptions {
        let parts = description.children(SEQUENCE)?;
        let [method, location] = parts.as_slice() else {
            return None;
        };
        let method = method.content_of(OBJECT_IDENTIFIER)?;
        match registry::number(ACCESS_METHODS, method) {
            Some(number) => writer.int(number),
            None => writer.bytes(method),
        };
        writer.text(str::from_utf8(location.content_of(URI)?).ok()?);
    }
    Some(writer.finish())
}

pub(super) fn read(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    let at = reader.at();
    let count = reader.array(WHAT)?;
    if count == 0 || count % 2 != 0 {
        return Err(field(WHAT, "it is no list of pairs, one at least", at));
    }
    let mut descriptions = Vec::new();
    for _ in 0..count / 2 {
        let at = reader.at();
        let method = match reader.kind(WHAT)? {
            Kind::Bytes => read_oid(reader, WHAT)?,
            _ => registry::octets(ACCESS_METHODS, reader.int(WHAT)?).ok_or(field(
                WHAT,
                "no access method has this number",
                at,
            ))?,
        };
        let location = read_uri(reader, WHAT)?;
        descriptions.extend(tlv(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[method]), &location]));
    }
    Ok(tlv(SEQUENCE, &[&descriptions]))
}

/// A general name, URI, in DER.
pub(super) fn read_uri(reader: &mut Reader<'_>, what: &'static str) -> Read<Vec<u8>> {
    let at = reader.at();
    let text = reader.text(what)?;
    if !text.is_ascii() {
        return Err(field(what, "it has characters that are not ASCII", at));
    }
    Ok(tlv(URI, &[text.as_bytes()]))
}
