//! `[signing]`: the Issuing keys, by path.

use std::path::{Path, PathBuf};

use dime_registry::Kind;
use serde::{Deserialize, Serialize};

/// The keys to sign with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Signing {
    /// Issuing keys: of HDAs, and those of an RAA or Apex for its own services and lists. Authorization keys are never loaded here.
    pub(crate) issuing_keys: Vec<IssuingKey>,
    /// A file with the password of encrypted key files; empty when they are not encrypted.
    pub(crate) password_file: PathBuf,
}

/// One Issuing key: a path, or a table of path and kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Entry", into = "Entry")]
pub(crate) struct IssuingKey {
    /// The private key file, Ed25519 PKCS#8 PEM, mode 0600.
    pub(crate) file: PathBuf,
    /// The kinds it signs here, of those that the store says it is for; all of them when nothing is said.
    pub(crate) kinds: Vec<Kind>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Path(PathBuf),
    Table(Table),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    file: PathBuf,
    #[serde(default)]
    kinds: Vec<String>,
}

impl TryFrom<Entry> for IssuingKey {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Self, String> {
        let Table { file, kinds } = match entry {
            Entry::Path(file) => Table { file, kinds: Vec::new() },
            Entry::Table(table) => table,
        };
        let kind = |name: &String| {
            let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
            found.ok_or_else(|| format!("signing.issuing_keys: {name:?} is no kind of registration"))
        };
        Ok(Self { file, kinds: kinds.iter().map(kind).collect::<Result<_, _>>()? })
    }
}

impl From<IssuingKey> for Entry {
    fn from(key: IssuingKey) -> Self {
        if key.kinds.is_empty() {
            return Self::Path(key.file);
        }
        let kinds = key.kinds.iter().map(|kind| kind.name().to_owned()).collect();
        Self::Table(Table { file: key.file, kinds })
    }
}

impl From<PathBuf> for IssuingKey {
    fn from(file: PathBuf) -> Self {
        Self { file, kinds: Vec::new() }
    }
}

impl Signing {
    pub(super) fn resolve_paths(&mut self, base: &Path) {
        for key in &mut self.issuing_keys {
            key.file = base.join(&key.file);
        }
        if !self.password_file.as_os_str().is_empty() {
            self.password_file = base.join(&self.password_file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_or_a_table() {
        let text = "issuing_keys = [\"a.pem\", { file = \"b.pem\", kinds = [\"operator\"] }]\n";
        let signing: Signing = toml::from_str(text).unwrap();
        assert_eq!(signing.issuing_keys[0], PathBuf::from("a.pem").into());
        assert_eq!(signing.issuing_keys[1].kinds, [Kind::Operator]);
        let again: Signing = toml::from_str(&toml::to_string(&signing).unwrap()).unwrap();
        assert_eq!(again, signing);
        let wrong =
            toml::from_str::<Signing>("issuing_keys = [{ file = \"b.pem\", kinds = [\"people\"] }]\n");
        assert!(wrong.unwrap_err().to_string().contains("no kind"));
    }
}
