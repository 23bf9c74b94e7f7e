//! All zones put away at once, and served again as they were.

use super::{ServedZone, Zones};
use crate::{
    Published, RecordType, ZoneConfig, ZoneError,
    dnssec::Found,
    snapshot::{FrozenZone, Standing, ThawedZone},
    zone::{Zone, copied::Origin},
};
use drip_det::{Det, ZoneCut};
use std::sync::Arc;

impl Zones {
    /// All zones as they are at this moment, and those that are refused; quick, and later changes leave it alone. Zones change one by one:
    /// who wants all at the same change sees to it that there is none.
    pub fn freeze(&self) -> Vec<FrozenZone> {
        // Held, so that none goes from the refused to the served meanwhile.
        let late = self.late.lock();
        let served = self.served.newest();
        let of = |zone: &Zone| match late.contains(&zone.config.cut) {
            true => FrozenZone::refused(ZoneConfig::clone(&zone.config)),
            false => FrozenZone::of(zone),
        };
        let zones = served.values().map(|zone| zone.write());
        // What is copied from a primary is kept by who copies it.
        let mut frozen: Vec<_> =
            zones.filter(|zone| zone.origin == Origin::Own).map(|zone| of(&zone)).collect();
        frozen.extend(self.refused.lock().values().map(|(config, _)| FrozenZone::refused(config.clone())));
        frozen.sort_by_key(|zone| (zone.cut().prefix_bits(), zone.cut().prefix()));
        frozen
    }

    /// Serves the zones of a snapshot, of which none may be served yet. They are signed with the keys that there are now. Where one that was
    /// served would be refused now, or one that was refused would not be, the snapshot does not fit; what is served then is for
    /// [`Zones::clear`] to take away.
    pub fn thaw(&self, zones: Vec<ThawedZone>) -> Result<(), ZoneError> {
        let mut cuts = Vec::with_capacity(zones.len());
        for thawed in zones {
            let ThawedZone { zone, standing } = thawed;
            if standing == Standing::Refused {
                if self.begin_signing(&zone.config).is_ok() {
                    return Err(ZoneError::Served(zone.name));
                }
                continue;
            }
            cuts.push(zone.config.cut);
            self.serve_thawed(zone)?;
        }
        // The keys of a zone below may be others than those that the zone above vouched for.
        if let Some(signing) = &self.signing {
            cuts.into_iter().for_each(|cut| drop(self.update_ds(signing, cut)));
        }
        Ok(())
    }

    fn serve_thawed(&self, mut zone: Zone) -> Result<(), ZoneError> {
        zone.holds_its_own()?;
        zone.signed = match self.begin_signing(&zone.config)? {
            Found::Same(signed) | Found::Changed(signed) => Some(signed),
            Found::Unsigned => None,
        };
        let mut served = self.served.write();
        if served.contains_key(&zone.config.cut) {
            return Err(ZoneError::Served(zone.name));
        }
        Arc::make_mut(&mut served).insert(zone.config.cut, Arc::new(ServedZone::new(zone)));
        drop(served);
        self.show_roster();
        Ok(())
    }

    /// A zone that was served [late](crate::dnssec::SigningEvent::Served) has all it should have.
    pub fn filled(&self, cut: ZoneCut) {
        self.late.lock().remove(&cut);
    }

    /// Serves nothing any more.
    pub fn clear(&self) {
        Arc::make_mut(&mut self.served.write()).clear();
        self.show_roster();
        self.refused.lock().clear();
    }
}

impl Zones {
    /// At most so many DETs of a zone, from all over it.
    pub fn some(&self, cut: ZoneCut, count: usize) -> Vec<Det> {
        let Ok(zone) = self.zone(cut) else { return Vec::new() };
        let zone = zone.read();
        let dets = zone.sequence();
        let (Some(first), Some(last)) = (dets.first_from(0), dets.last_before(u128::MAX)) else {
            return Vec::new();
        };
        let step = ((last - first) / count.max(1) as u128).max(1);
        let mut found: Vec<u128> = Vec::with_capacity(count);
        let mut at = first;
        while found.len() < count {
            let Some(number) = dets.first_from(at) else { break };
            found.push(number);
            at = number.saturating_add(1).max(at.saturating_add(step));
        }
        found.into_iter().filter_map(|number| Det::from_u128(number).ok()).collect()
    }

    /// Whether exactly this is published of a DET.
    pub fn says(&self, published: &Published) -> bool {
        let Some(zone) = self.home_of(published.det) else { return false };
        let zone = zone.read();
        let Some(records) = zone.records(published.det.as_u128()) else { return false };
        let said: Vec<_> = records
            .map(|record| (record.ttl, RecordType(record.record.record_type), record.rdata()))
            .collect();
        let expected = published.records().into_iter();
        said == expected.map(|(record_type, rdata)| (published.ttl, record_type, rdata)).collect::<Vec<_>>()
    }
}
