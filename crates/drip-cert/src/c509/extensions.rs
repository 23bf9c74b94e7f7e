//! Extensions: a flat array of numbers (or OIDs) and values; the value alone when keyUsage is the only one.
//!
//! | extension | identifier | value |
//! |---|---|---|
//! | with a number and a form for its value | the number, negative when critical | see [`extension`](super::extension) |
//! | else | OID | byte string of the DER; in an array of one when critical |

use super::{
    C509Error, C509Kind, Read,
    error::field,
    extension::{KEY_USAGE, Known},
    value::{Value, identifier, read_oid},
};
use crate::write::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, TRUE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "extensions";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Critical {
    No,
    Yes,
}

/// Writes a list of extensions in DER: `SEQUENCE OF Extension`, or nothing.
pub(super) fn write(list: Option<&Value<'_>>, kind: C509Kind, writer: &mut Writer) -> Read<()> {
    let list = match list {
        None => Vec::new(),
        Some(list) => list.children(SEQUENCE).ok_or(structure())?,
    };
    let mut items = Writer::new();
    let mut only_key_usage = None;
    for extension in &list {
        let parts = extension.children(SEQUENCE).ok_or(structure())?;
        let (oid, critical, value) = match parts.as_slice() {
            [oid, value] => (oid, Critical::No, value),
            [oid, flag, value] if flag.whole == TRUE => (oid, Critical::Yes, value),
            _ => return Err(structure()),
        };
        let oid = oid.content_of(OBJECT_IDENTIFIER).ok_or(structure())?;
        let value = value.content_of(OCTET_STRING).ok_or(structure())?;
        let known = match Known::by_oid(oid) {
            Some(known) => known.write(value, kind)?.map(|cbor| (known.number, cbor)),
            None => None,
        };
        match (known, critical) {
            (Some((number, cbor)), _) => {
                if number == KEY_USAGE {
                    only_key_usage = Some((critical, cbor.clone()));
                }
                items.int(if critical == Critical::Yes { -number } else { number }).raw(&cbor);
            }
            (None, Critical::No) => {
                items.bytes(oid).bytes(value);
            }
            (None, Critical::Yes) => {
                items.bytes(oid).array(1).bytes(value);
            }
        }
    }
    match (only_key_usage, list.len()) {
        (Some((critical, bits)), 1) => {
            let bits = Reader::new(&bits).uint(WHAT)?;
            let bits = i64::try_from(bits).map_err(|_| structure())?;
            writer.int(if critical == Critical::Yes { -bits } else { bits });
        }
        _ => {
            writer.array(list.len() * 2).raw(&items.finish());
        }
    }
    Ok(())
}

const fn structure() -> C509Error {
    C509Error::Structure { what: WHAT }
}

/// The extensions in DER, one behind another; none when the array is empty.
pub(super) fn read(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    let at = reader.at();
    if reader.kind(WHAT)? != Kind::Array {
        let number = reader.int(WHAT)?;
        let critical = if number < 0 { Critical::Yes } else { Critical::No };
        let known = Known::by_number(KEY_USAGE).ok_or(structure())?;
        let bits = Writer::new().uint(number.unsigned_abs()).finish();
        return Ok(extension(known.oid, critical, &known.read(&mut Reader::new(&bits), kind)?));
    }
    let count = reader.array(WHAT)?;
    if count % 2 != 0 {
        return Err(field(WHAT, "an extension without a value", at));
    }
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut list = Vec::new();
    for _ in 0..count / 2 {
        let at = reader.at();
        let oid = if reader.kind(WHAT)? == Kind::Bytes {
            let oid = read_oid(reader, WHAT)?;
            let critical = if reader.kind(WHAT)? == Kind::Array {
                reader.array_of(1, WHAT, "an array of one value")?;
                Critical::Yes
            } else {
                Critical::No
            };
            list.extend(extension(oid, critical, reader.bytes(WHAT)?));
            oid
        } else {
            let number = reader.int(WHAT)?;
            let known = number.checked_abs().and_then(Known::by_number);
            let known = known.ok_or(field(WHAT, "no extension has this number", at))?;
            let critical = if number < 0 { Critical::Yes } else { Critical::No };
            list.extend(extension(known.oid, critical, &known.read(reader, kind)?));
            known.oid
        };
        if seen.contains(&oid) {
            return Err(C509Error::Duplicate { what: "extension", identifier: identifier(oid, at)?, at });
        }
        seen.push(oid);
    }
    Ok(list)
}

fn extension(oid: &[u8], critical: Critical, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical == Critical::Yes { &TRUE } else { &[] };
    tlv(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[oid]), flag, &tlv(OCTET_STRING, &[value])])
}
