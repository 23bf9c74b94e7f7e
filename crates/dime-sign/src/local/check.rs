//! What a signer checks before it signs (draft-ietf-drip-dki, section 2).
//!
//! | signer's place | Authorization key signs | Issuing key signs |
//! |---|---|---|
//! | 0/0, Apex | itself, Issuing DETs at 0/0, Authorization DETs at R/0 | Operational DETs at 0/0 |
//! | R/0, RAA | itself, Issuing DETs at R/0, Authorization DETs at R/H | Operational DETs at R/0 |
//! | R/H, HDA | itself, Issuing DETs at R/H | Operational DETs at R/H |
//!
//! The three other HDA numbers that belong to an RAA count as its own place. An endorsement does not say what role its child has, a
//! certificate does: there the role is checked, too. Cross-endorsement of another RAA is the one exception, and off by default.

mod c509;
mod certificate;
mod offline_cache;
mod revocation;
mod trust_list;
mod ua_evidence;

use super::{LocalSigner, level_of};
use crate::{CrossEndorsement, Endless, KeyClass, PolicyFault};
use drip_det::{Det, DetClass, DripTime, Hid, HostIdentity, Level, UnixTime};
use drip_wire::EndorsementBody;

/// Where a child sits, seen from a signer of the DKI.
enum Standing {
    /// The signer itself.
    Itself,
    /// At the signer's own place.
    Beside,
    /// An authority of the next level.
    Below,
    /// Another RAA.
    Across,
}

impl<C: KeyClass> LocalSigner<C> {
    pub(super) fn check_endorsement(&self, body: &EndorsementBody, now: UnixTime) -> Result<(), PolicyFault> {
        let standing = self.standing("endorsement", body.parent, body.child, &body.child_hi)?;
        match (C::CLASS, standing, self.policy.cross_endorsement) {
            (DetClass::Authorization, Standing::Across, CrossEndorsement::Refused) => {
                return Err(PolicyFault::CrossEndorsement { child: body.child });
            }
            (DetClass::Authorization, ..) | (DetClass::Issuing, Standing::Beside, _) => {}
            _ => return Err(self.scope(body.child)),
        }
        self.check_endorsed_time(body, now)
    }

    pub(super) fn check_attestation(&self, body: &EndorsementBody, now: UnixTime) -> Result<(), PolicyFault> {
        if C::CLASS != DetClass::Operational {
            return Err(PolicyFault::Class { class: C::CLASS, kind: "operator attestation" });
        }
        self.check_parties(body.parent, body.child, &body.child_hi)?;
        if body.child_hi == *self.key.hi() {
            return Err(PolicyFault::OwnKey { child: body.child });
        }
        self.check_endorsed_time(body, now)
    }

    /// Checks parent and child, and says where the child stands; a child anywhere else is out of scope.
    fn standing(
        &self,
        kind: &'static str,
        parent: Det,
        child: Det,
        hi: &HostIdentity,
    ) -> Result<Standing, PolicyFault> {
        if C::CLASS == DetClass::Operational {
            return Err(PolicyFault::Class { class: C::CLASS, kind });
        }
        self.check_parties(parent, child, hi)?;
        if *hi == *self.key.hi() {
            return match C::CLASS {
                DetClass::Authorization if child == self.det => Ok(Standing::Itself),
                _ => Err(PolicyFault::OwnKey { child }),
            };
        }
        let (own, place) = (self.det.hid(), child.hid());
        let level = level_of(place).map_err(|_| self.scope(child))?;
        let standing = match (self.level, level) {
            (Level::Apex, Level::Apex) => Standing::Beside,
            (Level::Apex, Level::Raa) if is_first_place(place) => Standing::Below,
            (Level::Raa, Level::Raa) if own.raa == place.raa => Standing::Beside,
            (Level::Raa, Level::Raa) if is_first_place(place) => Standing::Across,
            (Level::Raa, Level::Hda) if own.raa == place.raa => Standing::Below,
            (Level::Hda, Level::Hda) if own == place => Standing::Beside,
            _ => return Err(self.scope(child)),
        };
        Ok(standing)
    }

    fn check_parties(&self, parent: Det, child: Det, hi: &HostIdentity) -> Result<(), PolicyFault> {
        if parent != self.det {
            return Err(PolicyFault::NotParent { parent, signer: self.det });
        }
        Ok(child.check(hi)?)
    }

    fn scope(&self, child: Det) -> PolicyFault {
        PolicyFault::Scope { child, signer: self.det }
    }

    fn check_endorsed_time(&self, body: &EndorsementBody, now: UnixTime) -> Result<(), PolicyFault> {
        let end = (body.vna != DripTime::FOREVER).then(|| body.vna.to_unix());
        self.check_time(body.vnb.to_unix(), end, now)
    }

    /// Checks a validity; no `not_after` means no end.
    fn check_time(
        &self,
        not_before: UnixTime,
        not_after: Option<UnixTime>,
        now: UnixTime,
    ) -> Result<(), PolicyFault> {
        let policy = &self.policy;
        let earliest = UnixTime(now.0.saturating_sub(policy.max_backdating));
        if not_before < earliest {
            return Err(PolicyFault::Backdated { not_before, earliest });
        }
        let latest = UnixTime(not_before.min(now).0.saturating_add(policy.max_lifetime));
        let Some(not_after) = not_after else {
            return match policy.endless {
                Endless::Refused => Err(PolicyFault::Endless),
                // What never ends must at least begin in time.
                Endless::Allowed if not_before > latest => {
                    Err(PolicyFault::TooLong { not_after: not_before, latest })
                }
                Endless::Allowed => Ok(()),
            };
        };
        if not_after < not_before {
            return Err(PolicyFault::Reversed { not_before, not_after });
        }
        if not_after <= now {
            return Err(PolicyFault::Expired { not_after, now });
        }
        if not_after > latest {
            return Err(PolicyFault::TooLong { not_after, latest });
        }
        match self.authority_ends() {
            Some(authority_ends) if not_after > authority_ends => {
                Err(PolicyFault::OutlastsSigner { not_after, authority_ends })
            }
            _ => Ok(()),
        }
    }
}

/// Whether this is R/0, where an RAA's Authorization DET must sit.
fn is_first_place(hid: Hid) -> bool {
    hid.hda == drip_det::Hda::OF_RAA
}
