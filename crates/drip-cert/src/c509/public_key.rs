//! Public keys: RSA as modulus (and exponent), points of P-256 compressed, all others as they are.
//!
//! | key | CBOR |
//! |---|---|
//! | RSA, exponent 65537 | modulus |
//! | RSA, another exponent | \[modulus, exponent\] |
//! | P-256, uncompressed in DER | `fe` (y even) or `fd` (y odd), then x |
//! | else, and every native key on a curve | the octets of the BIT STRING |

use super::{
    C509Kind, Read,
    error::{field, none},
    number, registry,
    value::Value,
};
use crate::write::{BIT_STRING, INTEGER, SEQUENCE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Kind, Reader, Writer};
use p256::{PublicKey, elliptic_curve::sec1::ToSec1Point};

const WHAT: &str = "subjectPublicKey";
const RSA: i64 = 0;
const P256: i64 = 1;
const F4: &[u8] = &[1, 0, 1];

/// Writes algorithm and key of SubjectPublicKeyInfo.
pub(super) fn write(info: &Value<'_>, kind: C509Kind, writer: &mut Writer) -> Read<()> {
    let structure = super::C509Error::Structure { what: "subjectPublicKeyInfo" };
    let parts = info.children(SEQUENCE).ok_or(structure)?;
    let [algorithm, bits] = parts.as_slice() else {
        return Err(structure);
    };
    super::algorithm::write(registry::KEY_ALGORITHMS, algorithm, writer)?;
    let octets = bits.octet_aligned_bits().ok_or(none(WHAT, "it is no BIT STRING of whole octets"))?;
    match registry::number(registry::KEY_ALGORITHMS, algorithm.whole) {
        Some(RSA) => match rsa(octets).ok_or(none(WHAT, "it is no RSA key"))? {
            (modulus, F4) => writer.bytes(modulus),
            (modulus, exponent) => writer.array(2).bytes(modulus).bytes(exponent),
        },
        Some(P256) if kind == C509Kind::Reencoded => match compressed(octets) {
            Some(point) => writer.bytes(&point),
            None => writer.bytes(octets),
        },
        _ => writer.bytes(octets),
    };
    Ok(())
}

/// SubjectPublicKeyInfo in DER.
pub(super) fn read(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    let algorithm = super::algorithm::read(registry::KEY_ALGORITHMS, reader, "subjectPublicKeyAlgorithm")?;
    let at = reader.at();
    let key = match registry::number(registry::KEY_ALGORITHMS, &algorithm) {
        Some(RSA) => {
            let (modulus, exponent) = if reader.kind(WHAT)? == Kind::Array {
                reader.array_of(2, WHAT, "an array of modulus and exponent")?;
                (number::read(reader, WHAT)?, number::read(reader, WHAT)?)
            } else {
                (number::read(reader, WHAT)?, F4)
            };
            tlv(SEQUENCE, &[&number::big(modulus), &number::big(exponent)])
        }
        Some(P256) => match (reader.bytes(WHAT)?, kind) {
            ([parity @ (0xfd | 0xfe), x @ ..], C509Kind::Reencoded) => {
                uncompressed(*parity, x).ok_or(field(WHAT, "it is no point on the curve", at))?
            }
            ([0xfd | 0xfe, ..], C509Kind::Native) => {
                return Err(field(WHAT, "a native key begins with 02, 03 or 04", at));
            }
            (octets, _) => octets.to_vec(),
        },
        _ => reader.bytes(WHAT)?.to_vec(),
    };
    Ok(tlv(SEQUENCE, &[&algorithm, &tlv(BIT_STRING, &[&[0], &key])]))
}

/// Modulus and exponent of RSAPublicKey.
fn rsa(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    match Value::of_der(octets)?.children(SEQUENCE)?.as_slice() {
        [modulus, exponent] => Some((
            number::unsigned(modulus.content_of(INTEGER)?)?,
            number::unsigned(exponent.content_of(INTEGER)?)?,
        )),
        _ => None,
    }
}

/// An uncompressed point that comes back from its compressed form.
fn compressed(octets: &[u8]) -> Option<Vec<u8>> {
    let [0x04, coordinates @ ..] = octets else {
        return None;
    };
    let (x, y) = coordinates.split_at_checked(32)?;
    let parity = if y.last()? & 1 == 0 { 0xfe } else { 0xfd };
    (uncompressed(parity, x)? == octets).then(|| [&[parity], x].concat())
}

fn uncompressed(parity: u8, x: &[u8]) -> Option<Vec<u8>> {
    // SEC 1 writes 02 where this is fe, and 03 where it is fd.
    let point = [&[parity.wrapping_neg()], x].concat();
    Some(PublicKey::from_sec1_bytes(&point).ok()?.to_sec1_point(false).as_bytes().to_vec())
}
