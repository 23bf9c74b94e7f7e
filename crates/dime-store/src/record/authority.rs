//! An authority: an Authorization or Issuing DET of this DIME's own chain, of a level above it, or of a registry below it.

use crate::Kind;
use drip_det::{Det, DetClass, EntityType, Hid, HostIdentity, Level, UnixTime};

/// Whether a hierarchy is meant in earnest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Made by a ceremony with offline keys.
    Production,
    /// Made on an online machine for trying things out; nobody else should trust it.
    Test,
}

/// Where an authority stands, seen from this DIME.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ownership {
    /// This DIME's own: its zones are served here, and its Issuing keys sign here. So were all before ownership was written down.
    #[default]
    Own,
    /// Of a level above: known for the chain.
    Above,
    /// Of a registry below: its zone is delegated from here.
    Below,
}

impl Ownership {
    /// The word: `own`, `above`, `below`.
    pub const fn name(self) -> &'static str {
        match self {
            Ownership::Own => "own",
            Ownership::Above => "above",
            Ownership::Below => "below",
        }
    }
}

/// How an authority stands.
///
/// ```text
/// Active ◄──► Suspended
///   │  ╲          │
///   │   ╲► Retired│
///   ▼        ▼    ▼
/// Expired   Expired / Revoked (from any of the others)
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuthorityStatus {
    /// In force within its validity.
    #[default]
    Active,
    /// Out of the DNS and signing nothing; it may come back.
    Suspended {
        /// Since when.
        at: UnixTime,
        /// Why.
        reason: String,
    },
    /// Signs nothing new; what it signed stays until `at`, when it leaves the DNS.
    Retired {
        /// When it ends.
        at: UnixTime,
        /// Why.
        reason: String,
    },
    /// Ended for ever, with everything below it.
    Revoked {
        /// Since when.
        at: UnixTime,
        /// Why.
        reason: String,
        /// Why, as a number of RFC 5280 (CRLReason); records from before it was asked for have none.
        code: Option<u8>,
    },
    /// Ended by time, or at the end of its retirement.
    Expired {
        /// Since when.
        at: UnixTime,
    },
}

impl AuthorityStatus {
    /// The word: `active`, `suspended`, `retired`, `revoked`, `expired`.
    pub const fn name(&self) -> &'static str {
        match self {
            AuthorityStatus::Active => "active",
            AuthorityStatus::Suspended { .. } => "suspended",
            AuthorityStatus::Retired { .. } => "retired",
            AuthorityStatus::Revoked { .. } => "revoked",
            AuthorityStatus::Expired { .. } => "expired",
        }
    }

    /// Whether its DET is in the DNS.
    pub const fn is_published(&self) -> bool {
        matches!(self, AuthorityStatus::Active | AuthorityStatus::Retired { .. })
    }

    /// Whether it has ended for ever.
    pub const fn has_ended(&self) -> bool {
        matches!(self, AuthorityStatus::Revoked { .. } | AuthorityStatus::Expired { .. })
    }
}

/// What an Issuing DET is used for (draft-ietf-drip-dki: different ones for devices and people; an RAA has one for CRLs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssuingUse {
    /// Registrations of this kind.
    Kind(Kind),
    /// Revocation lists.
    Crl,
    /// OCSP responses, or the certificates of those who give them.
    Ocsp,
    /// Offline caches.
    Cache,
}

/// One Authorization or Issuing DET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its DET: its identifier. Unique among registrations too, but for the registration of the registry below that it belongs to.
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
    /// Its certificate of the Full profile, DER.
    pub full: Option<Vec<u8>>,
    /// Its certificate of the mtls profile, DER.
    pub mtls: Option<Vec<u8>>,
    /// Whether it may be trusted for more than trying things out.
    pub standing: Standing,
    /// How it stands.
    pub status: AuthorityStatus,
    /// Whose it is.
    pub own: Ownership,
    /// What an Issuing DET is for; everything, when nothing is said.
    pub uses: Vec<IssuingUse>,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
}

impl Authority {
    /// Whether it is for this use.
    pub fn serves(&self, wanted: IssuingUse) -> bool {
        self.uses.is_empty() || self.uses.contains(&wanted)
    }

    /// Whether it is in force at a time: active and within its validity.
    pub fn in_force(&self, now: UnixTime) -> bool {
        self.status == AuthorityStatus::Active && (self.not_before..=self.not_after).contains(&now)
    }
}
