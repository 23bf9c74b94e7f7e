//! Why a certificate cannot be made, and why octets are none.

use super::{CertTime, InvalidSerial, Subject};
use crate::{DerFault, ForeignAlgorithm};
use alloc::string::String;
use der::asn1::ObjectIdentifier;
use drip_det::{Det, DetError, DetMismatch, InvalidKey};

/// Content that the profile does not allow, whether about to be signed or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// It ends before it begins.
    #[error("validity: not after {not_after} lies before not before {not_before}")]
    Validity {
        /// The beginning.
        not_before: CertTime,
        /// The end.
        not_after: CertTime,
    },
    /// It has no end and no hardwareModuleName.
    #[error("a certificate without end must carry a hardwareModuleName")]
    ForeverWithoutHardwareModule,
    /// It has a hardwareModuleName and an end.
    #[error("a certificate with a hardwareModuleName must have no end")]
    HardwareModuleWithoutForever,
    /// The subject is not that of an authority with this DET.
    #[error("subject {subject:?} cannot be that of {det}")]
    Subject {
        /// The subject.
        subject: Subject,
        /// The DET.
        det: Det,
    },
    /// The DET is not that of the key.
    #[error("subjectAltName: {0}")]
    Det(#[from] DetMismatch),
    /// Certificate policies are for authorities.
    #[error("certificatePolicies {0} in a certificate of an end entity")]
    PolicyOfEndEntity(ObjectIdentifier),
    /// An OCSP responder's certificate does not say where it may be revoked: id-pkix-ocsp-nocheck says that nobody asks.
    #[error("an OCSP responder's certificate has no addresses of revocation lists or responders")]
    PkiOfResponder,
    /// The URI is empty, too long, or not all visible ASCII.
    #[error("subjectAltName: {0:?} is no URI of 1 to 255 visible ASCII characters with a scheme")]
    Uri(String),
    /// The address of a CRL, of an issuer's certificate or of an OCSP responder is not one of HTTP.
    #[error("{field}: {uri:?} is no HTTP address of 8 to 255 visible ASCII characters")]
    PkiUri {
        /// The extension.
        field: &'static str,
        /// The address.
        uri: String,
    },
}

/// Why octets are not a certificate of the profile, with the field that fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertError {
    /// Larger than [`MAX_LEN`](super::MAX_LEN).
    #[error("the certificate has {length} octets, more than the {max} allowed", max = super::MAX_LEN)]
    Oversized {
        /// Its length.
        length: usize,
    },
    /// It is not one object in DER.
    #[error("the certificate is not DER: {0}")]
    Der(#[from] DerFault),
    /// It is DER, but not the structure of RFC 5280.
    #[error("the certificate is not an X.509 structure: {0}")]
    Structure(der::Error),
    /// version is not 3.
    #[error("version is {0}, not 3")]
    Version(u8),
    /// serialNumber.
    #[error("serialNumber: {0}")]
    Serial(InvalidSerial),
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
    /// subject is neither empty nor the name of an authority with the certificate's DET.
    #[error("subject is {0:?}, neither empty nor the name of an authority at the place of its DET")]
    SubjectName(String),
    /// subject is not the name of the DET in subjectAltName, as the mtls profile wants it.
    #[error("subject is {subject:?}, not one CN of the hexadecimal digits of {det}")]
    SubjectIsNotDet {
        /// The subject.
        subject: String,
        /// The DET.
        det: Det,
    },
    /// subjectPublicKeyInfo has another algorithm.
    #[error("subjectPublicKeyInfo is {0}, not Ed25519")]
    KeyAlgorithm(ForeignAlgorithm),
    /// subjectPublicKeyInfo has not 32 octets.
    #[error("subjectPublicKeyInfo has no key of 32 octets")]
    KeyLength,
    /// subjectPublicKeyInfo is no key.
    #[error("subjectPublicKeyInfo: {0}")]
    Key(InvalidKey),
    /// The profile has no issuerUniqueID and no subjectUniqueID.
    #[error("{0} is not part of the profile")]
    UniqueId(&'static str),
    /// An extension is missing.
    #[error("extension {0} is missing")]
    MissingExtension(&'static str),
    /// An extension the profile does not have, or not here.
    #[error("extension {0} is not part of the profile for this subject")]
    UnexpectedExtension(ObjectIdentifier),
    /// An extension of the profile that is there twice (RFC 5280, section 4.2).
    #[error("extension {0} is there twice")]
    DuplicateExtension(&'static str),
    /// An extension of the profile behind one that comes after it.
    #[error("extension {0} is out of the profile's order")]
    ExtensionOrder(&'static str),
    /// An extension is not as the profile wants it.
    #[error("extension {field}: {reason}")]
    Extension {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The address in subjectAltName is no DET.
    #[error("subjectAltName: {0}")]
    NotADet(DetError),
    /// signatureValue has not 64 octets.
    #[error("signatureValue has no signature of 64 octets")]
    SignatureLength,
    /// The fields are right each for itself, but not together.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// It does not encode to the same octets again: fields in another order, another string or time type, defaults written out.
    #[error("the certificate is not in the profile's one form: first difference at octet {offset}")]
    NotCanonical {
        /// Where the profile's form differs first.
        offset: usize,
    },
}
