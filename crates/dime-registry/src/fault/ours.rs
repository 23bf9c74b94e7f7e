//! Faults of our own parts: nothing the asker can mend, most of them worth another try later.

use drip_det::{Det, UnixTime};

/// A part of this DIME failed. Nothing was acknowledged; the same request may be sent again.
#[derive(Debug, thiserror::Error)]
pub enum OurFault {
    /// The store cannot write or read now; nothing happened.
    #[error("the store is not available")]
    StoreUnavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store does not know whether the change happened; asking again tells.
    #[error("the store does not know whether the change happened")]
    StoreUnknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store holds what cannot be right.
    #[error("the store is damaged: {0}")]
    StoreCorrupt(String),
    /// Others changed the same record again and again while we tried.
    #[error("too many changes of the same record at once")]
    Contention,
    /// The signer did not sign.
    #[error("the signer did not sign")]
    Signer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No Issuing key here serves the HDA.
    #[error("no issuer for this registration")]
    NoIssuer,
    /// The keys are here, but the ceremony that endorses them has not been held, or its answer not been taken in.
    #[error("the answer of the ceremony is awaited for {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    CeremonyAwaited(Vec<Det>),
    /// The Issuing DET's own validity does not include now.
    #[error("the issuer {issuer} is not valid now: it is from {not_before} to {not_after}")]
    IssuerNotValid {
        /// The Issuing DET.
        issuer: Det,
        /// The beginning of its validity.
        not_before: UnixTime,
        /// The end of its validity.
        not_after: UnixTime,
    },
    /// The operating system gave no randomness.
    #[error("no randomness")]
    Randomness,
}

impl OurFault {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            OurFault::StoreUnavailable(_) => "store-unavailable",
            OurFault::StoreUnknown(_) => "store-unknown",
            OurFault::StoreCorrupt(_) => "store-corrupt",
            OurFault::Contention => "contention",
            OurFault::Signer(_) => "signer-failed",
            OurFault::NoIssuer => "no-issuer",
            OurFault::CeremonyAwaited(_) => "ceremony-awaited",
            OurFault::IssuerNotValid { .. } => "issuer-not-valid",
            OurFault::Randomness => "no-randomness",
        }
    }
}
