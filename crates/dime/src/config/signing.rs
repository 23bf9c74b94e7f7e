//! `[signing]`: the Issuing keys, by path.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The keys to sign with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Signing {
    /// Private key files of HDA Issuing DETs, Ed25519 PKCS#8 PEM, mode 0600. Authorization keys are
    /// never loaded here.
    pub(crate) issuing_keys: Vec<PathBuf>,
    /// A file with the password of encrypted key files; empty when they are not encrypted.
    pub(crate) password_file: PathBuf,
}

impl Signing {
    pub(super) fn resolve_paths(&mut self, base: &Path) {
        for path in &mut self.issuing_keys {
            *path = base.join(&*path);
        }
        if !self.password_file.as_os_str().is_empty() {
            self.password_file = base.join(&self.password_file);
        }
    }
}
