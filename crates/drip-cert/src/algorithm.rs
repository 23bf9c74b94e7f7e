//! Algorithm identifiers: Ed25519 (RFC 8410, section 3), and the names of those that are not.

use crate::oid;
use alloc::string::ToString;
use core::fmt;
use der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::AlgorithmIdentifier;

/// `AlgorithmIdentifier` of Ed25519 in DER: the OID alone, no parameters.
pub(crate) const ED25519_DER: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];

/// An algorithm that is not Ed25519, named so that the holder of such a key knows what to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignAlgorithm {
    /// RSA, with whatever padding and digest.
    Rsa,
    /// DSA.
    Dsa,
    /// ECDSA or an elliptic curve key, on NIST P-256.
    P256,
    /// On NIST P-384.
    P384,
    /// On NIST P-521.
    P521,
    /// ECDSA or an elliptic curve key, on a curve without a name here.
    EllipticCurve,
    /// Ed448.
    Ed448,
    /// X25519, a key agreement key that cannot sign.
    X25519,
    /// X448, a key agreement key that cannot sign.
    X448,
    /// Ed25519 with parameters, which RFC 8410 forbids.
    Ed25519WithParameters,
    /// Another, by its object identifier.
    Other(ObjectIdentifier),
}

impl fmt::Display for ForeignAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA",
            Self::Dsa => "DSA",
            Self::P256 => "ECDSA P-256",
            Self::P384 => "ECDSA P-384",
            Self::P521 => "ECDSA P-521",
            Self::EllipticCurve => "elliptic curve (not P-256, P-384 or P-521)",
            Self::Ed448 => "Ed448",
            Self::X25519 => "X25519",
            Self::X448 => "X448",
            Self::Ed25519WithParameters => "Ed25519 with parameters, which must be absent",
            Self::Other(identifier) => return write!(f, "{identifier}"),
        })
    }
}

impl ForeignAlgorithm {
    /// Which algorithm an `AlgorithmIdentifier` names, or `None` when it is Ed25519 as it must be.
    pub fn of(identifier: ObjectIdentifier, parameters: Option<AnyRef<'_>>) -> Option<Self> {
        if identifier == oid::ED25519 && parameters.is_none() {
            return None;
        }
        let text = identifier.to_string();
        Some(match text.as_str() {
            "1.3.101.112" => Self::Ed25519WithParameters,
            "1.2.840.10045.2.1" => Self::of_curve(parameters),
            "1.3.101.110" => Self::X25519,
            "1.3.101.111" => Self::X448,
            "1.3.101.113" => Self::Ed448,
            "1.2.840.10040.4.1" | "1.2.840.10040.4.3" => Self::Dsa,
            ecdsa if ecdsa.starts_with("1.2.840.10045.4.") => Self::EllipticCurve,
            rsa if rsa.starts_with("1.2.840.113549.1.1.") => Self::Rsa,
            _ => Self::Other(identifier),
        })
    }

    fn of_curve(parameters: Option<AnyRef<'_>>) -> Self {
        let curve = parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        match curve.map(|curve| curve.to_string()).as_deref() {
            Some("1.2.840.10045.3.1.7") => Self::P256,
            Some("1.3.132.0.34") => Self::P384,
            Some("1.3.132.0.35") => Self::P521,
            _ => Self::EllipticCurve,
        }
    }
}

/// Whether this is Ed25519, and which algorithm it is if not.
pub(crate) fn require_ed25519(algorithm: &AlgorithmIdentifier) -> Result<(), ForeignAlgorithm> {
    let parameters = algorithm.parameters.as_ref().map(AnyRef::from);
    ForeignAlgorithm::of(algorithm.oid, parameters).map_or(Ok(()), Err)
}
