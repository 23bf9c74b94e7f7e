//! A certificate in CBOR, read or made from DER.

use super::{
    C509Error, C509Kind, MAX_LEN, NativeTbs, Read,
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

const WHAT: &str = "C509 certificate";
const FIELDS: usize = 11;
/// The head of an array of eleven.
const HEAD: u8 = 0x8b;

/// A C509 certificate of whatever algorithm and profile. Nobody has verified its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct C509Certificate {
    kind: C509Kind,
    octets: Vec<u8>,
    to_be_signed: Vec<u8>,
    signature: Vec<u8>,
    /// The X.509 certificate; in a native one, that which says the same and that nobody signed.
    x509: Vec<u8>,
}

impl C509Certificate {
    /// Reads a certificate: the array, nothing behind it.
    pub fn decode(octets: &[u8]) -> Result<Self, C509Error> {
        within_limits(octets)?;
        if let [2 | 3, ..] = octets {
            return Err(C509Error::Unwrapped(FIELDS));
        }
        let mut reader = Reader::new(octets);
        reader.array_of(FIELDS, WHAT, "an array of eleven")?;
        let from = reader.at();
        let Signed { kind, der, algorithm } = tbs::read_certificate(&mut reader)?;
        let items = reader.since(from);
        let (bits, signature) = read_signature(&algorithm, &mut reader)?;
        reader.end(WHAT)?;
        let x509 = tlv(SEQUENCE, &[&der, &algorithm, &bits]);
        same(octets, &write(&x509, kind)?)?;
        let to_be_signed = match kind {
            C509Kind::Native => items.to_vec(),
            C509Kind::Reencoded => der,
        };
        Ok(C509Certificate { kind, octets: octets.to_vec(), to_be_signed, signature, x509 })
    }

    /// Reads the items without the array around them, as drafts up to 19 allowed. What is returned is the array.
    pub fn decode_sequence(octets: &[u8]) -> Result<Self, C509Error> {
        Self::decode(&[&[HEAD], octets].concat())
    }

    /// Re-encodes an X.509 certificate in DER as type 3. It comes back from [`C509Certificate::x509`] octet for octet.
    pub fn of_x509(der: &[u8]) -> Result<Self, C509Error> {
        within_limits(der)?;
        let certificate = Self::decode(&write(der, C509Kind::Reencoded)?)?;
        same(der, &certificate.x509)?;
        Ok(certificate)
    }

    /// The type.
    pub fn kind(&self) -> C509Kind {
        self.kind
    }

    /// The certificate in CBOR.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What the signature covers: ten items of CBOR in type 2, TBSCertificate in DER in type 3.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The signature as it stands there: of ECDSA `r` and `s`.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The X.509 certificate that this is, in DER. A native certificate is none.
    pub fn x509(&self) -> Option<&[u8]> {
        (self.kind == C509Kind::Reencoded).then_some(self.x509.as_slice())
    }

    /// The content of a native certificate.
    pub fn native(&self) -> Result<NativeTbs, C509Error> {
        NativeTbs::decode(&self.to_be_signed)
    }
}

pub(super) fn within_limits(octets: &[u8]) -> Read<()> {
    if octets.len() > MAX_LEN { Err(C509Error::Oversized { length: octets.len() }) } else { Ok(()) }
}

/// The signature as BIT STRING, and as it stands there.
pub(super) fn read_signature(algorithm: &[u8], reader: &mut Reader<'_>) -> Read<(Vec<u8>, Vec<u8>)> {
    let raw = reader.clone().bytes("signature value")?.to_vec();
    Ok((signature::read(algorithm, reader)?, raw))
}

/// The array of a certificate in DER.
fn write(der: &[u8], kind: C509Kind) -> Read<Vec<u8>> {
    strict::check(der)?;
    let structure = C509Error::Structure { what: "certificate" };
    let parts = Value::of_der(der).and_then(|value| value.children(SEQUENCE)).ok_or(structure)?;
    let [tbs, algorithm, bits] = parts.as_slice() else {
        return Err(structure);
    };
    let inner = tbs.children(SEQUENCE).ok_or(structure)?;
    if inner.get(2).map(|inner| inner.whole) != Some(algorithm.whole) {
        return Err(super::error::none(
            "signatureAlgorithm",
            "it is not the same as signature in tbsCertificate",
        ));
    }
    let mut writer = Writer::new();
    writer.array(FIELDS).raw(&tbs::write_certificate(tbs, kind)?);
    signature::write(algorithm.whole, bits, &mut writer)?;
    Ok(writer.finish())
}
