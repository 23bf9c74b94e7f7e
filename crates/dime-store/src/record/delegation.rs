//! A delegation: which registry below has a number, and who serves its zone.

use crate::RegistrationId;
use core::net::IpAddr;
use drip_det::{Hid, UnixTime};

/// The number of a registry below, who has it, and where its zone is served. Its HID is its identifier: a number is given once at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// R/H of an HDA, R/0 of an RAA.
    pub hid: Hid,
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// The registration that asked for the number, or has it.
    pub registration: RegistrationId,
    /// How it stands.
    pub state: DelegationState,
    /// The zone's name servers, full names with the final dot. None: the zone is served by the level above.
    pub name_servers: Vec<String>,
    /// Addresses of those name servers that are named inside the zone.
    pub glue: Vec<Glue>,
    /// The keys that the zone's own keys are signed with (RFC 4034, section 5).
    pub ds: Vec<DelegationSigner>,
    /// Where the registry is responsible, as `drip_wire::coverage` writes it.
    pub coverage: Option<Vec<u8>>,
    /// Whom to call.
    pub contact: Option<String>,
    /// The URI for its certificates.
    pub uri: Option<String>,
    /// Since when it is in force.
    pub since: Option<UnixTime>,
}

/// How a delegation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DelegationState {
    /// The number is taken, the registration waits.
    Waiting,
    /// In force: in the DNS.
    Active,
    /// Out of the DNS for the time being.
    Suspended,
    /// The number is free again.
    Ended,
}

impl DelegationState {
    /// The word: `waiting`, `active`, `suspended`, `ended`.
    pub const fn name(self) -> &'static str {
        match self {
            DelegationState::Waiting => "waiting",
            DelegationState::Active => "active",
            DelegationState::Suspended => "suspended",
            DelegationState::Ended => "ended",
        }
    }
}

/// The addresses of a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glue {
    /// Its full name with the final dot.
    pub name: String,
    /// Its IPv4 and IPv6 addresses.
    pub addresses: Vec<IpAddr>,
}

/// The content of a DS record, and of which zone: an RAA has four.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationSigner {
    /// Which of an RAA's four zones, 0 to 3; 0 for the one zone of an HDA.
    pub block: u8,
    /// Key tag.
    pub key_tag: u16,
    /// Algorithm of the key.
    pub algorithm: u8,
    /// Algorithm of the digest.
    pub digest_type: u8,
    /// The digest.
    pub digest: Vec<u8>,
}
