//! Who asks, and what they may do.

use dime_store::{Actor, Role, TokenId};
use drip_det::{Det, Hid, UnixTime};

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
    /// When it ends; `None` for one that does not.
    pub not_after: Option<UnixTime>,
}

impl Caller {
    /// The same for the audit log.
    pub(crate) fn actor(&self) -> Actor {
        match self {
            Caller::Anonymous => Actor::Anonymous,
            Caller::Token(token) => Actor::Token(token.id.clone()),
            Caller::Det(det) => Actor::Det(*det),
            Caller::Local => Actor::Local,
        }
    }

    /// Whether a token or the place at the machine gives a permission for an HDA; `None` asks for all HDAs.
    pub(crate) fn require(&self, missing: Permission, hid: Option<Hid>) -> Result<(), Forbidden> {
        let given = match self {
            Caller::Local => true,
            Caller::Token(token) => {
                missing.is_given_by(token.role)
                    && (token.hid.is_none() || (token.hid == hid && hid.is_some()))
            }
            Caller::Anonymous | Caller::Det(_) => false,
        };
        if given { Ok(()) } else { Err(Forbidden { missing, hid }) }
    }

    /// Whether the caller has a permission for any HDA at all; where it is good for is asked later.
    pub(crate) fn require_somewhere(&self, missing: Permission) -> Result<(), Forbidden> {
        let hid = match self {
            Caller::Token(token) => token.hid,
            _ => None,
        };
        self.require(missing, hid)
    }

    /// The DET whose key the caller holds.
    pub(crate) const fn det(&self) -> Option<Det> {
        match self {
            Caller::Det(det) => Some(*det),
            _ => None,
        }
    }
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
    /// Hold ceremonies; suspend, retire and revoke authorities.
    ManageAuthorities,
    /// Take in a trust anchor that was not known before: everything here will hang from it.
    TrustAnchor,
}

impl Permission {
    const fn is_given_by(self, role: Role) -> bool {
        match role {
            Role::Admin => true,
            Role::Manager => !matches!(self, Permission::TrustAnchor),
            Role::Auditor => matches!(self, Permission::ReadPrivate),
        }
    }

    /// Its name in problem documents and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Permission::Register => "registrations:create",
            Permission::Decide => "registrations:decide",
            Permission::Renew => "registrations:renew",
            Permission::Revoke => "registrations:revoke",
            Permission::ReadPrivate => "registrations:read",
            Permission::ManageTokens => "tokens:manage",
            Permission::ManageAuthorities => "authorities:manage",
            Permission::TrustAnchor => "anchors:trust",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_and_role() {
        let hid = |hda| Hid::from_numbers(16376, hda).ok();
        let token =
            |role, hid| Caller::Token(TokenIdentity { id: TokenId("t".into()), role, hid, not_after: None });
        let ok = |caller: Caller, permission, hid| caller.require(permission, hid).is_ok();
        assert!(ok(token(Role::Manager, None), Permission::Decide, hid(10)));
        assert!(ok(token(Role::Manager, hid(10)), Permission::Decide, hid(10)));
        assert!(!ok(token(Role::Manager, hid(10)), Permission::Decide, hid(11)));
        assert!(!ok(token(Role::Manager, hid(10)), Permission::ManageTokens, None));
        assert!(ok(token(Role::Auditor, None), Permission::ReadPrivate, hid(10)));
        assert!(!ok(token(Role::Auditor, None), Permission::Revoke, hid(10)));
        assert!(!ok(Caller::Anonymous, Permission::ReadPrivate, hid(10)));
        assert!(ok(Caller::Local, Permission::ManageTokens, None));
        assert!(ok(token(Role::Admin, None), Permission::TrustAnchor, hid(10)));
        assert!(!ok(token(Role::Manager, None), Permission::TrustAnchor, hid(10)));
    }
}
