//! A zone's key with its private half.

use super::{Dnskey, KeyTimes};
use core::fmt;
use ed25519_dalek::{Signer as _, SigningKey};

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

/// A key that can sign. The private half is wiped when it is dropped, and is neither printed nor copied.
pub struct ZoneKey {
    dnskey: Dnskey,
    private: SigningKey,
    /// When it does what.
    pub times: KeyTimes,
}

impl ZoneKey {
    /// The key that 32 octets of good randomness make.
    pub fn from_seed(seed: &[u8; 32], role: KeyRole, times: KeyTimes) -> Self {
        let private = SigningKey::from_bytes(seed);
        let dnskey = Dnskey { flags: role.flags(), public_key: private.verifying_key().to_bytes() };
        ZoneKey { dnskey, private, times }
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

    /// Signs octets (RFC 8080, section 4: the signature as in RFC 8032).
    pub(crate) fn sign(&self, octets: &[u8]) -> [u8; 64] {
        self.private.sign(octets).to_bytes()
    }

    /// The private half, for the key file.
    pub(crate) fn seed(&self) -> &[u8; 32] {
        self.private.as_bytes()
    }
}
