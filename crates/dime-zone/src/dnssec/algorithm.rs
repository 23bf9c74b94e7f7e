//! The DNSSEC algorithms that zones here are signed with: the two that RFC 8624, section 3.1, would have everybody sign with.

use core::{fmt, str::FromStr};

/// A DNSSEC algorithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// 13 (RFC 6605): ECDSA on the curve P-256 with SHA-256. Every validator knows it.
    EcdsaP256Sha256,
    /// 15 (RFC 8080): Ed25519, the algorithm of the DETs themselves; signs several times faster.
    #[default]
    Ed25519,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Algorithm; 2] = [Algorithm::EcdsaP256Sha256, Algorithm::Ed25519];

    /// Its number.
    pub const fn number(self) -> u8 {
        match self {
            Algorithm::EcdsaP256Sha256 => 13,
            Algorithm::Ed25519 => 15,
        }
    }

    /// Its name in BIND's files, in upper case.
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Algorithm::EcdsaP256Sha256 => "ECDSAP256SHA256",
            Algorithm::Ed25519 => "ED25519",
        }
    }

    /// The algorithm of a number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.number() == number)
    }
}

/// Its name in lower case, as in commands.
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mnemonic().to_ascii_lowercase())
    }
}

/// A name that is no algorithm's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("zones are signed with ed25519 or ecdsap256sha256")]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        let known = |algorithm: &Algorithm| text.eq_ignore_ascii_case(algorithm.mnemonic());
        Self::ALL.into_iter().find(known).ok_or(UnknownAlgorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_both_ways() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
            assert_eq!(Algorithm::of_number(algorithm.number()), Some(algorithm));
        }
        assert_eq!("rsasha256".parse::<Algorithm>(), Err(UnknownAlgorithm));
        assert_eq!(Algorithm::of_number(8), None);
    }
}
