//! Power cuts at every moment of a run.
//!
//! The run is made once, on a simulated disk that remembers what was done to it. For every moment, what the disk may hold then is
//! opened as after a power cut, with an index that has lost its latest writes. What must be so:
//!
//! * every change that somebody was told of is there;
//! * the index holds exactly what it holds when the changes that are there are made one by one, so none is there by half;
//! * now and then: an index made anew holds the same, all changes are the right ones, and the store takes the next one;
//! * now and then: if the power fails again at any moment of the opening, all of this still holds.

use super::{
    CrashImage, Load, Operation, Replay, SimulatedDisk, contents,
    layer::{Applied, Layer, Recorder},
    load::change,
};
use crate::{
    ChangeKind, Checked, Entry, Expect, Fingerprint, Index, MemoryIndex, Options, Seq, Store, Write,
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Power cuts in a run.
#[derive(Clone, Copy, Debug)]
pub struct PowerCuts {
    /// Registrations: two changes each, and a revocation for every eighth.
    pub registrations: u64,
    /// How many register at once.
    pub writers: u64,
    /// Octets of a segment.
    pub segment_size: u64,
    /// What chance begins with.
    pub seed: u64,
}

/// What was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Changes of the run.
    pub changes: u64,
    /// Moments at which the power failed.
    pub cuts: u64,
    /// Times that something torn was cut off.
    pub torn: u64,
    /// Times that a change was there of which nobody had been told.
    pub untold: u64,
    /// Times that the power failed again while opening.
    pub again: u64,
}

/// A run that went well.
struct Run {
    /// What was done to the disk.
    operations: Vec<Operation>,
    /// What was done to the index.
    applied: Vec<Applied>,
    entries: Vec<Entry>,
    /// What the index holds after so many changes.
    fingerprints: Vec<Fingerprint>,
}

/// How much an index may have lost, in changes.
const LOST: u64 = 8;

impl PowerCuts {
    /// Makes the run, and cuts the power at every moment of it.
    pub fn run(&self) -> Tally {
        let run = self.make();
        let mut tally = Tally { changes: run.entries.len() as u64, ..Tally::default() };
        let mut replay = Replay::default();
        let mut applied = run.applied.iter().peekable();
        let mut index = Arc::new(MemoryIndex::new());
        for (moment, operation) in run.operations.iter().enumerate() {
            let seed = self.seed ^ ((moment as u64) << 20);
            replay.step(operation, seed);
            if matches!(operation, Operation::Told(_)) {
                continue;
            }
            let kept = replay.told.saturating_sub(LOST);
            while let Some(applied) = applied.next_if(|applied| applied.mark.seq.0 <= kept) {
                Arc::make_mut(&mut index).apply(&applied.writes, applied.mark).unwrap();
            }
            self.judge(replay.cut(seed), &index, &run, moment, &mut tally);
        }
        tally
    }

    fn open(&self, disk: &SimulatedDisk, index: Box<dyn Index>, checked: Checked) -> Store {
        let options = Options { segment_size: self.segment_size, checked, ..Options::default() };
        match Store::open_on(Box::new(disk.clone()), index, options) {
            Ok(store) => store,
            Err(error) => panic!("the store does not open: {error}"),
        }
    }

    fn make(&self) -> Run {
        let disk = SimulatedDisk::new();
        let recorder = Recorder::default();
        let store = self.open(&disk, Box::new(recorder.clone()), Checked::Everything);
        let told = disk.clone();
        // Subscribers hear before the commit returns: what they heard counts as acknowledged.
        store.subscribe(Box::new(move |entry| told.told(entry.seq.0)));
        let next = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..self.writers {
                scope.spawn(|| self.register(&store, &next));
            }
        });
        let entries: Vec<Entry> = store.changes(Seq::START).collect::<Result<_, _>>().unwrap();
        let fingerprints = self.one_by_one(&entries);
        let applied = recorder.applied.lock().clone();
        Run { operations: disk.take_log(), applied, entries, fingerprints }
    }

    fn register(&self, store: &Store, next: &AtomicU64) {
        let load = Load { series: self.seed };
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= self.registrations {
                break;
            }
            store.commit(load.intent(number)).unwrap();
            store.commit(load.result(number)).unwrap();
            if number.is_multiple_of(8) {
                store.commit(load.revocation(number)).unwrap();
            }
        }
    }

    /// What the index holds after each of these changes, made one by one on a disk that never fails.
    fn one_by_one(&self, entries: &[Entry]) -> Vec<Fingerprint> {
        let index = Arc::new(MemoryIndex::new());
        let store = self.open(&SimulatedDisk::new(), Box::new(Arc::clone(&index)), Checked::Everything);
        let mut fingerprints = vec![index.fingerprint()];
        for entry in entries {
            assert_eq!(store.commit(entry.change.clone()).unwrap().seq, entry.seq);
            fingerprints.push(index.fingerprint());
        }
        fingerprints
    }

    /// Opens what a power cut left, and judges it.
    fn judge(
        &self,
        image: CrashImage,
        index: &Arc<MemoryIndex>,
        run: &Run,
        moment: usize,
        tally: &mut Tally,
    ) {
        tally.cuts += 1;
        let left = moment.is_multiple_of(7).then(|| Replay::of(&image.disk));
        let opening = self.check(&image.disk, image.told, index, run, moment, tally);
        let Some(mut replay) = left else { return };
        for (step, operation) in opening.iter().enumerate() {
            replay.step(operation, moment as u64);
            tally.again += 1;
            let again = replay.cut(self.seed ^ ((moment as u64) << 20) ^ (step as u64 + 1));
            self.check(&again.disk, image.told, index, run, moment, &mut Tally::default());
        }
    }

    /// Opens a disk and judges it. Returns what opening did to it.
    fn check(
        &self,
        disk: &SimulatedDisk,
        told: u64,
        index: &Arc<MemoryIndex>,
        run: &Run,
        moment: usize,
        tally: &mut Tally,
    ) -> Vec<Operation> {
        let layer = Layer::new(index);
        let checked = if moment.is_multiple_of(2) { Checked::LastSegment } else { Checked::Everything };
        let store = self.open(disk, Box::new(layer.clone()), checked);
        let opening = disk.take_log();
        let last = store.last_seq().0;
        assert!(last >= told, "moment {moment}: {told} was acknowledged, {last} is the last change there");
        let expected = run.fingerprints[last as usize];
        assert_eq!(layer.fingerprint(), expected, "moment {moment}: half a change is there");
        tally.torn += u64::from(store.opened().cut.is_some());
        tally.untold += u64::from(last > told);
        let thorough = moment.is_multiple_of(101);
        let from = if thorough { 0 } else { last.saturating_sub(3) };
        let left: Vec<Entry> = store.changes(Seq(from)).collect::<Result<_, _>>().unwrap();
        assert_eq!(left, run.entries[from as usize..last as usize], "moment {moment}");
        if thorough {
            let anew = Arc::new(MemoryIndex::new());
            store.check_sealed(&mut |_| true).unwrap();
            drop(store);
            let store = self.open(disk, Box::new(Arc::clone(&anew)), Checked::Everything);
            assert_eq!(anew.fingerprint(), expected, "moment {moment}");
            assert_eq!(contents(&anew), contents(&layer), "moment {moment}");
            let token = Write::PutToken { record: Load { series: 77 }.token(1), expect: Expect::Absent };
            let next = store.commit(change(ChangeKind::TokenCreated, vec![token])).unwrap();
            assert_eq!(next.seq.0, last + 1, "moment {moment}");
        }
        opening
    }
}
