//! basicConstraints, nameConstraints, policyConstraints, inhibitAnyPolicy (RFC 5280, sections 4.2.1.9 to 4.2.1.11 and 4.2.1.14), and the
//! TLS features of RFC 7633.

use super::super::{
    C509Kind, Read,
    error::field,
    general_name::{self, Address},
    number,
    value::Value,
};
use crate::write::{INTEGER, SEQUENCE, TRUE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Kind, Reader, Writer};

/// `[0]` and `[1]` of constructed values.
const CONSTRUCTED: [u8; 2] = [0xa0, 0xa1];
/// `[0]` and `[1]` of primitive values.
const PRIMITIVE: [u8; 2] = [0x80, 0x81];

pub(super) fn write_basic(value: &Value<'_>) -> Option<Vec<u8>> {
    let constraint = match value.children(SEQUENCE)?.as_slice() {
        [] => -2,
        [ca] if ca.whole == TRUE => -1,
        [ca, length] if ca.whole == TRUE => {
            i64::try_from(number::number(length.content_of(INTEGER)?)?).ok()?
        }
        _ => return None,
    };
    Some(Writer::new().int(constraint).finish())
}

pub(super) fn read_basic(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    let at = reader.at();
    match reader.int("basicConstraints")? {
        -2 => Ok(tlv(SEQUENCE, &[])),
        -1 => Ok(tlv(SEQUENCE, &[&TRUE])),
        length => match u64::try_from(length) {
            Ok(length) => Ok(tlv(SEQUENCE, &[&TRUE, &number::small(length)])),
            Err(_) => Err(field("basicConstraints", "it is -2, -1 or a path length", at)),
        },
    }
}

pub(super) fn write_names(value: &Value<'_>, kind: C509Kind) -> Option<Vec<u8>> {
    let parts = value.children(SEQUENCE)?;
    let mut writer = Writer::new();
    writer.array(2);
    let mut written = 0;
    for tag in CONSTRUCTED {
        match parts.iter().find(|part| part.tag == tag) {
            None => {
                writer.null();
            }
            Some(part) => {
                let subtrees = part.children(tag)?;
                // base alone: minimum 0 is the default, and maximum is never there (RFC 5280, section 4.2.1.10).
                let bases: Option<Vec<Value<'_>>> =
                    subtrees.iter().map(|subtree| subtree.child(SEQUENCE)).collect();
                writer.raw(&general_name::write_list(&bases?, kind, Address::Block)?);
                written += 1;
            }
        }
    }
    (written == parts.len()).then(|| writer.finish())
}

pub(super) fn read_names(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    const WHAT: &str = "nameConstraints";
    reader.array_of(2, WHAT, "an array of permitted and excluded")?;
    let mut parts = Vec::new();
    for tag in CONSTRUCTED {
        if reader.kind(WHAT)? == Kind::Null {
            reader.null(WHAT)?;
            continue;
        }
        let bases = general_name::read_list(reader, kind, Address::Block)?;
        let subtrees: Vec<u8> = bases.iter().flat_map(|base| tlv(SEQUENCE, &[base])).collect();
        parts.extend(tlv(tag, &[&subtrees]));
    }
    Ok(tlv(SEQUENCE, &[&parts]))
}

pub(super) fn write_policy(value: &Value<'_>) -> Option<Vec<u8>> {
    let parts = value.children(SEQUENCE)?;
    let mut writer = Writer::new();
    writer.array(2);
    let mut written = 0;
    for tag in PRIMITIVE {
        match parts.iter().find(|part| part.tag == tag) {
            None => writer.null(),
            Some(part) => {
                written += 1;
                writer.uint(number::number(part.content)?)
            }
        };
    }
    (written == parts.len()).then(|| writer.finish())
}

pub(super) fn read_policy(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    const WHAT: &str = "policyConstraints";
    reader.array_of(2, WHAT, "an array of requireExplicitPolicy and inhibitPolicyMapping")?;
    let mut parts = Vec::new();
    for tag in PRIMITIVE {
        if reader.kind(WHAT)? == Kind::Null {
            reader.null(WHAT)?;
            continue;
        }
        let integer = number::small(reader.uint(WHAT)?);
        parts.push(tag);
        parts.extend_from_slice(integer.get(1..).unwrap_or_default());
    }
    Ok(tlv(SEQUENCE, &[&parts]))
}

pub(super) fn write_inhibit(value: &Value<'_>) -> Option<Vec<u8>> {
    Some(Writer::new().uint(number::number(value.content_of(INTEGER)?)?).finish())
}

pub(super) fn read_inhibit(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    Ok(number::small(reader.uint("inhibitAnyPolicy")?))
}

pub(super) fn write_features(value: &Value<'_>) -> Option<Vec<u8>> {
    let features = value.children(SEQUENCE)?;
    let mut writer = Writer::new();
    writer.array(features.len());
    for feature in features {
        writer.uint(number::number(feature.content_of(INTEGER)?)?);
    }
    Some(writer.finish())
}

pub(super) fn read_features(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    const WHAT: &str = "TLS features";
    let mut features = Vec::new();
    for _ in 0..reader.array(WHAT)? {
        features.extend(number::small(reader.uint(WHAT)?));
    }
    Ok(tlv(SEQUENCE, &[&features]))
}
