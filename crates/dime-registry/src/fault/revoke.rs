//! What can go wrong when revoking.

use super::OurFault;
use crate::{Forbidden, State};

/// Why a DET was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// There is no registration of this DET.
    #[error("this DET is not registered here")]
    NotFound,
    /// Its registration is not in force, so there is nothing to revoke. (Revoking what is revoked already is no error.)
    #[error("the registration is {}", .0.name())]
    NotRegistered(State),
    /// A revocation needs a reason of 1 to 500 characters.
    #[error("a reason of 1 to {max} characters is needed, none of them a control character", max = crate::REASON_MAX)]
    Reason,
    /// The reason code is that of a suspension, or of its end.
    #[error("a registration is not suspended: certificateHold and removeFromCRL are no reasons to revoke it")]
    ReasonCode,
    /// The caller is neither manager, nor owner, nor operator.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl RevokeError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            RevokeError::NotFound => "not-found",
            RevokeError::NotRegistered(_) => "not-registered",
            RevokeError::Reason | RevokeError::ReasonCode => "malformed-field",
            RevokeError::Forbidden(_) => "forbidden",
            RevokeError::Ours(fault) => fault.slug(),
        }
    }

    /// The field of the request it is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            RevokeError::Reason => Some("reason"),
            RevokeError::ReasonCode => Some("reason_code"),
            _ => None,
        }
    }
}
