//! Many changes shown as one.

use super::{ServedZone, Zones};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};

/// Who holds changes back, and what is to be shown later.
#[derive(Default)]
pub(super) struct Holding(Mutex<State>);

#[derive(Default)]
struct State {
    holds: usize,
    fillings: usize,
    waiting: Waiting,
}

#[derive(Default)]
struct Waiting {
    /// By where they are in memory: a zone that was dropped and came again is another.
    zones: HashMap<usize, Arc<ServedZone>>,
    roster: bool,
    wake: bool,
}

/// While it lives, changes are made and not shown. What was made by then is shown when it is dropped.
#[must_use = "changes are held only as long as this lives"]
pub struct Held<'a> {
    zones: &'a Zones,
    why: Why,
}

/// What changes are held for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    ToBeSeenTogether,
    ToFill,
}

impl Holding {
    /// Whether changes are held; if so, this zone is shown later.
    pub(super) fn keeps(&self, zone: &Arc<ServedZone>) -> bool {
        let State { holds, waiting, .. } = &mut *self.0.lock();
        let held = *holds > 0;
        if held {
            waiting.zones.entry(Arc::as_ptr(zone) as usize).or_insert_with(|| Arc::clone(zone));
        }
        held
    }

    /// Whether changes are held; if so, the list of zones is shown later.
    pub(super) fn keeps_roster(&self) -> bool {
        let State { holds, waiting, .. } = &mut *self.0.lock();
        waiting.roster |= *holds > 0;
        *holds > 0
    }

    /// Whether zones are being filled.
    pub(super) fn fills(&self) -> bool {
        self.0.lock().fillings > 0
    }

    /// Whether changes are held; if so, who watches is woken later.
    pub(super) fn keeps_quiet(&self) -> bool {
        let State { holds, waiting, .. } = &mut *self.0.lock();
        waiting.wake |= *holds > 0;
        *holds > 0
    }
}

impl Zones {
    /// Holds all changes back from who asks until the guard is dropped: many changes then cost little more than one, and are seen as one.
    /// Methods that change something return what it is after the change, and [`Zones::is_published`] knows of it; all others that look see
    /// what is shown.
    ///
    /// What becomes visible as one is each zone's change. Of several zones, those that are new are shown first, with their contents, and
    /// the zones above that delegate to them last. Where several guards live at the same time, the last of them shows.
    pub fn hold(&self) -> Held<'_> {
        self.hold_for(Why::ToBeSeenTogether)
    }

    /// The same, to fill zones: signatures are not made as DETs are published, but afterwards, as those are that are due.
    pub fn hold_to_fill(&self) -> Held<'_> {
        self.hold_for(Why::ToFill)
    }

    fn hold_for(&self, why: Why) -> Held<'_> {
        let mut state = self.holding.0.lock();
        state.holds += 1;
        state.fillings += usize::from(why == Why::ToFill);
        Held { zones: self, why }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Held { zones, why } = self;
        let waiting = {
            let mut state = zones.holding.0.lock();
            state.holds -= 1;
            state.fillings -= usize::from(*why == Why::ToFill);
            if state.holds > 0 {
                return;
            }
            std::mem::take(&mut state.waiting)
        };
        let shown = zones.served.shared();
        let is_new = |zone: &Arc<ServedZone>| !shown.contains_key(&zone.cut());
        let (new, old): (Vec<_>, Vec<_>) = waiting.zones.into_values().partition(is_new);
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
