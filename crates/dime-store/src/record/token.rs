//! A bearer token: never itself, only its digest.

use core::fmt;
use drip_det::{Hid, UnixTime};

/// A token's identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub String);

impl TokenId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a token's holder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything, tokens included.
    Admin,
    /// Registers, decides, renews, revokes, reads.
    Manager,
    /// Reads.
    Auditor,
}

impl Role {
    /// The word: `admin`, `manager`, `auditor`.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A bearer token as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its identifier.
    pub id: TokenId,
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// SHA-256 of the token; unique for ever.
    pub digest: [u8; 32],
    /// What its holder is.
    pub role: Role,
    /// The only HDA it is good for; `None` for all.
    pub hid: Option<Hid>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it ends by itself.
    pub not_after: Option<UnixTime>,
    /// When it was revoked.
    pub revoked_at: Option<UnixTime>,
    /// What it is for, in its maker's words.
    pub label: String,
}
