//! What can go wrong with tokens and with proving who one is.

use super::OurFault;
use crate::{Forbidden, State};
use drip_det::{Det, UnixTime};

/// Why a token was not created, listed or revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is no such token.
    #[error("there is no such token")]
    NotFound,
    /// The label is too long.
    #[error("the label may have {max} characters", max = crate::LABEL_MAX)]
    Label,
    /// A token that would end before it began, or that lasts too long.
    #[error("a token that ends may last 1 to {max} seconds", max = crate::TOKEN_LIFETIME_MAX)]
    Lifetime,
    /// A token that would outlive the one it is made with: a token that ends cannot be turned into one that does not.
    #[error("a token made with a token that ends at {not_after} must end by then")]
    Outlives {
        /// When the caller's token ends.
        not_after: UnixTime,
    },
    /// The caller may not. Nobody gives a token more than they hold.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// Why a bearer token does not say who its holder is.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// It is not one of ours.
    #[error("the token is not known here")]
    Unknown,
    /// It was revoked.
    #[error("the token was revoked")]
    Revoked,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// Why nobody can act as a DET.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateDetError {
    /// It is not registered here.
    #[error("{0} is not registered here")]
    Unknown(Det),
    /// Its registration is not in force.
    #[error("the registration of {det} is {}", state.name())]
    NotValid {
        /// The DET.
        det: Det,
        /// How its registration stands.
        state: State,
    },
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl TokenError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            TokenError::NotFound => "not-found",
            TokenError::Label | TokenError::Lifetime | TokenError::Outlives { .. } => "malformed-field",
            TokenError::Forbidden(_) => "forbidden",
            TokenError::Ours(fault) => fault.slug(),
        }
    }

    /// The field of the request it is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            TokenError::Label => Some("label"),
            TokenError::Lifetime | TokenError::Outlives { .. } => Some("ttl"),
            _ => None,
        }
    }
}

impl AuthenticateError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            AuthenticateError::Unknown => "wrong-token",
            AuthenticateError::Revoked => "token-revoked",
            AuthenticateError::Expired => "token-expired",
            AuthenticateError::Ours(fault) => fault.slug(),
        }
    }
}

impl AuthenticateDetError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            AuthenticateDetError::Unknown(_) => "unknown-operator",
            AuthenticateDetError::NotValid { .. } => "operator-not-valid",
            AuthenticateDetError::Ours(fault) => fault.slug(),
        }
    }
}
