//! Writing a key file: PKCS#8 version 1, as openssl writes it.

use super::KeyFileError;
use crate::PrivateKey;
use pkcs8::{
    AlgorithmIdentifierRef, LineEnding, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument,
    der::{Decode, asn1::OctetStringRef},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};
use zeroize::Zeroizing;

/// `id-Ed25519` (RFC 8410).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The key in PEM.
pub(super) fn plain(key: &PrivateKey) -> Result<Zeroizing<String>, KeyFileError> {
    version_one(key)?.to_pem("PRIVATE KEY", LineEnding::LF).map_err(encode)
}

/// The key in PEM, encrypted with scrypt (N 16384, r 8, p 1, which openssl takes without further options) and AES-256-CBC.
pub(super) fn encrypted(key: &PrivateKey, password: &[u8]) -> Result<Zeroizing<String>, KeyFileError> {
    let document = version_one(key)?;
    let info = PrivateKeyInfoRef::from_der(document.as_bytes()).map_err(encode)?;
    let encrypted = info.encrypt(password).map_err(encode)?;
    encrypted.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).map_err(encode)
}

/// Version 1, without the public key: openssl before 3.0 refuses version 2.
fn version_one(key: &PrivateKey) -> Result<SecretDocument, KeyFileError> {
    let mut octets = Zeroizing::new([0; 34]);
    let (header, seed) = octets.split_at_mut(2);
    header.copy_from_slice(&[0x04, 0x20]);
    seed.copy_from_slice(key.seed());
    let algorithm = AlgorithmIdentifierRef { oid: ED25519, parameters: None };
    let octets = OctetStringRef::new(octets.as_slice()).map_err(encode)?;
    SecretDocument::try_from(PrivateKeyInfoRef::new(algorithm, octets)).map_err(encode)
}

fn encode(error: impl core::fmt::Display) -> KeyFileError {
    KeyFileError::Encode(error.to_string())
}

/// Makes the file with mode 0600, writes it and its folder through to the disk; half a file is removed again.
pub(super) fn create_new(path: &Path, text: &str) -> Result<(), KeyFileError> {
    let failed = |doing| move |cause| KeyFileError::Io { path: path.into(), doing, cause };
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            return Err(KeyFileError::Exists { path: path.into() });
        }
        result => result.map_err(failed("create it"))?,
    };
    if let Err(cause) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
        // The file is ours and holds at most half a key.
        let _ = fs::remove_file(path);
        return Err(failed("write it")(cause));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("sync its folder"))
}
