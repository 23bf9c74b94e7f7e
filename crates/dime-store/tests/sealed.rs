//! Full segments are not read when a store opens that is told so, and their damage is found all the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{
    Checked, Corruption, Damage, Indexing, MemoryIndex, OpenError, Options, Seq, Store, StoreError,
    battery::{Load, SimulatedDisk},
};
use std::sync::Arc;

const LOAD: Load = Load { series: 5 };
const SEGMENT: u64 = 8 << 10;

fn open(disk: &SimulatedDisk, index: &Arc<MemoryIndex>, checked: Checked) -> Result<Store, OpenError> {
    let options = Options { segment_size: SEGMENT, checked, ..Options::default() };
    Store::open_on(Box::new(disk.clone()), Box::new(Arc::clone(index)), options)
}

/// A disk with a journal of several segments, and the index over it.
fn filled() -> (SimulatedDisk, Arc<MemoryIndex>) {
    let (disk, index) = (SimulatedDisk::new(), Arc::new(MemoryIndex::new()));
    let store = open(&disk, &index, Checked::Everything).unwrap();
    for number in 0..60 {
        store.commit(LOAD.intent(number)).unwrap();
        store.commit(LOAD.result(number)).unwrap();
    }
    drop(store);
    assert!(disk.files().len() > 5, "too few segments to say anything");
    (disk, index)
}

#[test]
fn a_start_reads_no_full_segment_but_its_head() {
    let (disk, index) = filled();
    let everything = open(&disk, &index, Checked::Everything).unwrap();
    let expected: Vec<_> = everything.changes(Seq::START).map(Result::unwrap).collect();
    drop(everything);
    let last = disk.files().last().unwrap().0.clone();

    disk.take_reads();
    let store = open(&disk, &index, Checked::LastSegment).unwrap();
    assert_eq!(store.opened().indexing, Indexing::UpToDate);
    assert_eq!(store.last_seq(), Seq(120));
    for (name, octets) in disk.take_reads() {
        assert!(name == last || octets == 64, "{octets} octets of {name} were read");
    }
    // Nothing is missing of what was not read.
    assert_eq!(store.changes(Seq::START).collect::<Result<Vec<_>, _>>().unwrap(), expected);
    assert_eq!(store.changes(Seq(47)).collect::<Result<Vec<_>, _>>().unwrap(), expected[47..]);
    assert_eq!(store.registration(&LOAD.registration(3).id).unwrap().unwrap().det, LOAD.registration(3).det);
    let mut told = Vec::new();
    store
        .check_sealed(&mut |progress| {
            told.push((progress.done, progress.total));
            true
        })
        .unwrap();
    let sealed = disk.files().len() as u64 - 1;
    assert_eq!(told, (1..=sealed).map(|done| (done, sealed)).collect::<Vec<_>>());
    // And it goes on where it ended.
    store.commit(LOAD.intent(60)).unwrap();
    drop(store);
    assert_eq!(open(&disk, &index, Checked::Everything).unwrap().last_seq(), Seq(121));
}

#[test]
fn damage_of_a_full_segment_is_told_whenever_it_is_read() {
    let (disk, index) = filled();
    let segment = disk.files()[1].clone();
    let used = segment.1.iter().rposition(|octet| *octet != 0).unwrap();
    let mut damaged = 0;
    for at in (64..=used).step_by(41) {
        disk.tamper(&segment.0, |octets| octets[at] ^= 1 << (at % 8));

        let of_segment = |corruption: Corruption| {
            corruption.segment == 2 && matches!(corruption.what, Damage::Entry { .. })
        };
        // Zeros between two entries say nothing.
        let told = match open(&disk, &index, Checked::Everything) {
            Err(OpenError::Corrupt(corruption)) => of_segment(corruption),
            Ok(_) => segment.1[at] == 0,
            Err(other) => panic!("{other}"),
        };
        assert!(told, "octet {at}");
        let store = open(&disk, &index, Checked::LastSegment).unwrap();
        let checked = store.check_sealed(&mut |_| true);
        let read = store.changes(Seq::START).collect::<Result<Vec<_>, _>>();
        match (checked, read) {
            (Err(StoreError::Corrupt(one)), Err(StoreError::Corrupt(other))) => {
                assert!(of_segment(one) && of_segment(other), "octet {at}");
                damaged += 1;
            }
            (Ok(()), Ok(_)) => assert_eq!(segment.1[at], 0, "octet {at}"),
            (checked, read) => panic!("octet {at}: {checked:?} {:?}", read.err()),
        }
        disk.tamper(&segment.0, |octets| octets[at] ^= 1 << (at % 8));
    }
    assert!(damaged > 100, "{damaged}");
}

#[test]
fn heads_that_contradict_each_other_are_damage() {
    let (disk, index) = filled();
    let (second, third) = (disk.files()[1].clone(), disk.files()[2].clone());
    disk.tamper(&third.0, |octets| octets.copy_from_slice(&second.1));
    assert!(matches!(open(&disk, &index, Checked::LastSegment), Err(OpenError::Corrupt(_))));
    disk.tamper(&third.0, |octets| octets.copy_from_slice(&third.1));
    disk.lose(&second.0);
    assert!(matches!(open(&disk, &index, Checked::LastSegment), Err(OpenError::Corrupt(_))));
}

#[test]
fn the_mark_of_a_change_is_that_of_no_other_journal() {
    let (disk, index) = filled();
    let store = open(&disk, &index, Checked::LastSegment).unwrap();
    assert_eq!(store.mark(Seq::START).unwrap(), None);
    assert_eq!(store.mark(Seq(121)).unwrap(), None);
    let mark = store.mark(Seq(70)).unwrap().unwrap();
    assert_eq!(mark.seq, Seq(70));
    let other =
        Store::open_on(Box::new(SimulatedDisk::new()), Box::new(MemoryIndex::new()), Options::default())
            .unwrap();
    for number in 100..140 {
        other.commit(LOAD.intent(number)).unwrap();
        other.commit(LOAD.result(number)).unwrap();
    }
    assert_ne!(other.mark(Seq(70)).unwrap().unwrap().checksum, mark.checksum);
}

#[test]
fn read_ahead_the_changes_come_in_the_same_order() {
    let (disk, index) = filled();
    for checked in [Checked::Everything, Checked::LastSegment] {
        let store = open(&disk, &index, checked).unwrap();
        for after in [0, 1, 17, 60, 119, 120, 500] {
            let expected: Vec<_> = store.changes(Seq(after)).map(Result::unwrap).collect();
            for threads in [0, 1, 3, 16] {
                let mut taken = Vec::new();
                store
                    .changes_ahead(Seq(after), threads, &|entry| entry, &mut |entry| taken.push(entry))
                    .unwrap();
                assert_eq!(taken, expected, "after {after}, by {threads}");
            }
        }
    }
}

#[test]
fn read_ahead_damage_ends_it_where_it_is() {
    let (disk, index) = filled();
    let segment = disk.files()[2].clone();
    let middle = segment.1.iter().rposition(|octet| *octet != 0).unwrap() / 2;
    let store = open(&disk, &index, Checked::LastSegment).unwrap();
    disk.tamper(&segment.0, |octets| octets[middle] ^= 1);
    let whole: Vec<_> = store.changes(Seq::START).map_while(Result::ok).collect();
    let mut taken = Vec::new();
    let ended = store.changes_ahead(Seq::START, 3, &|entry| entry, &mut |entry| taken.push(entry));
    assert!(matches!(ended, Err(StoreError::Corrupt(corruption)) if corruption.segment == 3));
    assert_eq!(taken, whole);
    assert!(!taken.is_empty());
}
