//! What a zone is told about itself: its SOA, its name servers, and those of the zones below it.

use crate::{Name, Serial};
use core::fmt;
use drip_det::ZoneCut;
use std::net::IpAddr;

/// A zone to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneConfig {
    /// Which zone.
    pub cut: ZoneCut,
    /// Its start of authority.
    pub soa: Soa,
    /// The serial to begin with.
    pub serial: Serial,
    /// Its name servers, one at least.
    pub ns: Vec<Name>,
    /// Addresses of those name servers that are named inside the zone.
    pub glue: Vec<Host>,
    /// TTL of SOA, NS and addresses, in seconds.
    pub ttl: u32,
}

/// The fields of an SOA record apart from the serial (RFC 1035, section 3.3.13); times in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Soa {
    /// The primary name server.
    pub mname: Name,
    /// The mailbox of the person responsible, `@` written as a dot.
    pub rname: Name,
    /// How often secondaries look for a new serial.
    pub refresh: u32,
    /// How long they wait after a failure.
    pub retry: u32,
    /// How long they serve without success.
    pub expire: u32,
    /// How long a negative answer may be remembered (RFC 2308).
    pub minimum: u32,
}

/// A name server's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: Name,
    /// Its IPv4 and IPv6 addresses.
    pub addresses: Vec<IpAddr>,
}

/// A zone below that is served elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Its name servers, one at least.
    pub ns: Vec<Name>,
    /// Addresses of those that are named inside the delegated zone. Those named elsewhere in the delegating zone have theirs there, as
    /// glue of its own.
    pub glue: Vec<Host>,
    /// The keys it is signed with; none where it is not signed.
    pub ds: Vec<Ds>,
}

/// A delegation signer: the digest of a key of the zone below, which the zone above vouches for (RFC 4034, section 5).
///
/// | octets | content |
/// |---|---|
/// | 2 | key tag |
/// | 1 | algorithm of the key |
/// | 1 | digest type |
/// | to the end | digest |
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ds {
    /// The key tag (RFC 4034, appendix B).
    pub key_tag: u16,
    /// The algorithm of the key: 15 is Ed25519.
    pub algorithm: u8,
    /// How the digest was made: 2 is SHA-256.
    pub digest_type: u8,
    /// The digest.
    pub digest: Vec<u8>,
}

impl Ds {
    /// The RDATA.
    pub fn encode(&self) -> Vec<u8> {
        let mut rdata = Vec::with_capacity(4 + self.digest.len());
        rdata.extend_from_slice(&self.key_tag.to_be_bytes());
        rdata.extend_from_slice(&[self.algorithm, self.digest_type]);
        rdata.extend_from_slice(&self.digest);
        rdata
    }
}

/// `key-tag algorithm digest-type DIGEST` (RFC 4034, section 5.3).
impl fmt::Display for Ds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.key_tag, self.algorithm, self.digest_type)?;
        self.digest.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

/// Why a zone or delegation cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// A zone needs a name server.
    #[error("zone {0} has no name server")]
    NoNameServer(Name),
    /// A glue name is outside the zone whose servers it belongs to.
    #[error("the address of {host} does not belong to zone {zone}: the name is outside it")]
    OutOfBailiwick {
        /// The glue's name.
        host: Name,
        /// The zone.
        zone: Name,
    },
    /// A name server is named inside the zone, and nobody could find its address.
    #[error("name server {host} is inside zone {zone} but has no address")]
    NoAddress {
        /// The name server.
        host: Name,
        /// The zone.
        zone: Name,
    },
    /// A glue name consists of nibbles only, where the names of DETs and zones are.
    #[error("{0} is a name for a DET or zone, not for a name server")]
    NotAHostName(Name),
    /// The HDA numbers 0, 4096, 8192 and 12288 have no zones: their DETs live in the RAA's.
    #[error("no zone is cut at {0}: this HDA number belongs to the RAA")]
    NoCut(Name),
    /// The zone is served here already.
    #[error("zone {0} is served here already")]
    Served(Name),
    /// The zone that would delegate is not served here.
    #[error("no zone above {0} is served here")]
    NoParent(Name),
    /// DETs under the new cut are in the zone above it.
    #[error("zone {0} cannot be cut: DETs in it are published in the zone above")]
    Occupied(Name),
    /// The zone is not served here.
    #[error("zone {0} is not served here")]
    NotServed(Name),
    /// The zone must be signed, and has no keys.
    #[error("zone {0} has no DNSSEC keys: Apex and RAA zones are not served unsigned unless told TEST")]
    Unsigned(Name),
    /// The zone's keys cannot be used.
    #[error("zone {zone} cannot be signed: {fault}")]
    Keys {
        /// The zone.
        zone: Name,
        /// What is wrong with them.
        fault: String,
    },
}
