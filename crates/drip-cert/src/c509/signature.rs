//! Signatures: ECDSA as `r` and `s` side by side in equal lengths (RFC 9053, section 2.1), all others as they are.

use super::{
    Read,
    error::{field, none},
    number, registry,
    value::Value,
};
use crate::write::{BIT_STRING, INTEGER, SEQUENCE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Reader, Writer};

const WHAT: &str = "signature value";

/// How long `r` and `s` are with this algorithm on the curve that is its match, or longer.
fn lengths(algorithm: &[u8]) -> Option<&'static [usize]> {
    match registry::number(registry::SIGNATURE_ALGORITHMS, algorithm)? {
        -255 | 0 | 3 | 8 => Some(&[32, 48, 66]),
        1 | 4 => Some(&[48, 66]),
        2 => Some(&[66]),
        _ => None,
    }
}

/// Writes the BIT STRING of a DER object.
pub(super) fn write(algorithm: &[u8], bits: &Value<'_>, writer: &mut Writer) -> Read<()> {
    let octets = bits.octet_aligned_bits().ok_or(none(WHAT, "it is no BIT STRING of whole octets"))?;
    match lengths(algorithm) {
        None => writer.bytes(octets),
        Some(lengths) => {
            let pair =
                pair(octets, lengths).ok_or(none(WHAT, "it is no ECDSA signature of up to 528 bits"))?;
            writer.bytes(&pair)
        }
    };
    Ok(())
}

fn pair(octets: &[u8], lengths: &[usize]) -> Option<Vec<u8>> {
    match Value::of_der(octets)?.children(SEQUENCE)?.as_slice() {
        [r, s] => {
            let r = number::unsigned(r.content_of(INTEGER)?)?;
            let s = number::unsigned(s.content_of(INTEGER)?)?;
            let length = lengths.iter().find(|length| r.len().max(s.len()) <= **length)?;
            let mut pair = Vec::with_capacity(length * 2);
            for part in [r, s] {
                pair.resize(pair.len() + length - part.len(), 0);
                pair.extend_from_slice(part);
            }
            Some(pair)
        }
        _ => None,
    }
}

/// The BIT STRING of a DER object.
pub(super) fn read(algorithm: &[u8], reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    let at = reader.at();
    let octets = reader.bytes(WHAT)?;
    if lengths(algorithm).is_none() {
        return Ok(tlv(BIT_STRING, &[&[0], octets]));
    }
    let (r, s) = octets.split_at_checked(octets.len() / 2).unwrap_or_default();
    if r.len() != s.len() {
        return Err(field(WHAT, "r and s are not of equal length", at));
    }
    let integer = |octets| number::big(number::significant(octets));
    Ok(tlv(BIT_STRING, &[&[0], &tlv(SEQUENCE, &[&integer(r), &integer(s)])]))
}
