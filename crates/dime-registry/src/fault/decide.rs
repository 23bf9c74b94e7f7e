//! What can go wrong when approving or denying.

use super::{OurFault, ValidityFault};
use crate::{Forbidden, State};
use drip_det::Det;

/// Why a registration was not approved.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// There is no such registration.
    #[error("there is no such registration")]
    NotFound,
    /// It does not wait.
    #[error("the registration is {}, it does not wait for approval", .0.name())]
    NotPending(State),
    /// Its operator's registration is no longer in force.
    #[error("the registration of the operator {operator} is {}", state.name())]
    OperatorNotValid {
        /// The operator.
        operator: Det,
        /// How its registration stands.
        state: State,
    },
    /// The end of validity it asked for has become impossible while it waited. Deny it.
    #[error("not_after {0}")]
    ValidityOutOfRange(#[from] ValidityFault),
    /// Its kind is no longer registered here. Deny it.
    #[error("this DIME no longer registers this kind")]
    KindNotOffered,
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// Why a registration was not denied.
#[derive(Debug, thiserror::Error)]
pub enum DenyError {
    /// There is no such registration.
    #[error("there is no such registration")]
    NotFound,
    /// It does not wait.
    #[error("the registration is {}, it does not wait for approval", .0.name())]
    NotPending(State),
    /// A denial needs a reason of 1 to 500 characters.
    #[error("a reason of 1 to {max} characters is needed, none of them a control character", max = crate::REASON_MAX)]
    Reason,
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl ApproveError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            ApproveError::NotFound => "not-found",
            ApproveError::NotPending(_) => "not-pending",
            ApproveError::OperatorNotValid { .. } => "operator-not-valid",
            ApproveError::ValidityOutOfRange(_) => "validity-out-of-range",
            ApproveError::KindNotOffered => "kind-not-offered",
            ApproveError::Forbidden(_) => "forbidden",
            ApproveError::Ours(fault) => fault.slug(),
        }
    }
}

impl DenyError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            DenyError::NotFound => "not-found",
            DenyError::NotPending(_) => "not-pending",
            DenyError::Reason => "malformed-field",
            DenyError::Forbidden(_) => "forbidden",
            DenyError::Ours(fault) => fault.slug(),
        }
    }

    /// The field of the request it is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            DenyError::Reason => Some("reason"),
            _ => None,
        }
    }
}
