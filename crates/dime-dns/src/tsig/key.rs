//! Keys: a name, an algorithm, a secret.

use dime_zone::Name;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};
use std::{fmt, str::FromStr, sync::Arc};

/// A keyed hash (RFC 8945, section 6): those that are recommended or mandatory and not truncated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `hmac-sha256`.
    HmacSha256,
    /// `hmac-sha384`.
    HmacSha384,
    /// `hmac-sha512`.
    HmacSha512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Algorithm; 3] = [Self::HmacSha256, Self::HmacSha384, Self::HmacSha512];

    /// The name, as in a TSIG record and in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::HmacSha256 => "hmac-sha256",
            Algorithm::HmacSha384 => "hmac-sha384",
            Algorithm::HmacSha512 => "hmac-sha512",
        }
    }

    /// The same as a domain name in wire form.
    pub(crate) const fn wire(self) -> &'static [u8] {
        match self {
            Algorithm::HmacSha256 => b"\x0bhmac-sha256\0",
            Algorithm::HmacSha384 => b"\x0bhmac-sha384\0",
            Algorithm::HmacSha512 => b"\x0bhmac-sha512\0",
        }
    }

    /// Octets of a whole MAC.
    pub(crate) const fn mac_length(self) -> usize {
        match self {
            Algorithm::HmacSha256 => 32,
            Algorithm::HmacSha384 => 48,
            Algorithm::HmacSha512 => 64,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = TsigKeyError;

    fn from_str(text: &str) -> Result<Self, TsigKeyError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| TsigKeyError::Algorithm(text.to_owned()))
    }
}

/// Why there is no such key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TsigKeyError {
    /// Not an algorithm that is served here.
    #[error("{0:?} is not an algorithm of TSIG that is served: hmac-sha256, hmac-sha384, hmac-sha512")]
    Algorithm(String),
    /// A secret that could be guessed (RFC 8945, section 10: as long as the hash; we ask for half of the shortest).
    #[error("the secret has {0} octets, at least 16 are needed")]
    Short(usize),
    /// Two keys have one name.
    #[error("there are two TSIG keys named {0}")]
    Twice(Name),
}

/// The shortest secret taken, in octets.
const SHORTEST: usize = 16;

/// A key. It shows its name, never its secret, of which it keeps the keyed state of the hash only.
pub struct TsigKey {
    name: Name,
    algorithm: Algorithm,
    keyed: Keyed,
}

enum Keyed {
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl TsigKey {
    /// The key of this name, algorithm and secret.
    pub fn new(name: Name, algorithm: Algorithm, secret: &[u8]) -> Result<Self, TsigKeyError> {
        let short = || TsigKeyError::Short(secret.len());
        if secret.len() < SHORTEST {
            return Err(short());
        }
        let keyed = match algorithm {
            Algorithm::HmacSha256 => Keyed::Sha256(Hmac::new_from_slice(secret).map_err(|_| short())?),
            Algorithm::HmacSha384 => Keyed::Sha384(Hmac::new_from_slice(secret).map_err(|_| short())?),
            Algorithm::HmacSha512 => Keyed::Sha512(Hmac::new_from_slice(secret).map_err(|_| short())?),
        };
        Ok(TsigKey { name, algorithm, keyed })
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The MAC over these octets.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
        fn over<M: Mac + Clone>(keyed: &M, parts: &[&[u8]]) -> Vec<u8> {
            let mut mac = keyed.clone();
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().to_vec()
        }
        match &self.keyed {
            Keyed::Sha256(keyed) => over(keyed, parts),
            Keyed::Sha384(keyed) => over(keyed, parts),
            Keyed::Sha512(keyed) => over(keyed, parts),
        }
    }

    /// Whether these are the first octets of the MAC, found out in a time that does not depend on how many of them are right.
    pub(crate) fn is_start_of_mac(&self, parts: &[&[u8]], start: &[u8]) -> bool {
        fn over<M: Mac + Clone>(keyed: &M, parts: &[&[u8]], start: &[u8]) -> bool {
            let mut mac = keyed.clone();
            parts.iter().for_each(|part| mac.update(part));
            mac.verify_truncated_left(start).is_ok()
        }
        match &self.keyed {
            Keyed::Sha256(keyed) => over(keyed, parts, start),
            Keyed::Sha384(keyed) => over(keyed, parts, start),
            Keyed::Sha512(keyed) => over(keyed, parts, start),
        }
    }
}

impl fmt::Debug for TsigKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TsigKey({} {})", self.name, self.algorithm)
    }
}

/// The keys there are.
#[derive(Clone, Debug, Default)]
pub struct KeyRing(Vec<Arc<TsigKey>>);

impl KeyRing {
    /// These keys, each of another name.
    pub fn new(keys: impl IntoIterator<Item = TsigKey>) -> Result<Self, TsigKeyError> {
        let mut ring = KeyRing::default();
        for key in keys {
            if ring.find(key.name()).is_some() {
                return Err(TsigKeyError::Twice(key.name));
            }
            ring.0.push(Arc::new(key));
        }
        Ok(ring)
    }

    /// The key of a name.
    pub fn find(&self, name: &Name) -> Option<&Arc<TsigKey>> {
        self.0.iter().find(|key| key.name.is_same(name))
    }
}
