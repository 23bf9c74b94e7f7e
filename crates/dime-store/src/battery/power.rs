//! Power cuts at every moment of a run.
//!
//! The run is made once, on a simulated disk that remembers what was done to it. For every moment, what the disk may hold then is
//! opened as after a power cut, with an index that has lost its latest writes. What must be so:
//!
//! * every change that somebody was told of is there;
//! * the index holds exactly what it held after the last change that is there, so no change is there by half;
//! * the store takes the next change;
//! * and if the power fails again while the store is being opened, all of this still holds.

use super::{CrashImage, Load, Operation, Replay, SimulatedDisk, contents, load::change};
use crate::{ChangeKind, Entry, Fingerprint, Index, MemoryIndex, Options, Seq, Store, Write};
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
    /// Moments at which the power failed.
    pub cuts: u64,
    /// Times that something torn was cut off.
    pub torn: u64,
    /// Times that a change was there of which nobody had been told.
    pub untold: u64,
    /// Times that the power failed again while opening.
    pub again: u64,
}

/// The changes of a run, and what the index holds after each of them.
struct Truth {
    entries: Vec<Entry>,
    fingerprints: Vec<Fingerprint>,
    /// The index as it was after some of them.
    snapshots: Vec<MemoryIndex>,
}

/// Changes between two snapshots.
const STRIDE: usize = 64;

impl PowerCuts {
    fn options(&self) -> Options {
        Options { segment_size: self.segment_size, ..Options::default() }
    }

    fn open(&self, disk: &SimulatedDisk, index: Box<dyn Index>) -> Store {
        match Store::open_on(Box::new(disk.clone()), index, self.options()) {
            Ok(store) => store,
            Err(error) => panic!("after a power cut the store does not open: {error}"),
        }
    }

    /// Makes the run, and cuts the power at every moment of it.
    pub fn run(&self) -> Tally {
        let disk = SimulatedDisk::new();
        let operations = self.log(&disk);
        let truth = self.truth(&disk);
        let mut replay = Replay::default();
        let mut tally = Tally::default();
        for (moment, operation) in operations.iter().enumerate() {
            let seed = self.seed ^ ((moment as u64) << 20);
            replay.step(operation, seed);
            if matches!(operation, Operation::Told(_)) {
                continue;
            }
            self.judge(replay.cut(seed), &truth, moment, &mut tally);
        }
        assert!(tally.cuts as usize > truth.entries.len() / self.writers as usize);
        tally
    }

    /// What was done to the disk in a run.
    fn log(&self, disk: &SimulatedDisk) -> Vec<Operation> {
        let load = Load { series: self.seed };
        let store = self.open(disk, Box::new(MemoryIndex::new()));
        let told = disk.clone();
        // Subscribers hear before the commit returns: what they heard counts as acknowledged.
        store.subscribe(Box::new(move |entry| told.told(entry.seq.0)));
        let next = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..self.writers {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= self.registrations {
                            break;
                        }
                        store.commit(load.intent(number)).unwrap();
                        store.commit(load.result(number)).unwrap();
                        if number % 8 == 0 {
                            store.commit(load.revocation(number)).unwrap();
                        }
                    }
                });
            }
        });
        drop(store);
        disk.take_log()
    }

    /// Makes the same changes one by one on a disk that never fails.
    fn truth(&self, disk: &SimulatedDisk) -> Truth {
        let entries: Vec<Entry> = {
            let store = self.open(disk, Box::new(MemoryIndex::new()));
            store.changes(Seq::START).collect::<Result<_, _>>().unwrap()
        };
        let index = Arc::new(MemoryIndex::new());
        let store = self.open(&SimulatedDisk::new(), Box::new(Arc::clone(&index)));
        let mut fingerprints = vec![index.fingerprint()];
        let mut snapshots = vec![MemoryIndex::clone(&index)];
        for entry in &entries {
            assert_eq!(store.commit(entry.change.clone()).unwrap().seq, entry.seq);
            fingerprints.push(index.fingerprint());
            if fingerprints.len() % STRIDE == 1 {
                snapshots.push(MemoryIndex::clone(&index));
            }
        }
        Truth { entries, fingerprints, snapshots }
    }

    /// Opens what a power cut left, and judges it.
    fn judge(&self, image: CrashImage, truth: &Truth, moment: usize, tally: &mut Tally) {
        tally.cuts += 1;
        let told = image.told;
        let left = (moment % 3 == 0).then(|| Replay::of(&image.disk));
        let (last, opening) = self.check(&image.disk, told, truth, moment, tally);
        let Some(mut replay) = left else { return };
        // Opening, too, is cut at every moment, and what it had found stays found.
        for (step, operation) in opening.iter().enumerate() {
            replay.step(operation, moment as u64);
            tally.again += 1;
            let again = replay.cut(self.seed ^ ((moment as u64) << 20) ^ (step as u64 + 1));
            self.check(&again.disk, told.min(last), truth, moment, &mut Tally::default());
        }
    }

    /// Returns the last change that is there, and what opening did to the disk.
    fn check(
        &self,
        disk: &SimulatedDisk,
        told: u64,
        truth: &Truth,
        moment: usize,
        tally: &mut Tally,
    ) -> (u64, Vec<Operation>) {
        let everything = moment.is_multiple_of(101);
        let snapshot = if everything { 0 } else { (told as usize / STRIDE).min(truth.snapshots.len() - 1) };
        let index = Arc::new(truth.snapshots[snapshot].clone());
        let store = self.open(disk, Box::new(Arc::clone(&index)));
        let opening = disk.take_log();
        let last = store.last_seq().0;
        assert!(
            last >= told,
            "moment {moment}: change {told} was acknowledged, and {last} is the last one left"
        );
        assert_eq!(
            index.fingerprint(),
            truth.fingerprints[last as usize],
            "moment {moment}: half a change is there"
        );
        tally.torn += u64::from(store.opened().cut.is_some());
        tally.untold += u64::from(last > told);
        let from = if everything { 0 } else { last.saturating_sub(3) };
        let left: Vec<Entry> = store.changes(Seq(from)).collect::<Result<_, _>>().unwrap();
        assert_eq!(left, truth.entries[from as usize..last as usize], "moment {moment}");
        if everything {
            let made_anew = Arc::new(MemoryIndex::new());
            drop(store);
            let store = self.open(disk, Box::new(Arc::clone(&made_anew)));
            assert_eq!(contents(&made_anew), contents(&index), "moment {moment}");
            let token =
                Write::PutToken { record: Load { series: 77 }.token(1), expect: crate::Expect::Absent };
            let next = store.commit(change(ChangeKind::TokenCreated, vec![token])).unwrap();
            assert_eq!(next.seq.0, last + 1, "moment {moment}");
        }
        (last, opening)
    }
}
