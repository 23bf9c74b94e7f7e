//! A certificate in CBOR, read or made from DER.

use super::{
    C509Error, C509Kind, NativeTbs, Read,
    array::{Array, Form},
    tbs,
    value::Value,
};
use crate::write::SEQUENCE;
use alloc::vec::Vec;

const CERTIFICATE: Form = Form {
    name: "C509 certificate",
    name_of_der: "certificate",
    items: 11,
    shape: "an array of eleven",
    read: tbs::read_certificate,
    write,
};

/// A C509 certificate of whatever algorithm and profile. Nobody has verified its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct C509Certificate(Array);

impl C509Certificate {
    /// Reads a certificate: the array, nothing behind it.
    pub fn decode(octets: &[u8]) -> Result<Self, C509Error> {
        CERTIFICATE.decode(octets).map(Self)
    }

    /// Reads the items without the array around them, as drafts up to 19 allowed. What is returned is the array.
    pub fn decode_sequence(octets: &[u8]) -> Result<Self, C509Error> {
        CERTIFICATE.decode_sequence(octets).map(Self)
    }

    /// Re-encodes an X.509 certificate in DER as type 3. It comes back from [`C509Certificate::x509`] octet for octet.
    pub fn of_x509(der: &[u8]) -> Result<Self, C509Error> {
        CERTIFICATE.of_der(der).map(Self)
    }

    /// The type.
    pub fn kind(&self) -> C509Kind {
        self.0.kind
    }

    /// The certificate in CBOR.
    pub fn octets(&self) -> &[u8] {
        &self.0.octets
    }

    /// What the signature covers: ten items of CBOR in type 2, TBSCertificate in DER in type 3.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.0.to_be_signed
    }

    /// The signature as it stands there: of ECDSA `r` and `s`.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// The X.509 certificate that this is, in DER. A native certificate is none.
    pub fn x509(&self) -> Option<&[u8]> {
        (self.kind() == C509Kind::Reencoded).then_some(self.0.der.as_slice())
    }

    /// The content of a native certificate.
    pub fn native(&self) -> Result<NativeTbs, C509Error> {
        NativeTbs::decode(self.to_be_signed())
    }
}

/// The items of a TBSCertificate, whose algorithm must be that of the certificate.
fn write(tbs: &Value<'_>, algorithm: &Value<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    let structure = C509Error::Structure { what: CERTIFICATE.name_of_der };
    let inner = tbs.children(SEQUENCE).ok_or(structure)?;
    if inner.get(2).map(|inner| inner.whole) != Some(algorithm.whole) {
        return Err(super::error::none(
            "signatureAlgorithm",
            "it is not the same as signature in tbsCertificate",
        ));
    }
    tbs::write_certificate(tbs, kind)
}
