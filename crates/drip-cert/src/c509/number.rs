//! Integers of DER: unsigned, in as many octets as they need and a leading zero where the first bit is set.

use super::{Read, error::field};
use crate::write::{INTEGER, tlv};
use alloc::vec::Vec;
use drip_cbor::Reader;

/// INTEGER of these big-endian octets.
pub(super) fn big(octets: &[u8]) -> Vec<u8> {
    match octets.first() {
        None => tlv(INTEGER, &[&[0]]),
        Some(0x80..) => tlv(INTEGER, &[&[0], octets]),
        Some(_) => tlv(INTEGER, &[octets]),
    }
}

/// INTEGER of a number.
pub(super) fn small(number: u64) -> Vec<u8> {
    big(significant(&number.to_be_bytes()))
}

/// The octets of a content of INTEGER that is not negative, without leading zeros.
pub(super) fn unsigned(content: &[u8]) -> Option<&[u8]> {
    match content {
        [] | [0x80..=0xff, ..] => None,
        _ => Some(significant(content)),
    }
}

/// The number that a content of INTEGER is, when 64 bits hold it.
pub(super) fn number(content: &[u8]) -> Option<u64> {
    let octets = unsigned(content)?;
    (octets.len() <= 8).then(|| octets.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet)))
}

pub(super) fn significant(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}

/// A big number in CBOR: a byte string without leading zeros (`~biguint`).
pub(super) fn read<'a>(reader: &mut Reader<'a>, what: &'static str) -> Read<&'a [u8]> {
    let at = reader.at();
    match reader.bytes(what)? {
        [0, ..] => Err(field(what, "it has leading zeros", at)),
        octets => Ok(octets),
    }
}
