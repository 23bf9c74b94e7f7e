//! An authority: an Authorization or Issuing DET of this DIME's own chain, or of a level above it.

use drip_det::{Det, DetClass, EntityType, Hid, HostIdentity, Level, UnixTime};

/// Whether a hierarchy is meant in earnest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Made by a ceremony with offline keys.
    Production,
    /// Made on an online machine for trying things out; nobody else should trust it.
    Test,
}

/// One Authorization or Issuing DET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its DET: its identifier, and unique among registrations too.
    pub det: Det,
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// Its key.
    pub hi: HostIdentity,
    /// Apex, RAA or HDA.
    pub level: Level,
    /// Authorization or Issuing.
    pub class: DetClass,
    /// Its place in the hierarchy.
    pub hid: Hid,
    /// Who endorsed it; itself for a trust anchor.
    pub parent: Det,
    /// The HHIT entity type.
    pub entity_type: EntityType,
    /// Its parent's endorsement of it.
    pub endorsement: [u8; 136],
    /// Its X.509 Lite certificate, DER.
    pub certificate: Vec<u8>,
    /// Whether it may be trusted for more than trying things out.
    pub standing: Standing,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
}
