//! Why a list cannot be made, and why octets are none.

use super::CrlNumber;
use crate::{
    DerFault, ForeignAlgorithm,
    lite::{CertTime, CertificateSerial, InvalidSerial},
};
use alloc::string::String;
use der::asn1::ObjectIdentifier;
use drip_det::Det;

/// Content that a list cannot have, whether about to be signed or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlContentError {
    /// The next one would be made before this one.
    #[error("nextUpdate {next_update} does not lie after thisUpdate {this_update}")]
    Updates {
        /// thisUpdate.
        this_update: CertTime,
        /// nextUpdate.
        next_update: CertTime,
    },
    /// A delta starts from a later list.
    #[error("the number {number} of a delta is smaller than that of its base, {base}")]
    Base {
        /// Its own.
        number: CrlNumber,
        /// Its base's.
        base: CrlNumber,
    },
    /// Entries out of order, or one twice.
    #[error("entry {index}: serial number {serial} does not follow the one before it")]
    Order {
        /// Which entry, from 0.
        index: usize,
        /// Its serial number.
        serial: CertificateSerial,
    },
    /// Another issuer's certificate in a list that is not indirect.
    #[error("entry {index} is of {issuer}, whose certificates this list does not speak of")]
    Issuer {
        /// Which entry, from 0.
        index: usize,
        /// Who issued the certificate.
        issuer: Det,
    },
    /// A certificate revoked after the list was made.
    #[error("entry {index} was revoked at {revoked_at}, after the list was made")]
    Future {
        /// Which entry, from 0.
        index: usize,
        /// When.
        revoked_at: CertTime,
    },
    /// removeFromCRL outside a delta.
    #[error("entry {index}: removeFromCRL is for deltas only")]
    Removal {
        /// Which entry, from 0.
        index: usize,
    },
    /// A URI that is empty, too long, or not all visible ASCII.
    #[error("{field}: {uri:?} is no URI of 1 to 255 visible ASCII characters with a scheme")]
    Uri {
        /// The extension.
        field: &'static str,
        /// The text.
        uri: String,
    },
}

/// Why octets are not a list, with the field that fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// Larger than [`MAX_LEN`](super::MAX_LEN).
    #[error("the CRL has {length} octets, more than the {max} allowed", max = super::MAX_LEN)]
    Oversized {
        /// Its length.
        length: usize,
    },
    /// It is not one object in DER.
    #[error("the CRL is not DER: {0}")]
    Der(#[from] DerFault),
    /// It is DER, but not the structure of RFC 5280.
    #[error("the CRL is not the structure of RFC 5280: {0}")]
    Structure(der::Error),
    /// version is not 2.
    #[error("version is {0}, not 2")]
    Version(u8),
    /// One of the two signature algorithm fields.
    #[error("{field} is {algorithm}, not Ed25519")]
    SignatureAlgorithm {
        /// `signature` or `signatureAlgorithm`.
        field: &'static str,
        /// What it says.
        algorithm: ForeignAlgorithm,
    },
    /// issuer is not the name of a DET.
    #[error("issuer is {0:?}, not one CN of 32 lower-case hexadecimal digits that are a DET")]
    Issuer(String),
    /// nextUpdate is absent.
    #[error("nextUpdate is missing")]
    NextUpdate,
    /// A revoked certificate's serial number.
    #[error("entry {index}: serial number: {fault}")]
    Serial {
        /// Which entry, from 0.
        index: usize,
        /// What is wrong with it.
        fault: InvalidSerial,
    },
    /// An extension of an entry is not as it must be.
    #[error("entry {index}: {field}: {reason}")]
    EntryExtension {
        /// Which entry, from 0.
        index: usize,
        /// The extension.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An extension of an entry that no list here has.
    #[error("entry {index} has the extension {identifier}, which is not part of the form")]
    UnexpectedEntryExtension {
        /// Which entry, from 0.
        index: usize,
        /// The extension.
        identifier: ObjectIdentifier,
    },
    /// An extension is missing.
    #[error("extension {0} is missing")]
    MissingExtension(&'static str),
    /// An extension that no list here has, or one twice.
    #[error("extension {0} is not part of the form, or there twice")]
    UnexpectedExtension(ObjectIdentifier),
    /// An extension is not as it must be.
    #[error("extension {field}: {reason}")]
    Extension {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// signatureValue has not 64 octets.
    #[error("signatureValue has no signature of 64 octets")]
    SignatureLength,
    /// The fields are right each for itself, but not together.
    #[error(transparent)]
    Content(#[from] CrlContentError),
    /// It does not encode to the same octets again: fields in another order, another string or time type, defaults written out.
    #[error("the CRL is not in its one form: first difference at octet {offset}")]
    NotCanonical {
        /// Where the form differs first.
        offset: usize,
    },
}
