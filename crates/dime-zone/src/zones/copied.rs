//! Copies of other servers' zones among those that are served.

use super::{ServedZone, Zones};
use crate::{Name, ZoneError, copy::ZoneCopy, zone::copied::Origin};
use drip_det::{UnixTime, ZoneCut};
use std::sync::Arc;

/// Whether something was another before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyStanding {
    /// It was.
    Changed,
    /// It was not.
    AsBefore,
}

impl Zones {
    /// Serves a copy, instead of the copy of the same zone that is served now: whoever asks sees the one or the other. A zone that is ours is
    /// not replaced. What the zones above and below say of it is as it came, too.
    pub fn serve_copy(&self, copy: &ZoneCopy) -> Result<(), ZoneError> {
        let mut zone = copy.zone.clone();
        zone.origin = Origin::Copied;
        let mut served = self.served.write();
        match served.get(&copy.cut()) {
            Some(now) if now.read().origin == Origin::Own => Err(ZoneError::Served(zone.name)),
            Some(now) => {
                self.change(now, |now| *now = zone);
                Ok(())
            }
            None => {
                Arc::make_mut(&mut served).insert(copy.cut(), Arc::new(ServedZone::new(zone)));
                drop(served);
                self.show_roster();
                Ok(())
            }
        }
    }

    /// The copy that is served, with the signatures, serial and all: what differences are applied to.
    pub fn copy_of(&self, cut: ZoneCut) -> Option<ZoneCopy> {
        let zone = self.zone(cut).ok()?;
        let zone = zone.write();
        (zone.origin != Origin::Own).then(|| ZoneCopy { zone: zone.clone() })
    }

    /// Until when what the primary of a copy has signed last can be valid: the signatures of its SOA. `None` where it is not signed, or no
    /// copy. They are served on after that: who validates is the judge of them.
    pub fn signed_until(&self, cut: ZoneCut, now: UnixTime) -> Option<UnixTime> {
        self.zone(cut).ok()?.read().received_until(now)
    }

    /// Answers no more from a copy that is too old: SERVFAIL, until another is served.
    pub fn expire_copy(&self, cut: ZoneCut) -> Result<CopyStanding, ZoneError> {
        self.with_copy(cut, Origin::Expired)
    }

    /// Answers from a copy again that was too old, and that its primary has said to be right.
    pub fn confirm_copy(&self, cut: ZoneCut) -> Result<CopyStanding, ZoneError> {
        self.with_copy(cut, Origin::Copied)
    }

    /// Serves a copy no more: whether there was one.
    pub fn drop_copy(&self, cut: ZoneCut) -> Option<ZoneCopy> {
        let copy = self.copy_of(cut)?;
        Arc::make_mut(&mut self.served.write()).remove(&cut);
        self.show_roster();
        Some(copy)
    }

    fn with_copy(&self, cut: ZoneCut, origin: Origin) -> Result<CopyStanding, ZoneError> {
        let not_served = || ZoneError::NotServed(Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4));
        let zone = self.zone(cut)?;
        match zone.read().origin {
            Origin::Own => return Err(not_served()),
            now if now == origin => return Ok(CopyStanding::AsBefore),
            _ => {}
        }
        self.change(&zone, |zone| zone.origin = origin);
        Ok(CopyStanding::Changed)
    }
}
