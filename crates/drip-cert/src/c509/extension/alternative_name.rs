//! subjectAltName and issuerAltName (RFC 5280, sections 4.2.1.6 and 4.2.1.7).

use super::super::{
    C509Kind, Read,
    error::field,
    general_name::{self, Address},
    value::Value,
};
use crate::write::{SEQUENCE, tlv};
use alloc::vec::Vec;
use core::str;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "alternative name";
const DNS_NAME: u8 = 0x82;

pub(super) fn write(value: &Value<'_>, kind: C509Kind) -> Option<Vec<u8>> {
    let names = value.children(SEQUENCE)?;
    match names.as_slice() {
        [name] if name.tag == DNS_NAME => {
            Some(Writer::new().text(str::from_utf8(name.content).ok()?).finish())
        }
        names => general_name::write_list(names, kind, Address::Host),
    }
}

pub(super) fn read(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    if reader.kind(WHAT)? == Kind::Text {
        let at = reader.at();
        let text = reader.text(WHAT)?;
        if !text.is_ascii() {
            return Err(field(WHAT, "it has characters that are not ASCII", at));
        }
        return Ok(tlv(SEQUENCE, &[&tlv(DNS_NAME, &[text.as_bytes()])]));
    }
    Ok(tlv(SEQUENCE, &[&general_name::read_list(reader, kind, Address::Host)?.concat()]))
}
