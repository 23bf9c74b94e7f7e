//! C509: certificates and certification requests in CBOR (draft-ietf-cose-cbor-encoded-cert, the rules of its versions 18 to 21).
//!
//! A certificate is an array of eleven, a request an array of seven, in deterministic CBOR:
//!
//! | certificate | request | field | form |
//! |---|---|---|---|
//! | 0 | 0 | type | 2 native: signed over CBOR; 3 re-encoded: signed over the DER that it stands for |
//! | 1 | | certificateSerialNumber | byte string without leading zeros |
//! | 2 | 1 | signature algorithm | number (Ed25519: 12), or OID, or \[OID, parameters\] |
//! | 3 | | issuer | name, or `null` when it is the subject |
//! | 4, 5 | | validity | Unix seconds; `null` for an end at 99991231235959Z |
//! | 6 | 2 | subject | name |
//! | 7 | 3 | public key algorithm | number (Ed25519: 12), or as above |
//! | 8 | 4 | public key | byte string; points compressed; an RSA modulus |
//! | 9 | | extensions | flat array of numbers and values, `-` for critical |
//! | | 5 | attributes | flat array: 0 extensionRequest, 1 challengePassword |
//! | 10 | 6 | signature | byte string; of ECDSA `r` and `s` side by side |
//!
//! What is signed in type 2 are the first ten (six) items one behind another, without the array's head.
//!
//! A DRIP name is one CN of 32 lower-case hexadecimal digits: sixteen octets here. So a Lite certificate of an aircraft takes 155 octets
//! where DER takes 254.
//!
//! # One form
//!
//! Whatever is decoded encodes to the same octets again; everything else is refused, also where the draft would let a reader be lenient
//! (an extension in its generic form although it has a number). DER becomes C509 only if it comes back octet for octet, and C509 of type 3
//! is accepted only if it comes from the DER that it stands for: [`C509Error::NotInvertible`] otherwise.
//!
//! The sequence of items without the array's head, as drafts up to 19 allowed it, is read by
//! [`C509Certificate::decode_sequence`] only.
//!
//! # What has no C509 here
//!
//! The draft has no form for names with several attributes in one RDN, for teletex, BMP and universal strings, for unique identifiers and for
//! seconds numbered 60. This crate has none for the RFC 3779 resources of the RPKI and for the statement of possession of RFC 9883; keys on
//! other curves than P-256 are left uncompressed.
//!
//! * [`C509Certificate`], [`C509Csr`]: objects read, or made from DER. [`NativeTbs`], [`NativeCsrInfo`]: content to be signed natively;
//!   [`NativeCertificate`]: a native certificate of one of the profiles, read back field by field.

mod algorithm;
mod any_native;
mod array;
mod attributes;
mod certificate;
mod csr;
mod error;
mod extension;
mod extensions;
mod general_name;
mod kind;
mod name;
mod native;
mod native_certificate;
mod number;
mod public_key;
mod registry;
mod signature;
mod tbs;
mod text;
mod time;
mod value;

pub use any_native::AnyNative;
pub use certificate::C509Certificate;
pub use csr::C509Csr;
pub use error::C509Error;
pub use kind::C509Kind;
pub use native::{NativeCsrInfo, NativeTbs};
pub use native_certificate::{NativeCertificate, NativeCertificateError};

/// The largest object that is read, in octets. A DRIP certificate has 155 to about 500.
pub const MAX_LEN: usize = 8192;

/// Whether these octets begin like a certificate: an array of eleven, a type. An array whose length takes more octets than it needs is meant
/// as one, too, and then refused for that.
pub fn is_certificate(octets: &[u8]) -> bool {
    matches!(octets, [0x8b, kind, ..] | [0x98, 0x0b, kind, ..] if *kind < 24)
}

/// Whether these octets begin like a request: an array of seven, a type; see [`is_certificate`].
pub fn is_csr(octets: &[u8]) -> bool {
    matches!(octets, [0x87, kind, ..] | [0x98, 0x07, kind, ..] if *kind < 24)
}

type Read<T> = Result<T, C509Error>;
