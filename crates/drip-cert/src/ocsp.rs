//! The Online Certificate Status Protocol (RFC 6960, RFC 5019, RFC 9654): requests, responses, and who may give them.
//!
//! | request | content |
//! |---|---|
//! | version | 1 |
//! | requestorName | read, means nothing |
//! | requestList | 1 to [`MAX_CERTS`] CertIDs; single extensions are not acted on, critical ones refused |
//! | requestExtensions | the nonce, 1 to 128 octets; others as above |
//! | optionalSignature | read, means nothing: status is public |
//!
//! | response | content |
//! |---|---|
//! | responseStatus | successful, or what is wrong with the request or here |
//! | responseType | id-pkix-ocsp-basic |
//! | responderID | byKey: SHA-1 of the responder's key; or byName: one CN with its DET |
//! | producedAt, thisUpdate, nextUpdate | GeneralizedTime |
//! | responses | one for each CertID asked for, in that order, each with the CertID as it was asked |
//! | responseExtensions | the request's nonce |
//! | signature | Ed25519, by the issuer, or by a responder with a certificate of the issuer's for this use, which goes with it |
//!
//! The certificate of a delegated responder is one of the mtls profile with the role [`OcspResponder`](crate::mtls::MtlsRole::OcspResponder).
//! Readers are strict: what is accepted encodes to the same octets again.

mod asn1;
mod cert_id;
mod error;
mod nonce;
mod request;
mod response;
mod response_tbs;
mod verify;

pub use cert_id::{CertId, HashAlgorithm, Issuer};
pub use error::{OcspContentError, OcspError};
pub use nonce::{InvalidNonce, Nonce};
pub use request::OcspRequest;
pub use response::{BasicResponse, OcspResponse, ResponseStatus};
pub use response_tbs::{CertStatus, ResponderId, ResponseTbs, SingleResponse};
pub use verify::{OcspVerifyError, StatusError};

/// The largest request that is read, in octets of DER.
pub const MAX_REQUEST_LEN: usize = 16 * 1024;
/// The most certificates in one request.
pub const MAX_CERTS: usize = 100;
/// The largest response that is read, in octets of DER.
pub const MAX_RESPONSE_LEN: usize = 64 * 1024;
