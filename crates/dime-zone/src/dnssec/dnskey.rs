//! DNSKEY (RFC 4034, section 2; Ed25519: RFC 8080, section 3), its key tag and its DS.

use crate::{Ds, Name};
use sha2::{Digest, Sha256, Sha384};

/// Ed25519 among the DNSSEC algorithms.
pub(crate) const ED25519: u8 = 15;
/// How a DS is made of a key: the digest types in use (RFC 8624, section 3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DsDigest {
    /// 2 (RFC 4509): every zone above takes it, and every validator knows it.
    #[default]
    Sha256,
    /// 4 (RFC 6605).
    Sha384,
}

/// Bit 7: the key is a zone's.
const ZONE_KEY: u16 = 0x0100;
/// Bit 15: secure entry point, the mark of a key-signing key.
const SECURE_ENTRY_POINT: u16 = 0x0001;

/// The public half of a zone's key.
///
/// | octets | content |
/// |---|---|
/// | 2 | flags: 257 key-signing, 256 zone-signing |
/// | 1 | protocol, always 3 |
/// | 1 | algorithm, 15 |
/// | 32 | public key |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dnskey {
    /// The flags.
    pub flags: u16,
    /// The public key.
    pub public_key: [u8; 32],
}

impl Dnskey {
    /// The flags of a key-signing key, of which the zone above has the digest.
    pub const KSK: u16 = ZONE_KEY | SECURE_ENTRY_POINT;
    /// The flags of a zone-signing key.
    pub const ZSK: u16 = ZONE_KEY;

    /// The RDATA.
    pub fn encode(&self) -> Vec<u8> {
        let mut rdata = Vec::with_capacity(36);
        rdata.extend_from_slice(&self.flags.to_be_bytes());
        rdata.extend_from_slice(&[3, ED25519]);
        rdata.extend_from_slice(&self.public_key);
        rdata
    }

    /// The key tag (RFC 4034, appendix B).
    pub fn key_tag(&self) -> u16 {
        let sum: u32 = self
            .encode()
            .chunks(2)
            .map(|pair| match *pair {
                [high, low] => u32::from(u16::from_be_bytes([high, low])),
                [high] => u32::from(high) << 8,
                _ => 0,
            })
            .sum();
        (sum + (sum >> 16)) as u16
    }

    /// The DS by which the zone above vouches for this key (RFC 4034, section 5.1.4; SHA-256 of RFC 4509).
    pub fn ds(&self, zone: &Name) -> Ds {
        self.ds_by(zone, DsDigest::Sha256)
    }

    /// The DS with a digest of one's choice.
    pub fn ds_by(&self, zone: &Name, digest: DsDigest) -> Ds {
        let octets = [zone.wire().to_ascii_lowercase(), self.encode()].concat();
        let (digest_type, digest) = match digest {
            DsDigest::Sha256 => (2, Sha256::digest(&octets).to_vec()),
            DsDigest::Sha384 => (4, Sha384::digest(&octets).to_vec()),
        };
        Ds { key_tag: self.key_tag(), algorithm: ED25519, digest_type, digest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, prelude::BASE64_STANDARD};

    /// The examples of RFC 8080, section 6.1.
    #[test]
    fn examples_of_rfc_8080() {
        let zone: Name = "example.com.".parse().unwrap();
        for (public_key, tag, digest) in [
            (
                "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
                3613,
                "3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b",
            ),
            (
                "zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
                35217,
                "401781b934e392de492ec77ae2e15d70f6575a1c0bc59c5275c04ebe80c6614c",
            ),
        ] {
            let public_key = BASE64_STANDARD.decode(public_key).unwrap().try_into().unwrap();
            let key = Dnskey { flags: Dnskey::KSK, public_key };
            assert_eq!(key.key_tag(), tag);
            assert_eq!(hex::encode(key.ds(&zone).digest), digest);
        }
    }
}
