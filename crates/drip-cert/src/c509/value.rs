//! DER taken apart into values. Whether octets are DER at all was checked before ([`strict`](crate::strict)).

use super::{C509Error, Read};
use crate::strict::{self, DerFaultKind};
use alloc::vec::Vec;
use der::asn1::ObjectIdentifier;
use drip_cbor::Reader;

/// One value of DER.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) whole: &'a [u8],
}

impl<'a> Value<'a> {
    /// The one value that `octets` are, when they are DER.
    pub(super) fn of_der(octets: &'a [u8]) -> Option<Self> {
        strict::check(octets).ok()?;
        match Self::list(octets)?.as_slice() {
            [value] => Some(*value),
            _ => None,
        }
    }

    /// The values one behind another.
    fn list(octets: &'a [u8]) -> Option<Vec<Self>> {
        let mut values = Vec::new();
        let mut rest = octets;
        while let Some(tag) = rest.first() {
            let header = strict::header(rest, 0, DerFaultKind::Truncated).ok()?;
            let end = header.content_start.checked_add(header.content_length)?;
            values.push(Value {
                tag: *tag,
                content: rest.get(header.content_start..end)?,
                whole: rest.get(..end)?,
            });
            rest = rest.get(end..)?;
        }
        Some(values)
    }

    /// The values in this constructed value of tag `tag`.
    pub(super) fn children(&self, tag: u8) -> Option<Vec<Value<'a>>> {
        if self.tag == tag { Self::list(self.content) } else { None }
    }

    /// The one value in this constructed value.
    pub(super) fn child(&self, tag: u8) -> Option<Value<'a>> {
        match self.children(tag)?.as_slice() {
            [value] => Some(*value),
            _ => None,
        }
    }

    /// The content, if the value has this tag.
    pub(super) fn content_of(&self, tag: u8) -> Option<&'a [u8]> {
        (self.tag == tag).then_some(self.content)
    }

    /// The octets of a BIT STRING of whole octets.
    pub(super) fn octet_aligned_bits(&self) -> Option<&'a [u8]> {
        match self.content_of(crate::write::BIT_STRING)? {
            [0, octets @ ..] => Some(octets),
            _ => None,
        }
    }
}

/// The content of an object identifier, written in CBOR as a byte string.
pub(super) fn read_oid<'a>(reader: &mut Reader<'a>, what: &'static str) -> Read<&'a [u8]> {
    let at = reader.at();
    let octets = reader.bytes(what)?;
    match ObjectIdentifier::from_bytes(octets) {
        Ok(_) => Ok(octets),
        Err(_) => Err(super::error::field(what, "these octets are no object identifier", at)),
    }
}

/// The object identifier of this content, for messages.
pub(super) fn identifier(octets: &[u8], at: usize) -> Read<ObjectIdentifier> {
    ObjectIdentifier::from_bytes(octets).map_err(|_| C509Error::Field {
        what: "object identifier",
        reason: "it is none",
        at,
    })
}
