//! Why octets are no request or response, and why a response cannot be made.

use super::InvalidNonce;
use crate::{DerFault, ForeignAlgorithm, lite::InvalidSerial};
use alloc::string::String;
use der::asn1::ObjectIdentifier;

/// Why octets are not a request or a response, with the field that fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspError {
    /// Larger than [`MAX_REQUEST_LEN`](super::MAX_REQUEST_LEN) or [`MAX_RESPONSE_LEN`](super::MAX_RESPONSE_LEN).
    #[error("it has {length} octets, more than the {max} allowed")]
    Oversized {
        /// Its length.
        length: usize,
        /// The most allowed.
        max: usize,
    },
    /// It is not one object in DER.
    #[error("it is not DER: {0}")]
    Der(#[from] DerFault),
    /// It is DER, but not the structure of RFC 6960.
    #[error("it is not the structure of RFC 6960: {0}")]
    Structure(der::Error),
    /// version is not 1.
    #[error("version is {0}, not 1")]
    Version(u8),
    /// A request for nothing, or a response about nothing.
    #[error("it is about no certificate")]
    Empty,
    /// A request for more than [`MAX_CERTS`](super::MAX_CERTS).
    #[error("it is about {count} certificates, more than the {max} allowed", max = super::MAX_CERTS)]
    TooMany {
        /// How many.
        count: usize,
    },
    /// A certificate's serial number.
    #[error("certificate {index}: serial number: {fault}")]
    Serial {
        /// Which certificate, from 0.
        index: usize,
        /// What is wrong with it.
        fault: InvalidSerial,
    },
    /// The nonce.
    #[error(transparent)]
    Nonce(#[from] InvalidNonce),
    /// A critical extension that is not understood, one twice, or one that no response here has.
    #[error("extension {0} is not understood, or there twice")]
    Extension(ObjectIdentifier),
    /// A successful response without octets, an unsuccessful one with them, or octets of another type.
    #[error("responseBytes: {0}")]
    ResponseBytes(&'static str),
    /// responderID is neither a DET nor the hash of a key.
    #[error("responderID is {0}, neither a DET nor a hash of 20 octets")]
    ResponderId(String),
    /// A status is out of form.
    #[error("certificate {index}: {reason}")]
    Status {
        /// Which certificate, from 0.
        index: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The response is signed by another algorithm.
    #[error("signatureAlgorithm is {0}, not Ed25519")]
    SignatureAlgorithm(ForeignAlgorithm),
    /// signature has not 64 octets.
    #[error("signature has no signature of 64 octets")]
    SignatureLength,
    /// It does not encode to the same octets again.
    #[error("it is not in canonical form: first difference at octet {offset}")]
    NotCanonical {
        /// Where the form differs first.
        offset: usize,
    },
}

/// Content that a response cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspContentError {
    /// About nothing.
    #[error("a response about no certificate")]
    Empty,
    /// Valid until before it begins, or made before what it says was known.
    #[error("response {index}: thisUpdate, producedAt and nextUpdate are out of order")]
    Times {
        /// Which, from 0.
        index: usize,
    },
    /// Revoked after it is said to be.
    #[error("response {index}: revoked after thisUpdate")]
    Future {
        /// Which, from 0.
        index: usize,
    },
    /// It cannot be written in DER.
    #[error("the response cannot be written: {0}")]
    Form(der::Error),
}

/// The same octets again, or where they differ.
pub(super) fn same(der: &[u8], canonical: &[u8]) -> Result<(), OcspError> {
    if der == canonical {
        return Ok(());
    }
    let offset = der.iter().zip(canonical).take_while(|(a, b)| a == b).count();
    Err(OcspError::NotCanonical { offset })
}
