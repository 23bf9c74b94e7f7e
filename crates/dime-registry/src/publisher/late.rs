//! A zone that begins to be served after the changes that it is made of: it was refused for want of DNSSEC keys, and has them now.

use super::Publisher;
use crate::{OurFault, Registry, sub_registry::zones_of};
use dime_store::{Delegation, Filter, Kind, Registration, State};
use dime_zone::Serial;
use drip_det::ZoneCut;

impl Registry {
    /// Publishes what belongs into a zone that is served only now: authorities, delegations and registrations, as they stand.
    pub fn fill_zone(&self, cut: ZoneCut) -> Result<(), OurFault> {
        const PAGE: usize = 500;
        let serial = || Serial(self.store.last_seq().0 as u32);
        self.publisher.fill_authorities(cut, serial());
        for delegation in &self.store.delegations()? {
            self.publisher.fill_delegation(delegation, cut, serial());
        }
        let filter = Filter { state: Some(State::Registered), ..Filter::default() };
        let mut after = None;
        loop {
            let page = self.store.registrations(filter, after.as_ref(), PAGE)?;
            for record in page.registrations.iter().filter(|record| ZoneCut::home_of(record.hid()) == cut) {
                self.as_it_stands(record, |record| self.publisher.fill_registration(record, serial()))?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        self.zones.filled(cut);
        Ok(())
    }

    /// Publishes a registration that was read some time ago, as it stands now, between two changes: one that was revoked meanwhile must not
    /// come back.
    pub(crate) fn as_it_stands(
        &self,
        record: &Registration,
        publish: impl FnOnce(&Registration),
    ) -> Result<(), OurFault> {
        self.follower.between_changes(|_| {
            if let Some(now) =
                self.store.registration(&record.id)?.filter(|now| now.state == State::Registered)
            {
                publish(&now);
            }
            Ok(())
        })
    }
}

impl Publisher {
    fn fill_authorities(&self, cut: ZoneCut, serial: Serial) {
        let all = self.authorities.all();
        for authority in all.iter().filter(|authority| ZoneCut::home_of(authority.hid) == cut) {
            self.show_authority(authority, serial);
        }
    }

    fn fill_registration(&self, record: &Registration, serial: Serial) {
        // A registry is published as the authority it is.
        let is_authority = matches!(record.kind, Kind::Hda | Kind::Raa);
        if let Some(published) = self.published(record).filter(|_| !is_authority) {
            self.publish(published, serial);
        }
    }

    /// A delegation out of the zone.
    fn fill_delegation(&self, delegation: &Delegation, cut: ZoneCut, serial: Serial) {
        let is_out_of_it = |below: &ZoneCut| below.parent() == Some(cut) || cut == ZoneCut::Apex;
        if zones_of(delegation.hid).iter().any(is_out_of_it) {
            self.put_delegation(delegation, serial);
        }
    }
}
