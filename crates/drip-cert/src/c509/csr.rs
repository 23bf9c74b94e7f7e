//! A certification request in CBOR, read or made from DER.

use super::{
    C509Error, C509Kind, Read,
    certificate::{read_signature, within_limits},
    error::same,
    signature,
    tbs::{self, Signed},
    value::Value,
};
use crate::{
    strict,
    write::{SEQUENCE, tlv},
};
use alloc::vec::Vec;
use drip_cbor::{Reader, Writer};

const WHAT: &str = "C509 certification request";
const FIELDS: usize = 7;
/// The head of an array of seven.
const HEAD: u8 = 0x87;

/// A C509 certification request of whatever algorithm. Nobody has verified its signature: [`Csr`](crate::csr::Csr) reads requests of both
/// encodings and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct C509Csr {
    kind: C509Kind,
    octets: Vec<u8>,
    to_be_signed: Vec<u8>,
    signature: Vec<u8>,
    /// The PKCS#10 request; of a native one, that which says the same and that nobody signed.
    pkcs10: Vec<u8>,
}

impl C509Csr {
    /// Reads a request: the array, nothing behind it.
    pub fn decode(octets: &[u8]) -> Result<Self, C509Error> {
        within_limits(octets)?;
        if let [2 | 3, ..] = octets {
            return Err(C509Error::Unwrapped(FIELDS));
        }
        let mut reader = Reader::new(octets);
        reader.array_of(FIELDS, WHAT, "an array of seven")?;
        let from = reader.at();
        let Signed { kind, der, algorithm } = tbs::read_request(&mut reader)?;
        let items = reader.since(from);
        let (bits, signature) = read_signature(&algorithm, &mut reader)?;
        reader.end(WHAT)?;
        let pkcs10 = tlv(SEQUENCE, &[&der, &algorithm, &bits]);
        same(octets, &write(&pkcs10, kind)?)?;
        let to_be_signed = match kind {
            C509Kind::Native => items.to_vec(),
            C509Kind::Reencoded => der,
        };
        Ok(C509Csr { kind, octets: octets.to_vec(), to_be_signed, signature, pkcs10 })
    }

    /// Reads the items without the array around them, as drafts up to 19 allowed. What is returned is the array.
    pub fn decode_sequence(octets: &[u8]) -> Result<Self, C509Error> {
        Self::decode(&[&[HEAD], octets].concat())
    }

    /// Re-encodes a PKCS#10 request in DER as type 3. It comes back from [`C509Csr::pkcs10`] octet for octet.
    pub fn of_pkcs10(der: &[u8]) -> Result<Self, C509Error> {
        within_limits(der)?;
        let request = Self::decode(&write(der, C509Kind::Reencoded)?)?;
        same(der, &request.pkcs10)?;
        Ok(request)
    }

    /// The type.
    pub fn kind(&self) -> C509Kind {
        self.kind
    }

    /// The request in CBOR.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What the signature covers: six items of CBOR in type 2, CertificationRequestInfo in DER in type 3.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The signature as it stands there: of ECDSA `r` and `s`.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The PKCS#10 request that this is, in DER. A native request is none.
    pub fn pkcs10(&self) -> Option<&[u8]> {
        (self.kind == C509Kind::Reencoded).then_some(self.pkcs10.as_slice())
    }

    /// The fields in the structure of PKCS#10; its signature is that request's only if this is no native one.
    pub(crate) fn fields(&self) -> &[u8] {
        &self.pkcs10
    }
}

/// The array of a request in DER.
fn write(der: &[u8], kind: C509Kind) -> Read<Vec<u8>> {
    strict::check(der)?;
    let structure = C509Error::Structure { what: "certification request" };
    let parts = Value::of_der(der).and_then(|value| value.children(SEQUENCE)).ok_or(structure)?;
    let [info, algorithm, bits] = parts.as_slice() else {
        return Err(structure);
    };
    let mut writer = Writer::new();
    writer.array(FIELDS).raw(&tbs::write_request(info, algorithm, kind)?);
    signature::write(algorithm.whole, bits, &mut writer)?;
    Ok(writer.finish())
}
