//! A certification request in CBOR, read or made from DER.

use super::{
    C509Error, C509Kind,
    array::{Array, Form},
    tbs,
};

const REQUEST: Form = Form {
    name: "C509 certification request",
    name_of_der: "certification request",
    items: 7,
    shape: "an array of seven",
    read: tbs::read_request,
    write: tbs::write_request,
};

/// A C509 certification request of whatever algorithm. Nobody has verified its signature: [`Csr`](crate::csr::Csr) reads requests of both
/// encodings and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct C509Csr(Array);

impl C509Csr {
    /// Reads a request: the array, nothing behind it.
    pub fn decode(octets: &[u8]) -> Result<Self, C509Error> {
        REQUEST.decode(octets).map(Self)
    }

    /// Reads the items without the array around them, as drafts up to 19 allowed. What is returned is the array.
    pub fn decode_sequence(octets: &[u8]) -> Result<Self, C509Error> {
        REQUEST.decode_sequence(octets).map(Self)
    }

    /// Re-encodes a PKCS#10 request in DER as type 3. It comes back from [`C509Csr::pkcs10`] octet for octet.
    pub fn of_pkcs10(der: &[u8]) -> Result<Self, C509Error> {
        REQUEST.of_der(der).map(Self)
    }

    /// The type.
    pub fn kind(&self) -> C509Kind {
        self.0.kind
    }

    /// The request in CBOR.
    pub fn octets(&self) -> &[u8] {
        &self.0.octets
    }

    /// What the signature covers: six items of CBOR in type 2, CertificationRequestInfo in DER in type 3.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.0.to_be_signed
    }

    /// The signature as it stands there: of ECDSA `r` and `s`.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// The PKCS#10 request that this is, in DER. A native request is none.
    pub fn pkcs10(&self) -> Option<&[u8]> {
        (self.kind() == C509Kind::Reencoded).then_some(self.0.der.as_slice())
    }

    /// The fields in the structure of PKCS#10; its signature is that request's only if this is no native one.
    pub(crate) fn fields(&self) -> &[u8] {
        &self.0.der
    }
}
