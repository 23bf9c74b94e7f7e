//! Certification requests, PKCS#10 (RFC 2986) in the form of the DRIP DKI.
//!
//! | field | in a DRIP request |
//! |---|---|
//! | version | 0 |
//! | subject | the device's serial number (2.5.4.5, PrintableString), or empty |
//! | subjectPKInfo | Ed25519, 32 octets: the host identity |
//! | attributes | none, or extensionRequest with the critical subjectAltName `iPAddress` = the DET wished for |
//! | signatureAlgorithm | Ed25519 |
//! | signature | 64 octets, by the key in the request: the proof of possession |
//!
//! A request has 141 + n octets with a serial number of n characters, 49 more with a DET, and 129 with neither.
//!
//! The same requests in CBOR ([`c509`](crate::c509)) are read here, too: re-encoded (type 3), where the signature is that of the PKCS#10 request, and
//! native (type 2), where it covers the CBOR.
//!
//! Requests come from many hands, so reading is wider than writing: any subject, other attributes and extensions are accepted when they
//! are well-formed, and reported as [`Remark`]s because they are not acted on.

mod attributes;
mod build;
mod error;
mod parse;
mod verified;

pub use build::{CsrSpec, CsrSpecError};
pub use error::{CsrError, Remark};
pub use parse::{Csr, CsrForm};
pub use verified::VerifiedCsr;

/// The largest request that is read, in octets of DER, PEM or CBOR. An honest one has 129 to about 250.
pub const MAX_LEN: usize = 8192;
