//! A zone's key with its private half.

use super::{Algorithm, Dnskey, KeyTimes, PublicKey};
use core::fmt;
use ed25519_dalek::Signer as _;
use zeroize::Zeroizing;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyRole {
    /// KSK: the zone above has its digest; it signs the DNSKEY set, and everything where a zone has no ZSK.
    KeySigning,
    /// ZSK: it signs the rest of the zone.
    ZoneSigning,
}

impl KeyRole {
    /// The DNSKEY flags of such a key.
    pub const fn flags(self) -> u16 {
        match self {
            KeyRole::KeySigning => Dnskey::KSK,
            KeyRole::ZoneSigning => Dnskey::ZSK,
        }
    }
}

impl fmt::Display for KeyRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyRole::KeySigning => "KSK",
            KeyRole::ZoneSigning => "ZSK",
        })
    }
}

/// The private halves wipe themselves.
enum Private {
    EcdsaP256Sha256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// A key that can sign. The private half is wiped when it is dropped, and is neither printed nor copied.
pub struct ZoneKey {
    dnskey: Dnskey,
    private: Private,
    /// When it does what.
    pub times: KeyTimes,
}

impl ZoneKey {
    /// The Ed25519 key that 32 octets of good randomness make.
    pub fn from_seed(seed: &[u8; 32], role: KeyRole, times: KeyTimes) -> Self {
        let private = ed25519_dalek::SigningKey::from_bytes(seed);
        let public_key = PublicKey::Ed25519(private.verifying_key().to_bytes());
        Self::of(Private::Ed25519(private), public_key, role, times)
    }

    /// The key of an algorithm that 32 octets of good randomness make; for ECDSA they are the private number, and one of 2^32 such
    /// strings is none.
    pub fn of_algorithm(
        algorithm: Algorithm,
        seed: &[u8; 32],
        role: KeyRole,
        times: KeyTimes,
    ) -> Option<Self> {
        match algorithm {
            Algorithm::Ed25519 => Some(Self::from_seed(seed, role, times)),
            Algorithm::EcdsaP256Sha256 => {
                let private = p256::ecdsa::SigningKey::from_bytes(seed.into()).ok()?;
                let point = private.verifying_key().to_sec1_point(false);
                let public_key = PublicKey::of_octets(algorithm, point.as_bytes().get(1..)?)?;
                Some(Self::of(Private::EcdsaP256Sha256(private), public_key, role, times))
            }
        }
    }

    fn of(private: Private, public_key: PublicKey, role: KeyRole, times: KeyTimes) -> Self {
        ZoneKey { dnskey: Dnskey { flags: role.flags(), public_key }, private, times }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.dnskey.algorithm()
    }

    /// The public half.
    pub fn dnskey(&self) -> &Dnskey {
        &self.dnskey
    }

    /// The key tag.
    pub fn tag(&self) -> u16 {
        self.dnskey.key_tag()
    }

    /// What it is for.
    pub fn role(&self) -> KeyRole {
        if self.dnskey.flags == Dnskey::KSK { KeyRole::KeySigning } else { KeyRole::ZoneSigning }
    }

    /// Signs octets: as in RFC 8032, or two numbers one after the other (RFC 6605, section 4), made without randomness (RFC 6979). Either
    /// way the same octets have one signature.
    pub(crate) fn sign(&self, octets: &[u8]) -> [u8; 64] {
        match &self.private {
            Private::Ed25519(private) => private.sign(octets).to_bytes(),
            Private::EcdsaP256Sha256(private) => {
                let signature: p256::ecdsa::Signature = private.sign(octets);
                signature.to_bytes().into()
            }
        }
    }

    /// The private half, for the key file.
    pub(crate) fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(match &self.private {
            Private::Ed25519(private) => *private.as_bytes(),
            Private::EcdsaP256Sha256(private) => private.to_bytes().into(),
        })
    }
}
