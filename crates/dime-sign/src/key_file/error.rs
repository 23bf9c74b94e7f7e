//! What can be wrong with a key file, each with what to do about it.

use drip_cert::ForeignAlgorithm;
use std::{io, path::PathBuf};

/// Why a key file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is there already; keys are never overwritten.
    #[error("{} exists already; a key is never overwritten", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read or written.
    #[error("{}: cannot {doing}: {cause}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// Others than its owner may read or write it.
    #[error("{} has mode {mode:04o}: others can reach this private key; run `chmod 600 {}`", .path.display(), .path.display())]
    LoosePermissions {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is no regular file, or too large to be a key.
    #[error("{} is no key file: {reason}", .path.display())]
    NotAKeyFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// It is not PEM of a PKCS#8 key.
    #[error("{}: not a PKCS#8 private key in PEM: {reason}", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The key is of another algorithm.
    #[error("{}: the key is {algorithm}; a DET needs an Ed25519 key", .path.display())]
    Algorithm {
        /// The file.
        path: PathBuf,
        /// The algorithm.
        algorithm: ForeignAlgorithm,
    },
    /// The file is encrypted, and no password was given.
    #[error("{} is encrypted: it needs its password", .path.display())]
    PasswordNeeded {
        /// The file.
        path: PathBuf,
    },
    /// The file is not encrypted, and a password was given.
    #[error("{} is not encrypted", .path.display())]
    NotEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// The password is not the file's.
    #[error("{}: wrong password, or the file is damaged", .path.display())]
    WrongPassword {
        /// The file.
        path: PathBuf,
    },
    /// The file is encrypted in a way that is not supported.
    #[error("{}: encrypted by {reason}; supported are PBES2 with scrypt or PBKDF2-SHA-2, and AES", .path.display())]
    Encryption {
        /// The file.
        path: PathBuf,
        /// By what.
        reason: String,
    },
    /// An empty password protects nothing.
    #[error("{}: the password is empty", .path.display())]
    EmptyPassword {
        /// The file.
        path: PathBuf,
    },
    /// The key could not be brought into its form.
    #[error("cannot encode the key: {0}")]
    Encode(String),
}
