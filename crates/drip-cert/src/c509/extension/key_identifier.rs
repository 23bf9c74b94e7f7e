//! subjectKeyIdentifier and authorityKeyIdentifier (RFC 5280, sections 4.2.1.1 and 4.2.1.2).

use super::super::{
    C509Kind, Read,
    general_name::{self, Address},
    number,
    value::Value,
};
use crate::write::{OCTET_STRING, SEQUENCE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "authorityKeyIdentifier";
const KEY_IDENTIFIER: u8 = 0x80;
const ISSUER: u8 = 0xa1;
const SERIAL: u8 = 0x82;

pub(super) fn write_subject(value: &Value<'_>) -> Option<Vec<u8>> {
    Some(Writer::new().bytes(value.content_of(OCTET_STRING)?).finish())
}

pub(super) fn read_subject(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    Ok(tlv(OCTET_STRING, &[reader.bytes("subjectKeyIdentifier")?]))
}

pub(super) fn write_authority(value: &Value<'_>, kind: C509Kind) -> Option<Vec<u8>> {
    let mut writer = Writer::new();
    match value.children(SEQUENCE)?.as_slice() {
        [identifier] => writer.bytes(identifier.content_of(KEY_IDENTIFIER)?),
        [identifier, issuer, serial] => {
            let names = general_name::write_list(&issuer.children(ISSUER)?, kind, Address::Host)?;
            writer.array(3).bytes(identifier.content_of(KEY_IDENTIFIER)?).raw(&names);
            writer.bytes(number::unsigned(serial.content_of(SERIAL)?)?)
        }
        _ => return None,
    };
    Some(writer.finish())
}

pub(super) fn read_authority(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    if reader.kind(WHAT)? == Kind::Bytes {
        return Ok(tlv(SEQUENCE, &[&tlv(KEY_IDENTIFIER, &[reader.bytes(WHAT)?])]));
    }
    reader.array_of(3, WHAT, "an array of identifier, names and serial number")?;
    let identifier = tlv(KEY_IDENTIFIER, &[reader.bytes(WHAT)?]);
    let names = general_name::read_list(reader, kind, Address::Host)?.concat();
    let serial = number::big(number::read(reader, WHAT)?);
    // The same content under the tag of the field.
    let serial = serial.split_first().map(|(_, rest)| [&[SERIAL], rest].concat()).unwrap_or_default();
    Ok(tlv(SEQUENCE, &[&identifier, &tlv(ISSUER, &[&names]), &serial]))
}
