//! Reading keys: private key files with their passwords, public keys as text or files.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use dime_sign::PrivateKey;
use dime_sign::key_file::{self, KeyFileError};
use drip_cert::pem::{self, Label};
use drip_det::HostIdentity;

use crate::input;
use crate::outcome::Failure;

/// SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410 §4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Where the password of an encrypted key file comes from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Password {
    /// File with the key file's password; without it, an encrypted key file's password is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

impl Password {
    /// The password of an existing key file that turned out to be encrypted.
    fn existing(&self, key: &Path) -> Result<Vec<u8>, Failure> {
        match &self.password_file {
            Some(file) => from_file(file),
            None => ask(&format!("Password of {}: ", key.display())),
        }
    }

    /// The password for a new key file; asked for twice.
    pub(crate) fn new_one(&self, key: &Path) -> Result<Vec<u8>, Failure> {
        let password = match &self.password_file {
            Some(file) => from_file(file)?,
            None => {
                let first = ask(&format!("New password of {}: ", key.display()))?;
                if ask("The same again: ")? != first {
                    return Err(Failure::usage("the two passwords differ"));
                }
                first
            }
        };
        if password.is_empty() { Err(Failure::usage("the password is empty")) } else { Ok(password) }
    }
}

/// The first line of a file, which only its owner should read.
pub(crate) fn from_file(file: &Path) -> Result<Vec<u8>, Failure> {
    let octets = input::octets(file)?;
    Ok(octets.split(|octet| *octet == b'\n').next().unwrap_or_default().trim_ascii_end().to_vec())
}

fn ask(prompt: &str) -> Result<Vec<u8>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("the key is encrypted: give --password-file, or run this on a terminal"));
    }
    rpassword::prompt_password(prompt).map(String::into_bytes).map_err(Failure::unable)
}

/// Load a private key, asking for its password only when it has one.
pub(crate) fn private_key(file: &Path, password: &Password) -> Result<PrivateKey, Failure> {
    match key_file::load(file, None) {
        Err(KeyFileError::PasswordNeeded { .. }) => {
            key_file::load(file, Some(&password.existing(file)?)).map_err(Failure::unable)
        }
        other => other.map_err(Failure::unable),
    }
}

/// A public key: 64 hexadecimal digits, or a file with them, a PEM or DER public key, or 32 octets.
pub(crate) fn host_identity(text: &str) -> Result<HostIdentity, Failure> {
    if text.len() == 64 && text.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        return text.parse().map_err(Failure::usage);
    }
    let path = Path::new(text);
    let octets = input::octets(path)?;
    let der = if pem::is_pem(&octets) {
        pem::decode(Label::PublicKey, &octets).map_err(|error| Failure::file(path, error))?
    } else if let Some(hi) = std::str::from_utf8(&octets).ok().and_then(|text| text.trim().parse().ok()) {
        return Ok(hi);
    } else {
        octets
    };
    let key = der.strip_prefix(&SPKI_PREFIX).unwrap_or(&der);
    let key: &[u8; 32] = key
        .try_into()
        .map_err(|_| Failure::file(path, "not an Ed25519 public key (PEM, DER, 32 octets or 64 digits)"))?;
    HostIdentity::from_bytes(key).map_err(|error| Failure::file(path, error))
}

/// SubjectPublicKeyInfo of a key, DER.
pub(crate) fn spki(hi: &HostIdentity) -> Vec<u8> {
    [SPKI_PREFIX.as_slice(), hi.as_bytes()].concat()
}
