//! Key files: PKCS#8 in PEM (RFC 5958, 7468, 8410), plain or encrypted with a password (PBES2, RFC 8018), readable by the owner alone.

mod error;
mod read;
mod write;

pub use error::KeyFileError;

use crate::PrivateKey;
use std::path::Path;
use zeroize::Zeroizing;

/// Private keys at rest. Files are made with mode 0600 and refused when others may read or write them.
pub enum KeyFile {}

impl KeyFile {
    /// Writes the key, plain, into a file that must not exist yet. Durable on return.
    pub fn create_new(path: &Path, key: &PrivateKey) -> Result<(), KeyFileError> {
        write::create_new(path, &write::plain(key)?)
    }

    /// Writes the key, encrypted (scrypt, AES-256-CBC), into a file that must not exist yet. Durable on return.
    pub fn create_new_encrypted(path: &Path, key: &PrivateKey, password: &str) -> Result<(), KeyFileError> {
        if password.is_empty() {
            return Err(KeyFileError::EmptyPassword { path: path.into() });
        }
        write::create_new(path, &write::encrypted(key, password)?)
    }

    /// Reads a plain key. An encrypted one is [`KeyFileError::Encrypted`].
    pub fn load(path: &Path) -> Result<PrivateKey, KeyFileError> {
        read::plain(path, &read::text(path)?)
    }

    /// Reads an encrypted key. A plain one is [`KeyFileError::NotEncrypted`].
    pub fn load_encrypted(path: &Path, password: &str) -> Result<PrivateKey, KeyFileError> {
        read::encrypted(path, &read::text(path)?, password)
    }

    /// Reads a key, plain or encrypted, and asks for the password only when there is one.
    pub fn load_asking(
        path: &Path,
        password: impl FnOnce() -> std::io::Result<Zeroizing<String>>,
    ) -> Result<PrivateKey, KeyFileError> {
        let text = read::text(path)?;
        match read::plain(path, &text) {
            Err(KeyFileError::Encrypted { .. }) => {
                let password =
                    password().map_err(|cause| KeyFileError::Password { path: path.into(), cause })?;
                read::encrypted(path, &text, &password)
            }
            result => result,
        }
    }
}
