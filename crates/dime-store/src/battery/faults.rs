//! What a store does when something under it fails.

use super::{Fault, FaultyIndex, Home, Load, Replay, SimulatedDisk, contents, load::put};
use crate::{
    Corruption, Damage, Expect, Index, Indexing, Key, MemoryIndex, OpenError, Options, Registration, Seq,
    Store, StoreError, Value,
};
use std::{io, sync::Arc};

const LOAD: Load = Load { series: 2 };

fn options() -> Options {
    Options { segment_size: 8 << 10, ..Options::default() }
}

fn open(disk: &SimulatedDisk, index: Box<dyn Index>) -> Store {
    Store::open_on(Box::new(disk.clone()), index, options()).unwrap()
}

/// What an index made from nothing holds.
fn answers(disk: &SimulatedDisk) -> (Seq, Vec<(Key, Value)>) {
    let index = Arc::new(MemoryIndex::new());
    let store = open(disk, Box::new(Arc::clone(&index)));
    (store.last_seq(), contents(&index))
}

/// Checks that a home's index, once a store has opened it, holds what one made from nothing does.
fn same_answers(disk: &SimulatedDisk, home: &dyn Home) -> Indexing {
    let expected = answers(disk);
    let index: Arc<dyn Index> = Arc::from(home.open());
    let store = open(disk, Box::new(Arc::clone(&index)));
    assert_eq!((store.last_seq(), contents(index.as_ref())), expected);
    store.opened().indexing
}

fn run(store: &Store, numbers: std::ops::Range<u64>) {
    for number in numbers {
        store.commit(LOAD.intent(number)).unwrap();
        store.commit(LOAD.result(number)).unwrap();
    }
}

/// An index that is behind catches up; one that was deleted or damaged is made anew; the answers are the same.
pub fn index_behind_deleted_and_damaged(home: &dyn Home) {
    let disk = SimulatedDisk::new();
    run(&open(&disk, home.open()), 0..20);
    same_answers(&disk, home);

    // Changes that this index does not hear of.
    run(&open(&disk, Box::new(MemoryIndex::new())), 20..30);
    let indexing = same_answers(&disk, home);
    assert!(matches!(indexing, Indexing::CaughtUp(20) | Indexing::Rebuilt(60)), "{indexing:?}");

    home.delete();
    assert_eq!(same_answers(&disk, home), Indexing::Rebuilt(60));
    for seed in 0..12 {
        home.damage(seed);
        same_answers(&disk, home);
    }
}

/// An index that belongs to another journal is made anew.
pub fn index_of_another_journal(home: &dyn Home) {
    let (one, other) = (SimulatedDisk::new(), SimulatedDisk::new());
    run(&open(&one, home.open()), 0..10);
    run(&open(&other, Box::new(MemoryIndex::new())), 50..70);
    assert_eq!(same_answers(&other, home), Indexing::Rebuilt(40));
}

/// An index that has seen changes which the journal does not have shows that the journal has lost its end.
pub fn index_ahead_is_told(_home: &dyn Home) {
    let disk = SimulatedDisk::new();
    let index = Arc::new(MemoryIndex::new());
    run(&open(&disk, Box::new(Arc::clone(&index))), 0..1);
    let file = "00000001.journal";
    // The last entry was durable and is gone: for the journal alone, that looks like a torn end.
    disk.tamper(file, |octets| {
        let end = octets.iter().rposition(|octet| *octet != 0).unwrap();
        octets[end - 10] ^= 1;
    });
    let error = Store::open_on(Box::new(disk), Box::new(index), options()).err().unwrap();
    assert!(
        matches!(
            error,
            OpenError::Corrupt(Corruption { segment: 1, what: Damage::EndMissing { seq: 2 }, .. })
        ),
        "{error}"
    );
}

/// A write of the index that fails, done or not, costs nothing but an opening.
pub fn index_writes_fail_both_ways(home: &dyn Home) {
    for (round, fault) in [Fault::NotDone, Fault::DoneButReported].into_iter().enumerate() {
        let disk = SimulatedDisk::new();
        home.delete();
        let faulty = FaultyIndex::new(home.open());
        let store = open(&disk, Box::new(faulty.clone()));
        run(&store, 0..5);
        faulty.fail_after(0, fault);
        let number = 10 + round as u64;
        let result = store.commit(LOAD.intent(number));
        assert!(matches!(result, Err(StoreError::Unknown { .. })), "{result:?}");
        let result = store.commit(LOAD.intent(number + 1));
        assert!(matches!(result, Err(StoreError::Unavailable { .. })), "{result:?}");
        // What happened before can be read.
        assert_eq!(store.registration(&LOAD.registration(1).id).unwrap(), Some(LOAD.registered(1)));
        drop(store);
        drop(faulty);
        same_answers(&disk, home);
        let store = open(&disk, home.open());
        assert_eq!(
            store.registration(&LOAD.registration(number).id).unwrap(),
            Some(LOAD.registration(number))
        );
        run(&store, 20..22);
    }
}

/// Registrations of very different lengths: what does not fit into a segment is followed by what does.
fn uneven(number: u64) -> Registration {
    let length = if number.is_multiple_of(2) { 100 } else { 2000 };
    Registration { csr: vec![0x5a; length], ..LOAD.registration(number) }
}

/// What happens after a commit was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Afterwards {
    /// Others are tried.
    GoOn,
    /// The process ends.
    End,
    /// The process ends after one more was taken.
    EndAfterOneMore,
}

/// Every operation of a disk fails, in every way: nothing acknowledged is lost, and what was refused did not happen.
pub fn disk_operations_fail_both_ways(home: &dyn Home) {
    for fault in [Fault::NotDone, Fault::DoneButReported, Fault::HalfDone] {
        for afterwards in [Afterwards::GoOn, Afterwards::End, Afterwards::EndAfterOneMore] {
            let mut operation = 0;
            while let Reached::Fault = fail(home, operation, fault, afterwards) {
                operation += home.stride();
            }
            assert!(operation > 20, "a run has more operations than {operation}");
        }
    }
}

/// Whether a run had so many operations that the fault was reached.
enum Reached {
    Fault,
    End,
}

fn fail(home: &dyn Home, operation: usize, fault: Fault, afterwards: Afterwards) -> Reached {
    let disk = SimulatedDisk::new();
    home.delete();
    let store = open(&disk, home.open());
    disk.fail_after(operation, fault);
    let mut taken = Vec::new();
    let mut refused = Vec::new();
    for number in 0..14 {
        match store.commit(put(uneven(number), Expect::Absent)) {
            Ok(_) => taken.push(number),
            Err(StoreError::Unavailable { .. }) => refused.push(number),
            Err(StoreError::Unknown { .. }) => break,
            Err(error) => panic!("{error}"),
        }
        let end = match afterwards {
            Afterwards::GoOn => false,
            Afterwards::End => !refused.is_empty(),
            Afterwards::EndAfterOneMore => taken.last() > refused.first() && !refused.is_empty(),
        };
        if end {
            break;
        }
    }
    drop(store);
    let reached = if disk.disarm() { Reached::End } else { Reached::Fault };
    same_answers(&disk, home);
    let store = open(&disk, home.open());
    let found = |number| store.registration(&LOAD.registration(number).id).unwrap();
    for number in taken {
        assert_eq!(found(number), Some(uneven(number)), "{operation} {fault:?} {afterwards:?}");
    }
    for number in refused {
        assert_eq!(found(number), None, "{operation} {fault:?} {afterwards:?}");
    }
    let told = store.commit(LOAD.intent(100)).unwrap().seq;
    drop(store);
    survives_power_cuts(&disk, told);
    reached
}

/// Whatever failed before the store was opened anew, what it acknowledged since then is durable.
fn survives_power_cuts(disk: &SimulatedDisk, told: Seq) {
    let log = disk.take_log();
    for seed in 0..5 {
        let mut replay = Replay::default();
        log.iter().for_each(|operation| replay.step(operation, seed));
        let left = replay.cut(seed).disk;
        assert_eq!(open(&left, Box::new(MemoryIndex::new())).last_seq(), told, "power cut {seed}");
    }
}

/// A full disk refuses before anything is written, and takes commits again when there is space.
pub fn full_disk_recovers(home: &dyn Home) {
    let disk = SimulatedDisk::new();
    home.delete();
    let store = open(&disk, home.open());
    disk.limit_space(Some(disk.used()));
    let mut number = 0;
    let error = loop {
        match store.commit(LOAD.intent(number)) {
            Ok(_) => number += 1,
            Err(error) => break error,
        }
    };
    assert!(number > 3);
    match error {
        StoreError::Unavailable { source, .. } => assert_eq!(source.kind(), io::ErrorKind::StorageFull),
        error => panic!("{error}"),
    }
    let last = store.last_seq();
    for _ in 0..3 {
        assert!(matches!(store.commit(LOAD.intent(number)), Err(StoreError::Unavailable { .. })));
    }
    assert_eq!(store.last_seq(), last);
    assert_eq!(store.registration(&LOAD.registration(number).id).unwrap(), None);
    disk.limit_space(None);
    assert_eq!(store.commit(LOAD.intent(number)).unwrap().seq, last.next());
    run(&store, 200..220);
    drop(store);
    same_answers(&disk, home);
}
