//! Key files: PKCS#8 in PEM (RFC 5958, 7468, 8410), plain or encrypted with a password (PBES2, RFC 8018).
//!
//! Files are made with mode 0600, never over another, and refused when others than their owner may read or write them.

mod error;
mod read;
mod write;

pub use error::KeyFileError;

use crate::PrivateKey;
use std::path::Path;

/// Writes a key into a file that must not exist yet: plain, or with a password encrypted (scrypt, AES-256-CBC). Durable on return.
pub fn create_new(path: &Path, key: &PrivateKey, password: Option<&[u8]>) -> Result<(), KeyFileError> {
    let text = match password {
        None => write::plain(key)?,
        Some([]) => return Err(KeyFileError::EmptyPassword { path: path.into() }),
        Some(password) => write::encrypted(key, password)?,
    };
    write::create_new(path, &text)
}

/// Reads a key. Whether there is a password must be as in the file: [`KeyFileError::PasswordNeeded`] or
/// [`KeyFileError::NotEncrypted`] otherwise.
pub fn load(path: &Path, password: Option<&[u8]>) -> Result<PrivateKey, KeyFileError> {
    let text = read::text(path)?;
    match password {
        None => read::plain(path, &text),
        Some(password) => read::encrypted(path, &text, password),
    }
}
