//! What can go wrong when administering authorities and jobs.

use super::{OurFault, RegisterError};
use crate::Forbidden;
use drip_det::{Det, UnixTime};

/// Why an authority was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AdministerError {
    /// There is no such authority.
    #[error("{0} is no authority of this DIME or of a registry below it")]
    NotFound(Det),
    /// It belongs to a level above.
    #[error("{0} belongs to the level above, which alone changes it")]
    NotOurs(Det),
    /// It does not stand so that this can be done.
    #[error("{det} is {status}: {needed}")]
    Status {
        /// The authority.
        det: Det,
        /// How it stands.
        status: &'static str,
        /// What would have to be.
        needed: &'static str,
    },
    /// It is of the wrong sort.
    #[error("{det}: {reason}")]
    Unsuitable {
        /// The authority.
        det: Det,
        /// Why not.
        reason: &'static str,
    },
    /// A reason of 1 to 500 characters is needed.
    #[error("a reason of 1 to {max} characters is needed, none of them a control character", max = crate::REASON_MAX)]
    Reason,
    /// Nothing is suspended, or brought back, by revoking it.
    #[error("certificateHold and removeFromCRL are no reasons to revoke: suspend the authority instead")]
    ReasonCode,
    /// The end of a retirement is past, or after the authority's own end.
    #[error("the end {at} is not between now and {not_after}")]
    End {
        /// The end asked for.
        at: UnixTime,
        /// The authority's own end.
        not_after: UnixTime,
    },
    /// Nothing could take over.
    #[error("no other Issuing DET in force could take over from {0}")]
    NoSuccessor(Det),
    /// The new key was not taken.
    #[error(transparent)]
    Key(#[from] Box<RegisterError>),
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl AdministerError {
    /// The stable last part of the problem type.
    pub fn slug(&self) -> &'static str {
        match self {
            AdministerError::NotFound(_) => "not-found",
            AdministerError::NotOurs(_) | AdministerError::Unsuitable { .. } => "authority-unsuitable",
            AdministerError::Status { .. } => "authority-status",
            AdministerError::Reason | AdministerError::ReasonCode | AdministerError::End { .. } => {
                "malformed-field"
            }
            AdministerError::NoSuccessor(_) => "no-successor",
            AdministerError::Key(error) => error.slug(),
            AdministerError::Forbidden(_) => "forbidden",
            AdministerError::Ours(fault) => fault.slug(),
        }
    }
}

impl From<dime_store::StoreError> for AdministerError {
    fn from(error: dime_store::StoreError) -> Self {
        AdministerError::Ours(error.into())
    }
}
