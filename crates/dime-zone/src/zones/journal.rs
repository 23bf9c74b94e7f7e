//! What is noted of every change, for who has an older copy of the zone; and who is woken by it.

use super::{ServedZone, Zones};
use crate::{
    JournalLimits, Name, Record, Serial, ZoneError,
    journal::{Change, Journal},
    zone::Zone,
};
use drip_det::ZoneCut;
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;

impl Zones {
    /// Calls `wake` after every change of any serial, and when zones come or go. It must not wait for anything, and not ask the zones.
    pub fn on_change(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.watchers.write().push(Box::new(wake));
    }

    /// All zones with their SOA and serial.
    pub fn serials(&self) -> Vec<(Name, Record, Serial)> {
        let zones: Vec<_> = self.served.read().values().cloned().collect();
        let of = |zone: &Zone| (zone.name.clone(), zone.soa(zone.config.ttl), zone.serial());
        zones.iter().map(|zone| of(&zone.read())).collect()
    }

    /// Bounds the journals of all zones.
    pub fn limit_journals(&self, limits: JournalLimits) {
        *self.limits.write() = limits;
        for zone in self.served.newest().values() {
            zone.read().journal.lock().limit(limits);
        }
    }

    pub(crate) fn present(&self, cut: ZoneCut) -> Result<(Arc<Zone>, Arc<Mutex<Journal>>), ZoneError> {
        let zone = self.zone(cut)?;
        let zone = zone.shared();
        let journal = Arc::clone(&zone.journal);
        Ok((zone, journal))
    }

    pub(super) fn wake(&self) {
        if self.holding.keeps_quiet() {
            return;
        }
        self.watchers.read().iter().for_each(|wake| wake());
    }

    /// The one place that changes a zone: what was touched goes into the journal before anybody can see the new serial.
    pub(super) fn change<T>(&self, zone: &Arc<ServedZone>, change: impl FnOnce(&mut Zone) -> T) -> T {
        let served = zone;
        let mut zone = served.write();
        zone.touched = Some(Vec::new());
        let before = (zone.serial(), signer(&zone));
        let outcome = change(&mut zone);
        let (from, to) = (before.0, zone.serial());
        // Loading leaves none: nobody has an older copy.
        if let Some(touched) = zone.touched.take() {
            let mut journal = zone.journal.lock();
            if signer(&zone) != before.1 {
                journal.record(from, to, Change::All);
            } else if touched.is_empty() && from != to {
                journal.record(from, to, Change::Serial);
            }
            let mut from = from;
            for change in touched {
                journal.record(from, to, change);
                from = to;
            }
        }
        if !self.holding.keeps(served) {
            served.show(&zone);
        }
        drop(zone);
        if from != to {
            self.wake();
        }
        outcome
    }
}

/// Which signer a zone has, as a number that another one has not.
fn signer(zone: &Zone) -> Option<usize> {
    zone.signed.as_ref().map(|signed| Arc::as_ptr(&signed.signer) as usize)
}

pub(super) type Watchers = RwLock<Vec<Box<dyn Fn() + Send + Sync>>>;
