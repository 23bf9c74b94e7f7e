//! `[data]`: where everything is kept, and how often a snapshot of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Period;

/// `[data]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Data {
    /// The data directory: journal, index, snapshots.
    pub(crate) dir: PathBuf,
    /// How often it is looked whether there is reason for a snapshot; never, when this is no time at all.
    pub(crate) snapshot_interval: Period,
    /// After how many changes there is.
    pub(crate) snapshot_changes: u64,
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: PathBuf::from("."), snapshot_interval: Period::seconds(900), snapshot_changes: 10_000 }
    }
}
