//! Bearer tokens: 32 random octets that only their holder has; the store keeps their SHA-256.

use crate::{Role, TokenId};
use drip_det::{Hid, UnixTime};

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its holder is.
    pub role: Role,
    /// The only HDA it is good for; `None` for all.
    pub hid: Option<Hid>,
    /// Seconds until it ends; `None` for one that does not.
    pub ttl: Option<u64>,
    /// What it is for, in its maker's words.
    pub label: String,
}

/// The token itself, base64url, shown once. Neither `Debug` nor anything stored contains it.
pub struct TokenSecret(pub(crate) String);

impl TokenSecret {
    /// The text that goes behind `Authorization: Bearer`.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What may be seen of a token: never the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenView {
    /// Its identifier.
    pub id: TokenId,
    /// What its holder is.
    pub role: Role,
    /// The only HDA it is good for; `None` for all.
    pub hid: Option<Hid>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it ends.
    pub not_after: Option<UnixTime>,
    /// When it was revoked.
    pub revoked_at: Option<UnixTime>,
    /// What it is for.
    pub label: String,
}
