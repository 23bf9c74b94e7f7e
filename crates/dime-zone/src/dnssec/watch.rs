//! When the keys of which zones are looked at.
//!
//! | since the last look | zones |
//! |---|---|
//! | another minute | all |
//! | a file of the folder was put in place, renamed or removed | all, and once more at the look after |
//! | none of these | those whose keys cannot be used |
//!
//! The second look after a change is for what changed within the same tick of the file system's clock. A file that is written in place
//! changes nothing that can be seen at the folder: it waits for the minute, unless it could not be used before.

use super::{SigningEvent, key_io::Stamp};
use crate::Name;
use drip_det::{UnixTime, ZoneCut};
use std::collections::BTreeMap;

/// The same fault is told of again after so many seconds.
const AGAIN: u64 = 60;

/// What was seen at the last look.
#[derive(Default)]
pub(super) struct Watch {
    seen: Option<Stamp>,
    unsettled: Unsettled,
    troubled: BTreeMap<ZoneCut, (String, UnixTime)>,
    faults: Vec<SigningEvent>,
}

/// Whether the folder had changed at the last look.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Unsettled {
    #[default]
    No,
    Yes,
}

/// Zones to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// All of them.
    All,
    /// These.
    Some(Vec<ZoneCut>),
}

impl Due {
    /// Whether a zone is one of them.
    pub(crate) fn covers(&self, cut: ZoneCut) -> bool {
        match self {
            Due::All => true,
            Due::Some(cuts) => cuts.contains(&cut),
        }
    }
}

impl Watch {
    /// What a look at `now` is to look at; the last one was at `last`.
    pub(super) fn due(&mut self, last: UnixTime, now: UnixTime, stamp: Stamp) -> Due {
        let changed = self.seen.replace(stamp) != Some(stamp);
        let was =
            core::mem::replace(&mut self.unsettled, if changed { Unsettled::Yes } else { Unsettled::No });
        if changed || was == Unsettled::Yes || last.0 / 60 != now.0 / 60 {
            return Due::All;
        }
        Due::Some(self.troubled.keys().copied().collect())
    }

    /// The keys of a zone cannot be used. Looked at every second from now on, told of at once and then once a minute.
    pub(super) fn trouble(&mut self, cut: ZoneCut, zone: &Name, fault: String, now: UnixTime) {
        let known = self.troubled.get(&cut);
        if known.is_some_and(|(known, told)| *known == fault && now.0.abs_diff(told.0) < AGAIN) {
            return;
        }
        self.note(zone, fault.clone());
        self.troubled.insert(cut, (fault, now));
    }

    /// The keys of a zone are good.
    pub(super) fn no_trouble(&mut self, cut: ZoneCut) {
        self.troubled.remove(&cut);
    }

    /// Something to tell.
    pub(super) fn note(&mut self, zone: &Name, fault: String) {
        self.faults.push(SigningEvent::Fault { zone: zone.clone(), fault });
    }

    /// What there is to tell.
    pub(super) fn take_faults(&mut self) -> Vec<SigningEvent> {
        core::mem::take(&mut self.faults)
    }
}
