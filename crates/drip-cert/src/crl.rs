//! Certificate revocation lists (RFC 5280, section 5), in the one form that a DIME writes.
//!
//! | field | content |
//! |---|---|
//! | version | 2 |
//! | signature | Ed25519 |
//! | issuer | one CN, UTF8String: the issuer's DET in 32 lower-case hexadecimal digits, as in the certificates it issued |
//! | thisUpdate, nextUpdate | UTCTime to 2049, GeneralizedTime after; both present |
//! | revokedCertificates | ascending by serial number, absent when there are none; entry extensions reasonCode, invalidityDate, certificateIssuer |
//! | authorityKeyIdentifier | keyIdentifier only: the issuer's DET |
//! | cRLNumber | positive, ascending for ever |
//! | deltaCRLIndicator | critical; in a delta: the number of the complete list it starts from |
//! | issuingDistributionPoint | critical; in a shard: its URI. In an indirect list: indirectCRL TRUE, and its URI if it has one |
//! | freshestCRL | in a complete list: where its delta is |
//! | signatureValue | 64 octets, by the issuer |
//!
//! An *indirect* list speaks of the certificates of several issuers: their entries follow each other, each issuer's first one with the
//! critical extension certificateIssuer (section 5.3.3). The issuer's own come first, the others by DET.

mod encode;
mod entry;
mod error;
mod number;
mod parse;
mod reason;
mod shard;
mod verify;

pub use entry::Entry;
pub use error::{CrlContentError, CrlError};
pub use number::CrlNumber;
pub use parse::Crl;
pub use reason::{Reason, UnknownReason};
pub use shard::{InvalidShard, Shard};
pub use verify::CrlVerifyError;

use crate::lite::CertTime;
use alloc::{string::String, vec::Vec};
use drip_det::Det;

/// The largest list that is read, in octets of DER: half a million entries.
pub const MAX_LEN: usize = 32 << 20;

/// The content of a list, to be signed or read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlTbs {
    /// The DET of who signs.
    pub issuer: Det,
    /// When it was made.
    pub this_update: CertTime,
    /// When the next one will be there at the latest.
    pub next_update: CertTime,
    /// Its number.
    pub number: CrlNumber,
    /// For a delta, the number of the complete list that it starts from.
    pub base: Option<CrlNumber>,
    /// Which certificates it speaks of, when that is not all certificates of its issuer.
    pub scope: Scope,
    /// Where its delta is found.
    pub freshest: Option<String>,
    /// What is revoked.
    pub entries: Vec<Entry>,
}

/// Which certificates a list speaks of (issuingDistributionPoint).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All certificates of its issuer: no such extension.
    Whole,
    /// Those whose cRLDistributionPoints name this URI.
    Point(String),
    /// Those of other issuers, too, whose cRLDistributionPoints name this list's issuer, and its URI if there is one.
    Indirect(Option<String>),
}
