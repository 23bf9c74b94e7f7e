//! Who asks, and what they may do.

use crate::{Role, TokenId};
use drip_det::{Det, Hid};

/// Who asks for an operation. The doors (HTTP, command line) establish it; the registry decides what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody in particular.
    Anonymous,
    /// The holder of a bearer token, from [`Registry::authenticate`](crate::Registry::authenticate).
    Token(TokenIdentity),
    /// The holder of this DET's key, proved by an HTTP Message Signature (RFC 9421) verified with the key that
    /// [`Registry::authenticate_det`](crate::Registry::authenticate_det) gave.
    Det(Det),
    /// The person at this machine's command line, who holds the data directory itself. No network door makes this one.
    Local,
}

/// What a valid bearer token says about its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenIdentity {
    /// Which token.
    pub id: TokenId,
    /// What its holder is.
    pub role: Role,
    /// The only HDA it is good for; `None` for all.
    pub hid: Option<Hid>,
}

/// A thing that somebody may be allowed to do. A refusal names the one that was missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Register in the name of others.
    Register,
    /// Approve or deny what waits.
    Decide,
    /// Renew a registration.
    Renew,
    /// Revoke a registration.
    Revoke,
    /// List registrations and read their private data.
    ReadPrivate,
    /// Create, list and revoke tokens.
    ManageTokens,
}

impl Permission {
    /// Its name in problem documents and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Permission::Register => "registrations:create",
            Permission::Decide => "registrations:decide",
            Permission::Renew => "registrations:renew",
            Permission::Revoke => "registrations:revoke",
            Permission::ReadPrivate => "registrations:read",
            Permission::ManageTokens => "tokens:manage",
        }
    }
}

/// The caller lacks a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the permission {} is missing{}", missing.name(), Scope(*hid))]
pub struct Forbidden {
    /// The permission that was needed.
    pub missing: Permission,
    /// Where it was needed; `None` when it had to be for all HDAs.
    pub hid: Option<Hid>,
}

struct Scope(Option<Hid>);

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(hid) => write!(f, " for HID {hid}"),
            None => Ok(()),
        }
    }
}
