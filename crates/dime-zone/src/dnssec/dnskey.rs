//! DNSKEY (RFC 4034, section 2; Ed25519: RFC 8080, section 3; ECDSA: RFC 6605, section 4), its key tag and its DS.

use super::Algorithm;
use crate::{Ds, Name};
use sha2::{Digest, Sha256, Sha384};

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
/// | 1 | algorithm |
/// | 32 or 64 | public key |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dnskey {
    /// The flags.
    pub flags: u16,
    /// The public key.
    pub public_key: PublicKey,
}

/// A public key as it stands in DNSKEY.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKey {
    /// The two coordinates of a point, without an octet that says so (RFC 6605, section 4).
    EcdsaP256Sha256([u8; 64]),
    /// As in RFC 8032.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// The octets of a key of an algorithm; `None` where there are more or fewer than it has.
    pub fn of_octets(algorithm: Algorithm, octets: &[u8]) -> Option<Self> {
        match algorithm {
            Algorithm::EcdsaP256Sha256 => octets.try_into().ok().map(PublicKey::EcdsaP256Sha256),
            Algorithm::Ed25519 => octets.try_into().ok().map(PublicKey::Ed25519),
        }
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            PublicKey::EcdsaP256Sha256(_) => Algorithm::EcdsaP256Sha256,
            PublicKey::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Its octets.
    pub fn octets(&self) -> &[u8] {
        match self {
            PublicKey::EcdsaP256Sha256(octets) => octets,
            PublicKey::Ed25519(octets) => octets,
        }
    }
}

impl Dnskey {
    /// The flags of a key-signing key, of which the zone above has the digest.
    pub const KSK: u16 = ZONE_KEY | SECURE_ENTRY_POINT;
    /// The flags of a zone-signing key.
    pub const ZSK: u16 = ZONE_KEY;

    /// The RDATA.
    pub fn encode(&self) -> Vec<u8> {
        let mut rdata = Vec::with_capacity(68);
        rdata.extend_from_slice(&self.flags.to_be_bytes());
        rdata.extend_from_slice(&[3, self.algorithm().number()]);
        rdata.extend_from_slice(self.public_key.octets());
        rdata
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.public_key.algorithm()
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
        Ds { key_tag: self.key_tag(), algorithm: self.algorithm().number(), digest_type, digest }
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
            let octets = BASE64_STANDARD.decode(public_key).unwrap();
            let public_key = PublicKey::of_octets(Algorithm::Ed25519, &octets).unwrap();
            let key = Dnskey { flags: Dnskey::KSK, public_key };
            assert_eq!(key.key_tag(), tag);
            assert_eq!(hex::encode(key.ds(&zone).digest), digest);
        }
    }

    /// The example of RFC 6605, section 6.1.
    #[test]
    fn example_of_rfc_6605() {
        let octets =
            "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
        let octets = BASE64_STANDARD.decode(octets).unwrap();
        let public_key = PublicKey::of_octets(Algorithm::EcdsaP256Sha256, &octets).unwrap();
        let key = Dnskey { flags: Dnskey::KSK, public_key };
        assert_eq!(key.key_tag(), 55648);
        let ds = key.ds(&"example.net.".parse().unwrap());
        assert_eq!((ds.algorithm, ds.digest_type), (13, 2));
        let digest = "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17";
        assert_eq!(hex::encode(ds.digest), digest);
        assert_eq!(PublicKey::of_octets(Algorithm::Ed25519, &octets), None);
    }
}
