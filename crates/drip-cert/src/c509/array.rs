//! What certificates and requests in CBOR have in common: an array of what is signed and the signature, read or made from DER.

use super::{C509Error, C509Kind, MAX_LEN, Read, error::same, signature, tbs::Signed, value::Value};
use crate::{
    strict,
    write::{SEQUENCE, tlv},
};
use alloc::vec::Vec;
use drip_cbor::{Reader, Writer};

/// One of the two.
pub(super) struct Form {
    pub(super) name: &'static str,
    /// The same in DER.
    pub(super) name_of_der: &'static str,
    /// How many items the array has.
    pub(super) items: usize,
    /// "an array of" so many.
    pub(super) shape: &'static str,
    /// Reads all but the signature.
    pub(super) read: fn(&mut Reader<'_>) -> Read<Signed>,
    /// Writes the items of what is signed, from DER, and its algorithm.
    pub(super) write: fn(&Value<'_>, &Value<'_>, C509Kind) -> Read<Vec<u8>>,
}

/// A signed array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Array {
    pub(super) kind: C509Kind,
    pub(super) octets: Vec<u8>,
    /// What the signature covers: items of CBOR in type 2, DER in type 3.
    pub(super) to_be_signed: Vec<u8>,
    /// The signature as it stands there: of ECDSA `r` and `s`.
    pub(super) signature: Vec<u8>,
    /// The same in DER; of a native one, that which says the same and that nobody signed.
    pub(super) der: Vec<u8>,
}

impl Form {
    /// Reads the array, with nothing behind it.
    pub(super) fn decode(&self, octets: &[u8]) -> Read<Array> {
        within_limits(octets)?;
        if let [2 | 3, ..] = octets {
            return Err(C509Error::Unwrapped(self.items));
        }
        let mut reader = Reader::new(octets);
        reader.array_of(self.items, self.name, self.shape)?;
        let from = reader.at();
        let Signed { kind, der: inner, algorithm } = (self.read)(&mut reader)?;
        let items = reader.since(from);
        let signature = reader.clone().bytes("signature value")?.to_vec();
        let bits = signature::read(&algorithm, &mut reader)?;
        reader.end(self.name)?;
        let der = tlv(SEQUENCE, &[&inner, &algorithm, &bits]);
        same(octets, &self.write(&der, kind)?)?;
        let to_be_signed = match kind {
            C509Kind::Native => items.to_vec(),
            C509Kind::Reencoded => inner,
        };
        Ok(Array { kind, octets: octets.to_vec(), to_be_signed, signature, der })
    }

    /// Reads the items without the array around them, as drafts up to 19 allowed. What is returned is the array.
    pub(super) fn decode_sequence(&self, octets: &[u8]) -> Read<Array> {
        let mut writer = Writer::new();
        writer.array(self.items).raw(octets);
        self.decode(&writer.finish())
    }

    /// Re-encodes DER as type 3, which comes back octet for octet.
    pub(super) fn of_der(&self, der: &[u8]) -> Read<Array> {
        within_limits(der)?;
        let array = self.decode(&self.write(der, C509Kind::Reencoded)?)?;
        same(der, &array.der)?;
        Ok(array)
    }

    fn write(&self, der: &[u8], kind: C509Kind) -> Read<Vec<u8>> {
        strict::check(der)?;
        let structure = C509Error::Structure { what: self.name_of_der };
        let parts = Value::of_der(der).and_then(|value| value.children(SEQUENCE)).ok_or(structure)?;
        let [inner, algorithm, bits] = parts.as_slice() else {
            return Err(structure);
        };
        let mut writer = Writer::new();
        writer.array(self.items).raw(&(self.write)(inner, algorithm, kind)?);
        signature::write(algorithm.whole, bits, &mut writer)?;
        Ok(writer.finish())
    }
}

pub(super) fn within_limits(octets: &[u8]) -> Read<()> {
    if octets.len() > MAX_LEN { Err(C509Error::Oversized { length: octets.len() }) } else { Ok(()) }
}
