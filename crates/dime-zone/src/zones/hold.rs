//! Many changes shown as one.

use super::{ServedZone, Zones};
use parking_lot::Mutex;
use std::sync::Arc;

/// Who holds changes back, and what is to be shown later.
#[derive(Default)]
pub(super) struct Holding(Mutex<State>);

#[derive(Default)]
struct State {
    holds: usize,
    waiting: Waiting,
}

#[derive(Default)]
struct Waiting {
    zones: Vec<Arc<ServedZone>>,
    roster: bool,
    wake: bool,
}

/// While it lives, changes are made and not shown. What was made by then is shown when it is dropped.
#[must_use = "changes are held only as long as this lives"]
pub struct Held<'a>(&'a Zones);

impl Holding {
    /// Whether changes are held; if so, this zone is shown later.
    pub(super) fn keeps(&self, zone: &Arc<ServedZone>) -> bool {
        let State { holds, waiting } = &mut *self.0.lock();
        let held = *holds > 0;
        // Changes of one zone mostly come in a row. Showing one twice does no harm.
        if held && !waiting.zones.iter().rev().take(8).any(|known| Arc::ptr_eq(known, zone)) {
            waiting.zones.push(Arc::clone(zone));
        }
        held
    }

    /// Whether changes are held; if so, the list of zones is shown later.
    pub(super) fn keeps_roster(&self) -> bool {
        let State { holds, waiting } = &mut *self.0.lock();
        waiting.roster |= *holds > 0;
        *holds > 0
    }

    /// Whether changes are held; if so, who watches is woken later.
    pub(super) fn keeps_quiet(&self) -> bool {
        let State { holds, waiting } = &mut *self.0.lock();
        waiting.wake |= *holds > 0;
        *holds > 0
    }
}

impl Zones {
    /// Holds all changes back from who asks until the guard is dropped: many changes then cost little more than one, and are seen as one.
    /// Methods that change something return what it is after the change; those that only look say what is shown.
    ///
    /// What becomes visible as one is each zone's change. Of several zones, those that are new are shown first, with their contents, and
    /// the zones above that delegate to them last. Where several guards live at the same time, the last of them shows.
    pub fn hold(&self) -> Held<'_> {
        self.holding.0.lock().holds += 1;
        Held(self)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Held(zones) = self;
        let waiting = {
            let mut state = zones.holding.0.lock();
            state.holds -= 1;
            if state.holds > 0 {
                return;
            }
            std::mem::take(&mut state.waiting)
        };
        let shown = zones.served.shared();
        let is_new = |zone: &Arc<ServedZone>| !shown.contains_key(&zone.cut());
        let (new, old): (Vec<_>, Vec<_>) = waiting.zones.into_iter().partition(is_new);
        new.iter().for_each(|zone| zone.show(&zone.write()));
        if waiting.roster {
            zones.served.show();
        }
        old.iter().for_each(|zone| zone.show(&zone.write()));
        if waiting.wake {
            zones.wake();
        }
    }
}
