//! What can be wrong with a request, and what is merely noticed.

use crate::{DerFault, ForeignAlgorithm, c509::C509Error, pem::PemError};
use alloc::string::String;
use der::asn1::ObjectIdentifier;
use drip_det::{DetError, DetMismatch, InvalidKey};

/// Why a certification request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsrError {
    /// Larger than [`MAX_LEN`](super::MAX_LEN).
    #[error("the request has {length} octets, more than the {max} allowed", max = super::MAX_LEN)]
    Oversized {
        /// Its length.
        length: usize,
    },
    /// It looks like text but is no PEM request.
    #[error("the request is not PEM of a certification request: {0}")]
    Pem(#[from] PemError),
    /// It is no request in C509.
    #[error("the request is not C509: {0}")]
    C509(#[from] C509Error),
    /// It is not one object in DER.
    #[error("the request is not DER: {0}")]
    Der(#[from] DerFault),
    /// It is DER, but not the structure of RFC 2986.
    #[error("the request is not a PKCS#10 structure: {0}")]
    Structure(der::Error),
    /// It does not encode to the same octets again: values out of order, defaults written out, or integers padded.
    #[error("the request is not in its one DER form: first difference at octet {offset}")]
    NotCanonical {
        /// Where the canonical form differs first.
        offset: usize,
    },
    /// The key is not an Ed25519 key.
    #[error("the request's public key is {algorithm}; a DET needs an Ed25519 key{why}", algorithm = .0, why = why(.0))]
    KeyAlgorithm(ForeignAlgorithm),
    /// The signature is not an Ed25519 signature.
    #[error("the request's signature is {0}; it must be Ed25519")]
    SignatureAlgorithm(ForeignAlgorithm),
    /// The key does not have 32 octets.
    #[error("the request's public key is no string of 32 octets")]
    KeyLength,
    /// The 32 octets are no key.
    #[error("the request's public key: {0}")]
    Key(InvalidKey),
    /// The signature does not have 64 octets.
    #[error("the request's signature is no string of 64 octets")]
    SignatureLength,
    /// The subject's serialNumber is there twice, empty or no text.
    #[error("the request's subject serialNumber: {0}")]
    SerialNumber(&'static str),
    /// An attribute that may be there once is there twice, or has not one value.
    #[error("the request's attribute {identifier}: {reason}")]
    Attribute {
        /// Which attribute.
        identifier: ObjectIdentifier,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The extensions asked for cannot be read.
    #[error("the request's extension {identifier}: {reason}")]
    Extension {
        /// Which extension.
        identifier: ObjectIdentifier,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The IPv6 address asked for is no DET.
    #[error("the request's subjectAltName: {0}")]
    NotADet(DetError),
    /// The signature is not that of the key in the request over the request.
    #[error("the request is not signed by the key in it")]
    BadSignature,
    /// The DET asked for is not that of the key.
    #[error("the DET in the request's subjectAltName is not that of its key: {0}")]
    Det(DetMismatch),
}

/// Something in a request that was read and is not acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A part of the subject other than the serial number.
    Subject(ObjectIdentifier),
    /// An attribute without a meaning here.
    Attribute(ObjectIdentifier),
    /// An extension that no DRIP certificate will carry, or that only the issuer decides.
    Extension {
        /// Which.
        identifier: ObjectIdentifier,
        /// Whether the request calls it critical.
        critical: bool,
    },
    /// A subject alternative name that is no IPv6 address.
    AlternativeName(String),
    /// The subjectAltName asked for is not marked critical; the certificate's will be.
    AlternativeNameNotCritical,
}

impl core::fmt::Display for Remark {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Remark::Subject(identifier) => write!(f, "subject attribute {identifier} is not used"),
            Remark::Attribute(identifier) => write!(f, "attribute {identifier} is not used"),
            Remark::Extension { identifier, critical } => {
                write!(f, "{}extension {identifier} is not used", if *critical { "critical " } else { "" })
            }
            Remark::AlternativeName(name) => write!(f, "alternative name {name} is not used"),
            Remark::AlternativeNameNotCritical => f.write_str("the subjectAltName is not marked critical"),
        }
    }
}

/// What holders of the keys of aviation PKIs are told: a certificate of theirs that names a DET would have to be asked for by both keys.
const fn why(algorithm: &ForeignAlgorithm) -> &'static str {
    match algorithm {
        ForeignAlgorithm::P256 => {
            " (of suite 5), which is the hash of its key; a P-256 key can only be certified beside a DET that is registered, by proof of both keys, and that is not offered here"
        }
        _ => "",
    }
}
