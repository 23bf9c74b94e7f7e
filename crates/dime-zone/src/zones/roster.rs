//! Which zones are served.

use super::{ServedZone, Zones};
use arc_swap::{ArcSwap, Guard};
use drip_det::ZoneCut;
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Zones by what they are cut at.
pub(crate) type Served = HashMap<ZoneCut, Arc<ServedZone>, BuildHasherDefault<CutHasher>>;

/// The writers' list of zones, and the one that is shown.
#[derive(Default)]
pub(crate) struct Roster {
    shown: ArcSwap<Served>,
    /// How often another list was shown.
    editions: AtomicU64,
    newest: Mutex<Arc<Served>>,
}

impl Roster {
    /// Which list is shown: one that is read later is of this edition or a newer one.
    pub(crate) fn edition(&self) -> u64 {
        self.editions.load(Ordering::Acquire)
    }

    /// The zones as they are shown at this moment, for a few answers.
    pub(crate) fn read(&self) -> Guard<Arc<Served>> {
        self.shown.load()
    }

    /// The zones as they are shown at this moment, for as long as one likes.
    pub(super) fn shared(&self) -> Arc<Served> {
        self.shown.load_full()
    }

    /// The zones as the writers have them; none comes or goes meanwhile.
    pub(super) fn write(&self) -> MutexGuard<'_, Arc<Served>> {
        self.newest.lock()
    }

    /// The zones as the writers have them at this moment.
    pub(super) fn newest(&self) -> Arc<Served> {
        Arc::clone(&self.newest.lock())
    }

    /// Shows what the writers have.
    pub(super) fn show(&self) {
        let newest = self.newest.lock();
        self.shown.store(Arc::clone(&newest));
        self.editions.fetch_add(1, Ordering::Release);
    }
}

/// Multiplies and adds: every question looks for its zone, and who may add zones has no use for making them slow to find.
#[derive(Default)]
pub(crate) struct CutHasher(u64);

impl CutHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for CutHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, octets: &[u8]) {
        octets.iter().for_each(|octet| self.add(u64::from(*octet)));
    }

    fn write_u8(&mut self, number: u8) {
        self.add(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.add(u64::from(number));
    }

    fn write_isize(&mut self, number: isize) {
        self.add(number as u64);
    }
}

impl Zones {
    /// Shows which zones there are, unless changes are held.
    pub(super) fn show_roster(&self) {
        if !self.holding.keeps_roster() {
            self.served.show();
        }
        self.wake();
    }
}
