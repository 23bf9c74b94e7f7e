//! `[dns.cookies]`: what DNS cookies are made with (RFC 9018).
//!
//! The servers of an anycast group share secrets: a file with one secret a line, 32 hexadecimal digits each. Cookies are made with the
//! first and taken if made with any, so that a new one can be brought everywhere before it is used (section 5).

use std::path::PathBuf;

use dime_dns::{CookieConfig, CookieSecret};
use serde::{Deserialize, Serialize};

use super::secret_file;
use crate::outcome::Failure;

/// What cookies are made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Cookies {
    /// Whether cookies are made and checked.
    pub(super) enabled: bool,
    /// A file with the group's secrets; empty for one of our own, made at the start.
    pub(super) secret_file: PathBuf,
}

impl Default for Cookies {
    fn default() -> Self {
        Self { enabled: true, secret_file: PathBuf::new() }
    }
}

impl Cookies {
    pub(super) fn to_server(&self) -> Result<CookieConfig, Failure> {
        if !self.enabled {
            return Ok(CookieConfig::Off);
        }
        if self.secret_file.as_os_str().is_empty() {
            return Ok(CookieConfig::Own);
        }
        let octets = secret_file::read(&self.secret_file)?;
        let wrong = || {
            Failure::file(
                &self.secret_file,
                "is not one secret of 32 hexadecimal digits, or several, one a line",
            )
        };
        let text = std::str::from_utf8(&octets).map_err(|_| wrong())?;
        let mut secrets = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut secret: CookieSecret = [0; 16];
            hex::decode_to_slice(line, &mut secret).map_err(|_| wrong())?;
            secrets.push(secret);
        }
        match secrets.split_first() {
            Some((current, others)) => {
                Ok(CookieConfig::Shared { current: *current, others: others.to_vec() })
            }
            None => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn of(text: &str, mode: u32) -> Result<CookieConfig, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cookies.secret");
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let cookies = Cookies { enabled: true, secret_file: file };
        cookies.to_server().map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn secrets_in_order() {
        let (one, two) = ("e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962");
        let secret = |text: &str| -> CookieSecret { hex::decode(text).unwrap().try_into().unwrap() };
        let shared = of(&format!("{one}\n\n  {two}\n"), 0o600).unwrap();
        assert!(shared == CookieConfig::Shared { current: secret(one), others: vec![secret(two)] });
        for wrong in ["", "\n", &one[1..], &format!("{one}0"), "not hexadecimal, but of 32 octets"] {
            assert!(of(wrong, 0o600).unwrap_err().contains("32 hexadecimal digits"), "{wrong:?}");
        }
        assert!(of(one, 0o644).unwrap_err().contains("others than its owner"));
    }
}
