//! What changed in a zone, by serial: for who has an older copy and wants the difference (RFC 1995).
//!
//! A change is kept as what was there before it; what there is after it is in the zone. So the difference between an older serial and now
//! is condensed by itself: of all changes to one thing, the first in question says what the older copy has.
//!
//! The list is bounded in changes and in octets. A copy older than the first of them must be fetched whole.

use crate::{Delegation, Serial, template::Template};
use drip_det::ZoneCut;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// How much a journal keeps of each zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalLimits {
    /// Changes, at most.
    pub changes: usize,
    /// Octets of what was there before them, at most, templates apart.
    pub octets: usize,
}

impl Default for JournalLimits {
    fn default() -> Self {
        JournalLimits { changes: 16_384, octets: 8 << 20 }
    }
}

/// What was there of a DET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) block: Box<[u8]>,
    pub(crate) template: Arc<Template>,
}

/// What a change touched, and what was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A DET was published, changed or removed.
    Det(u128, Option<Kept>),
    /// A delegation came, changed or went.
    Cut(ZoneCut, Option<Delegation>),
    /// The serial alone.
    Serial,
    /// Signatures of everything, or the zone's own records: there is no difference short of the whole.
    All,
}

/// One step from serial to serial.
#[derive(Clone, Debug)]
struct Step {
    from: Serial,
    to: Serial,
    change: Change,
}

/// The changes of one zone, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    limits: JournalLimits,
    steps: VecDeque<Step>,
    octets: usize,
}

/// All that was touched between two serials, as it was at the first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) dets: BTreeMap<u128, Option<Kept>>,
    pub(crate) cuts: BTreeMap<(u128, u8), (ZoneCut, Option<Delegation>)>,
}

impl Journal {
    /// An empty journal.
    #[cfg(test)]
    pub(crate) fn new(limits: JournalLimits) -> Self {
        Journal { limits, ..Self::default() }
    }

    /// Changes the limits; what is beyond them is forgotten.
    pub(crate) fn limit(&mut self, limits: JournalLimits) {
        self.limits = limits;
        self.forget();
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.steps.clear();
        self.octets = 0;
    }

    /// Takes note of a change that brought the zone from one serial to another.
    ///
    /// A second change under one serial cannot be told apart by a serial: who has that serial may have either. Nothing before it can be
    /// said to be complete, so it is taken as part of the step before it; see [`Journal::since`] for who asks from that serial.
    pub(crate) fn record(&mut self, from: Serial, to: Serial, change: Change) {
        if change == Change::All || self.steps.back().is_some_and(|last| last.to != from) {
            // Something was not told: no older copy can be brought up to date by what is here.
            self.clear();
        }
        if change == Change::All {
            return;
        }
        self.octets += change.size();
        self.steps.push_back(Step { from, to, change });
        self.forget();
    }

    /// What was touched since a serial until another, the zone's own; `None` if the journal does not reach so far.
    pub(crate) fn since(&self, serial: Serial, now: Serial) -> Option<Touched> {
        let mut touched = Touched::default();
        if serial == now {
            return Some(touched);
        }
        let end = self.steps.iter().rposition(|step| step.to == now)?;
        // The last step that begins there and goes on: those that stay at the serial came to it before.
        let begin = self.steps.iter().rposition(|step| step.from == serial && step.to != serial)?;
        for step in self.steps.range(begin..=end.max(begin)) {
            match &step.change {
                Change::Det(number, before) => {
                    touched.dets.entry(*number).or_insert_with(|| before.clone());
                }
                Change::Cut(cut, before) => {
                    let key = (cut.prefix(), cut.prefix_bits());
                    touched.cuts.entry(key).or_insert_with(|| (*cut, before.clone()));
                }
                Change::Serial | Change::All => {}
            }
        }
        (begin <= end).then_some(touched)
    }

    /// How many changes there are, and octets.
    #[cfg(test)]
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.steps.len(), self.octets)
    }

    fn forget(&mut self) {
        while self.steps.len() > self.limits.changes || self.octets > self.limits.octets {
            let Some(step) = self.steps.pop_front() else { break };
            self.octets -= step.change.size();
        }
    }
}

impl Change {
    fn size(&self) -> usize {
        let before = match self {
            Change::Det(_, before) => before.as_ref().map_or(0, |kept| kept.block.len()),
            Change::Cut(_, before) => before.as_ref().map_or(0, |delegation| {
                let ns = delegation.ns.iter().map(|name| name.wire().len());
                let glue =
                    delegation.glue.iter().map(|host| host.name.wire().len() + 16 * host.addresses.len());
                let ds = delegation.ds.iter().map(|ds| ds.digest.len());
                ns.chain(glue).chain(ds).sum()
            }),
            Change::Serial | Change::All => 0,
        };
        before + size_of::<Step>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(octet: u8) -> Option<Kept> {
        let template = Arc::new(Template { ttl: 60, records: Vec::new() });
        Some(Kept { block: vec![octet; 100].into(), template })
    }

    fn octets(touched: &Touched) -> Vec<(u128, Option<u8>)> {
        let of = |kept: &Option<Kept>| kept.as_ref().map(|kept| kept.block[0]);
        touched.dets.iter().map(|(number, kept)| (*number, of(kept))).collect()
    }

    /// DETs 1 (published at 11, changed at 12, removed at 13) and 2 (there before, changed at 14, over the end of the serials).
    fn journal(start: u32) -> Journal {
        let mut journal = Journal::default();
        let changes =
            [Change::Det(1, None), Change::Det(1, kept(1)), Change::Det(1, kept(2)), Change::Det(2, kept(7))];
        for (step, change) in changes.into_iter().enumerate() {
            let from = Serial(start.wrapping_add(step as u32));
            journal.record(from, from.next(), change);
        }
        journal
    }

    #[test]
    fn the_first_change_says_what_was_there() {
        for start in [10, u32::MAX - 2, u32::MAX] {
            let journal = journal(start);
            let since = |from: u32, to: u32| {
                let touched = journal.since(Serial(start.wrapping_add(from)), Serial(start.wrapping_add(to)));
                touched.as_ref().map(octets)
            };
            assert_eq!(since(0, 4), Some(vec![(1, None), (2, Some(7))]));
            assert_eq!(since(1, 4), Some(vec![(1, Some(1)), (2, Some(7))]));
            assert_eq!(since(2, 3), Some(vec![(1, Some(2))]), "a reader of a zone that has changed since");
            assert_eq!(since(4, 4), Some(vec![]));
            assert_eq!(since(3, 2), None, "backwards");
            assert_eq!(since(9, 4), None, "a serial that never was");
            assert_eq!(since(0, 5), None, "a serial that is not yet");
        }
    }

    #[test]
    fn bounded_by_changes_and_by_octets() {
        for limits in [
            JournalLimits { changes: 3, ..JournalLimits::default() },
            JournalLimits { changes: usize::MAX, octets: 3 * (100 + size_of::<Step>()) },
        ] {
            let mut journal = Journal::new(limits);
            for step in 0..1000 {
                journal.record(Serial(step), Serial(step + 1), Change::Det(u128::from(step), kept(1)));
                assert!(journal.size().0 <= 3 && journal.size().1 <= limits.octets);
            }
            assert_eq!(journal.since(Serial(996), Serial(1000)), None);
            assert_eq!(journal.since(Serial(997), Serial(1000)).unwrap().dets.len(), 3);
            journal.limit(JournalLimits { changes: 0, octets: 0 });
            assert_eq!(journal.size(), (0, 0));
        }
    }

    #[test]
    fn what_was_not_told_is_not_guessed() {
        let mut journal = journal(10);
        journal.record(Serial(14), Serial(15), Change::All);
        assert_eq!(journal.since(Serial(13), Serial(15)), None, "signed anew");
        journal.record(Serial(15), Serial(16), Change::Serial);
        assert_eq!(journal.since(Serial(15), Serial(16)), Some(Touched::default()));
        journal.record(Serial(20), Serial(21), Change::Det(5, None));
        assert_eq!(journal.since(Serial(15), Serial(21)), None, "a gap");
        assert_eq!(journal.since(Serial(20), Serial(21)).unwrap().dets.len(), 1);
    }

    /// Two writes of one change share a serial: who has the serial before gets both.
    #[test]
    fn two_changes_under_one_serial() {
        let mut journal = journal(10);
        journal.record(Serial(14), Serial(14), Change::Det(9, kept(9)));
        let touched = journal.since(Serial(13), Serial(14)).unwrap();
        assert_eq!(octets(&touched), [(2, Some(7)), (9, Some(9))]);
        journal.record(Serial(14), Serial(15), Change::Det(3, None));
        let touched = journal.since(Serial(14), Serial(15)).unwrap();
        assert_eq!(octets(&touched), [(3, None)], "who has 14 has both");
    }
}
