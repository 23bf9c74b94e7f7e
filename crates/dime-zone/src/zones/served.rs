//! One zone that is served, as who asks and who changes it have it.
//!
//! Whoever asks reads what is shown: an unchanging zone behind one pointer. A writer changes a copy of its own, which shares with the
//! shown one all that is not changed, and then puts a pointer to the new state in place of the old. So nobody who asks waits for a writer,
//! and each sees the zone as it was before a change or as it is after it. What only an old state needs goes with the last who reads it.

use crate::zone::Zone;
use arc_swap::{ArcSwap, Guard};
use drip_det::ZoneCut;
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

/// A zone that is served.
pub(crate) struct ServedZone {
    cut: ZoneCut,
    shown: ArcSwap<Zone>,
    /// The writers' copy. It is ahead of what is shown while changes are [held](super::Zones::hold).
    newest: Mutex<Zone>,
}

impl ServedZone {
    pub(crate) fn new(zone: Zone) -> Self {
        let shown = ArcSwap::from_pointee(zone.to_show());
        ServedZone { cut: zone.config.cut, shown, newest: Mutex::new(zone) }
    }

    /// Which zone.
    pub(crate) fn cut(&self) -> ZoneCut {
        self.cut
    }

    /// The zone as it is shown at this moment, for one answer. To keep it longer, see [`ServedZone::shared`].
    pub(crate) fn read(&self) -> Guard<Arc<Zone>> {
        self.shown.load()
    }

    /// The zone as it is shown at this moment, for as long as one likes.
    pub(crate) fn shared(&self) -> Arc<Zone> {
        self.shown.load_full()
    }

    /// The zone in the hands of a writer, who is the only one.
    pub(super) fn write(&self) -> MutexGuard<'_, Zone> {
        self.newest.lock()
    }

    /// Shows what a writer has.
    pub(super) fn show(&self, newest: &Zone) {
        self.shown.store(Arc::new(newest.to_show()));
    }
}
