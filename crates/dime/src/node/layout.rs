//! What is where in a data directory.
//!
//! | name | content |
//! |---|---|
//! | `journal/` | the journal: the truth |
//! | `index/` | the index over it; may be deleted, is rebuilt |
//! | `snapshots/` | the zones as they were some time ago, for a quick start; may be deleted |
//! | `copies/` | copies of other servers' zones |
//! | `control.sock` | the socket at which a running server is asked and told, mode 0600 |
//! | `lock` | held by a running secondary |
//! | `keys/` | private keys, mode 0600 (quickstart) |
//! | `keys/dnssec/` | the keys that zones are signed with, in BIND's form |
//! | `dime.toml` | the configuration (quickstart) |
//! | `manager.token` | a manager's bearer token, mode 0600 (quickstart) |
//! | `dnssec-anchor.conf` | the trust anchors of the RAA's zones, for delv (quickstart) |
//! | `anchor.pem`, `anchor.json` | the trust anchor, for those who verify (quickstart) |

use std::path::{Path, PathBuf};

/// The index.
pub(crate) fn index(dir: &Path) -> PathBuf {
    dir.join("index")
}

/// The journal.
pub(crate) fn journal(dir: &Path) -> PathBuf {
    dir.join("journal")
}

/// The snapshots of the zones.
pub(crate) fn snapshots(dir: &Path) -> PathBuf {
    dir.join("snapshots")
}

/// The private keys.
pub(crate) fn keys(dir: &Path) -> PathBuf {
    dir.join("keys")
}

/// The configuration.
pub(crate) fn config(dir: &Path) -> PathBuf {
    dir.join("dime.toml")
}

/// The manager's token.
pub(crate) fn token(dir: &Path) -> PathBuf {
    dir.join("manager.token")
}

/// The trust anchor's certificate.
pub(crate) fn anchor_pem(dir: &Path) -> PathBuf {
    dir.join("anchor.pem")
}

/// The trust anchor as DET and key.
pub(crate) fn anchor_json(dir: &Path) -> PathBuf {
    dir.join("anchor.json")
}

/// Copies of other servers' zones.
pub(crate) fn copies(dir: &Path) -> PathBuf {
    dir.join("copies")
}

/// The socket at which a running server is asked and told.
pub(crate) fn control(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}

/// The claim of a secondary on its directory.
pub(crate) fn lock(dir: &Path) -> PathBuf {
    dir.join("lock")
}

/// The trust anchors of the signed zones.
pub(crate) fn dnssec_anchor(dir: &Path) -> PathBuf {
    dir.join("dnssec-anchor.conf")
}
