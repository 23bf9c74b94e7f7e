//! Tokens, as their makers see them.

use super::{time::Moment, word::RoleWord};
use dime_registry::TokenView;
use serde::Serialize;
use utoipa::ToSchema;

/// A token, never its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenDocument {
    /// Its identifier.
    pub(crate) id: String,
    role: RoleWord,
    /// The only HDA it is good for, written RAA/HDA; not there for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "16376/10")]
    hid: Option<String>,
    /// When it was made.
    created_at: Moment,
    /// When it ends; not there if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_after: Option<Moment>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revoked_at: Option<Moment>,
    /// What it is for.
    label: String,
}

/// A token just made, with its secret: shown this once.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct NewTokenDocument {
    #[serde(flatten)]
    pub(crate) token: TokenDocument,
    /// What goes behind `Authorization: Bearer`.
    pub(crate) secret: String,
}

/// All tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TokenList {
    /// Revoked and expired ones too.
    pub(crate) tokens: Vec<TokenDocument>,
}

impl From<TokenView> for TokenDocument {
    fn from(view: TokenView) -> Self {
        TokenDocument {
            id: view.id.to_string(),
            role: view.role.into(),
            hid: view.hid.map(|hid| hid.to_string()),
            created_at: Moment(view.created_at),
            not_after: view.not_after.map(Moment),
            revoked_at: view.revoked_at.map(Moment),
            label: view.label,
        }
    }
}
