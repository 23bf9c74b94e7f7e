//! What can go wrong when renewing.

use super::{OurFault, ValidityFault};
use crate::{Forbidden, State};
use drip_det::Det;

/// Why a registration was not renewed. It stands as it stood.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// There is no registration of this DET.
    #[error("this DET is not registered here")]
    NotFound,
    /// Its registration is not in force. What has ended needs a new key.
    #[error("the registration is {}", .0.name())]
    NotRegistered(State),
    /// Its operator's registration is no longer in force, so nothing of the operator is extended.
    #[error("the registration of the operator {operator} is {}", state.name())]
    OperatorNotValid {
        /// The operator.
        operator: Det,
        /// How its registration stands.
        state: State,
    },
    /// The validity asked for is outside the limits.
    #[error("not_after {0}")]
    ValidityOutOfRange(#[from] ValidityFault),
    /// The Idempotency-Key was used for something else.
    #[error("the Idempotency-Key was used before with a different content")]
    IdempotencyKeyReused,
    /// The Idempotency-Key is empty or too long.
    #[error("the Idempotency-Key needs 1 to 255 characters")]
    IdempotencyKey,
    /// Its kind is no longer registered here.
    #[error("this DIME no longer registers this kind")]
    KindNotOffered,
    /// The caller is neither manager, nor owner, nor operator.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl RenewError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            RenewError::NotFound => "not-found",
            RenewError::NotRegistered(_) => "not-registered",
            RenewError::OperatorNotValid { .. } => "operator-not-valid",
            RenewError::ValidityOutOfRange(_) => "validity-out-of-range",
            RenewError::IdempotencyKeyReused => "idempotency-key-reused",
            RenewError::IdempotencyKey => "malformed-field",
            RenewError::KindNotOffered => "kind-not-offered",
            RenewError::Forbidden(_) => "forbidden",
            RenewError::Ours(fault) => fault.slug(),
        }
    }

    /// The field of the request it is about; `idempotency_key` is a header.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            RenewError::ValidityOutOfRange(_) => Some("not_after"),
            RenewError::IdempotencyKeyReused | RenewError::IdempotencyKey => Some("idempotency_key"),
            _ => None,
        }
    }
}
