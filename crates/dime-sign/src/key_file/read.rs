//! Reading a key file.

use super::KeyFileError;
use crate::PrivateKey;
use drip_cert::ForeignAlgorithm;
use pkcs8::{
    EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument, der::Decode, pkcs5::EncryptionScheme,
};
use std::{fs::File, io::Read as _, os::unix::fs::PermissionsExt as _, path::Path};
use zeroize::Zeroizing;

/// A key file has 119 octets, an encrypted one about 260.
const MAX_LEN: u64 = 16 * 1024;

/// What scrypt may cost (RFC 7914, section 2): it fills 128 octets times N times r, p times. A file can ask for more memory than there is, or
/// for years; ours and openssl's ask for 16 MiB, once.
const MAX_SCRYPT_BLOCKS: u64 = 1 << 23;
const MAX_SCRYPT_WORK: u64 = 1 << 26;

const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// The text of the file, after a look at who may read it. The look and the reading are at one open file, so nothing changes in between.
pub(super) fn text(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let failed = |doing| move |cause| KeyFileError::Io { path: path.into(), doing, cause };
    let refused = |reason| KeyFileError::NotAKeyFile { path: path.into(), reason };
    let file = File::open(path).map_err(failed("open it"))?;
    let metadata = file.metadata().map_err(failed("look at its permissions"))?;
    if !metadata.is_file() {
        return Err(refused("not a regular file"));
    }
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::LoosePermissions { path: path.into(), mode });
    }
    if metadata.len() > MAX_LEN {
        return Err(refused("larger than 16 KiB"));
    }
    let mut text = Zeroizing::new(String::with_capacity(MAX_LEN as usize + 1));
    file.take(MAX_LEN + 1).read_to_string(&mut text).map_err(failed("read it"))?;
    Ok(text)
}

fn document(path: &Path, text: &str) -> Result<(String, SecretDocument), KeyFileError> {
    let form = |error: pkcs8::der::Error| KeyFileError::Form { path: path.into(), reason: error.to_string() };
    let (label, document) = SecretDocument::from_pem(text.trim_end()).map_err(form)?;
    Ok((label.to_owned(), document))
}

pub(super) fn plain(path: &Path, text: &str) -> Result<PrivateKey, KeyFileError> {
    let (label, document) = document(path, text)?;
    match label.as_str() {
        PLAIN => key(path, &document),
        ENCRYPTED => Err(KeyFileError::PasswordNeeded { path: path.into() }),
        other => Err(other_label(path, other)),
    }
}

pub(super) fn encrypted(path: &Path, text: &str, password: &[u8]) -> Result<PrivateKey, KeyFileError> {
    let (label, document) = document(path, text)?;
    match label.as_str() {
        ENCRYPTED => {}
        PLAIN => return Err(KeyFileError::NotEncrypted { path: path.into() }),
        other => return Err(other_label(path, other)),
    }
    let wrong_password = || KeyFileError::WrongPassword { path: path.into() };
    let info = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())
        .map_err(|error| KeyFileError::Encryption { path: path.into(), reason: error.to_string() })?;
    check_cost(&info.encryption_algorithm)
        .map_err(|reason| KeyFileError::Encryption { path: path.into(), reason })?;
    let decrypted = info.decrypt(password).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed) | pkcs8::Error::Asn1(_) => {
            wrong_password()
        }
        other => KeyFileError::Encryption { path: path.into(), reason: other.to_string() },
    })?;
    // A wrong password can leave good padding by chance, but no PKCS#8.
    match key(path, &decrypted) {
        Err(KeyFileError::Form { .. }) => Err(wrong_password()),
        result => result,
    }
}

/// How often PBKDF2 may go round the library limits itself.
fn check_cost(scheme: &EncryptionScheme) -> Result<(), String> {
    let EncryptionScheme::Pbes2(parameters) = scheme else { return Ok(()) };
    let Some(scrypt) = parameters.kdf.scrypt() else { return Ok(()) };
    let (n, r, p) = (scrypt.cost_parameter, scrypt.block_size, scrypt.parallelization);
    let blocks = n.saturating_mul(r.into());
    if blocks > MAX_SCRYPT_BLOCKS || blocks.saturating_mul(p.into()) > MAX_SCRYPT_WORK {
        return Err(format!("scrypt with N {n}, r {r} and p {p}, which costs more than any key file needs"));
    }
    Ok(())
}

/// The key in a PKCS#8 document of version 1 or 2; in the latter the public key must be the private key's.
fn key(path: &Path, document: &SecretDocument) -> Result<PrivateKey, KeyFileError> {
    let form = |reason: String| KeyFileError::Form { path: path.into(), reason };
    let info = PrivateKeyInfoRef::from_der(document.as_bytes()).map_err(|error| form(error.to_string()))?;
    let parameters = info.algorithm.parameters;
    if let Some(algorithm) = ForeignAlgorithm::of(info.algorithm.oid, parameters) {
        return Err(KeyFileError::Algorithm { path: path.into(), algorithm });
    }
    // CurvePrivateKey ::= OCTET STRING, in the OCTET STRING of PKCS#8 (RFC 8410, section 7).
    let mut seed = Zeroizing::new([0; 32]);
    match info.private_key.as_bytes() {
        [0x04, 0x20, octets @ ..] if octets.len() == seed.len() => seed.copy_from_slice(octets),
        _ => return Err(form("the private key has not 32 octets".into())),
    }
    let key = PrivateKey::from_seed(&seed);
    match info.public_key.map(|public| public.as_bytes()) {
        None => Ok(key),
        Some(Some(public)) if public == key.hi().as_bytes() => Ok(key),
        Some(_) => Err(form("the public key beside the private key is another's".into())),
    }
}

fn other_label(path: &Path, label: &str) -> KeyFileError {
    KeyFileError::Form { path: path.into(), reason: format!("it is PEM of a {label}") }
}
