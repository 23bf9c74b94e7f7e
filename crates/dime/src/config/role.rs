//! `role`: what a process is.

use serde::{Deserialize, Serialize};

/// What a process is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// A registry: it has a store, keys and an HTTP API. It may copy zones of others, too.
    #[default]
    Registry,
    /// Only a secondary: it answers DNS from copies, and has neither store nor keys.
    Secondary,
}
