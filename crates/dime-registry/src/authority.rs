//! This DIME's own chain, as anybody may see it.

use crate::Alert;
use dime_store::{AuthorityStatus, IssuingUse, Ownership, Standing};
use drip_det::{Det, DetClass, EntityType, Hid, HostIdentity, Level, UnixTime};
use drip_wire::Endorsement;
use std::collections::BTreeSet;

/// One Authorization or Issuing DET of this DIME or of a level above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityView {
    /// The DET.
    pub det: Det,
    /// Its key.
    pub hi: HostIdentity,
    /// Apex, RAA or HDA.
    pub level: Level,
    /// Authorization or Issuing.
    pub class: DetClass,
    /// Where it sits.
    pub hid: Hid,
    /// Who endorsed it; itself for a trust anchor.
    pub parent: Det,
    /// The HHIT entity type.
    pub entity_type: EntityType,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
    /// Its parent's endorsement of it.
    pub endorsement: Endorsement,
    /// Its Lite certificate, DER.
    pub certificate: Vec<u8>,
    /// Its certificate of the Full profile, DER.
    pub full: Option<Vec<u8>>,
    /// Its certificate of the mtls profile, DER.
    pub mtls: Option<Vec<u8>>,
    /// How it stands.
    pub status: AuthorityStatus,
    /// Whose it is.
    pub own: Ownership,
    /// What an Issuing DET is for; everything, when nothing is said.
    pub uses: Vec<IssuingUse>,
    /// Whether it may be trusted for more than trying things out.
    pub standing: Standing,
}

impl AuthorityView {
    /// Whether it is in force at a time: active and within its validity.
    pub fn in_force(&self, now: UnixTime) -> bool {
        self.status == AuthorityStatus::Active && (self.not_before..=self.not_after).contains(&now)
    }

    /// Whether it is for this use.
    pub fn serves(&self, wanted: IssuingUse) -> bool {
        self.uses.is_empty() || self.uses.contains(&wanted)
    }

    /// Takes out what somebody wrote about why it stands as it does.
    pub(crate) fn conceal_reason(&mut self) {
        match &mut self.status {
            AuthorityStatus::Suspended { reason, .. }
            | AuthorityStatus::Retired { reason, .. }
            | AuthorityStatus::Revoked { reason, .. } => reason.clear(),
            AuthorityStatus::Active | AuthorityStatus::Expired { .. } => {}
        }
    }
}

/// This DIME's DKI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dki {
    /// The trust anchor of the first issuer.
    pub anchor: Det,
    /// The Issuing DETs that this DIME signs with.
    pub issuers: Vec<Det>,
    /// Every authority known, parents before children.
    pub authorities: Vec<AuthorityView>,
    /// What an administrator should see to; nothing for anybody else.
    pub alerts: BTreeSet<Alert>,
}
