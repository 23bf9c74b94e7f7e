//! The store in a real folder: its lock, its files, damage in them, and commits in groups.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{
    Conflict, Corruption, Damage, MemoryIndex, OpenError, Options, Seq, Store, StoreError,
    battery::{Load, Operation, SimulatedDisk},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, mpsc},
};
use tempfile::TempDir;

const LOAD: Load = Load { series: 3 };

fn options() -> Options {
    Options { segment_size: 16 << 10, ..Options::default() }
}

fn open(folder: &Path) -> Result<Store, OpenError> {
    Store::open(folder, Box::new(MemoryIndex::new()), options())
}

/// A folder with a journal of so many changes, each a group of its own.
fn journal(changes: u64) -> TempDir {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    for number in 0..changes {
        store.commit(LOAD.intent(number)).unwrap();
    }
    folder
}

fn segment(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.journal"))
}

/// Where each entry of a segment begins, by the marker that the segment's head names.
fn entries(octets: &[u8]) -> Vec<usize> {
    (64..octets.len() - 8).step_by(8).filter(|at| octets[*at..at + 8] == octets[32..40]).collect()
}

fn corruption(folder: &Path) -> Corruption {
    match open(folder) {
        Err(OpenError::Corrupt(corruption)) => corruption,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("damage was not noticed"),
    }
}

#[test]
fn one_store_a_folder() {
    let folder = journal(1);
    let store = open(folder.path()).unwrap();
    match open(folder.path()) {
        Err(OpenError::InUse { folder: named }) => assert_eq!(named, folder.path()),
        _ => panic!("two stores in one folder"),
    }
    drop(store);
    open(folder.path()).unwrap();
}

#[test]
fn folders_and_files_are_for_their_owner_only() {
    let scratch = TempDir::new().unwrap();
    let folder = scratch.path().join("deep").join("journal");
    let store = open(&folder).unwrap();
    store.commit(LOAD.intent(0)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&segment(&folder, 1)), 0o600);
    // All its space is taken from the start.
    assert_eq!(fs::metadata(segment(&folder, 1)).unwrap().len(), 16 << 10);
}

#[test]
fn a_segment_that_was_moved_and_linked_is_a_segment() {
    let folder = journal(3);
    let elsewhere = TempDir::new().unwrap();
    let (path, moved) = (segment(folder.path(), 1), elsewhere.path().join("segment"));
    fs::rename(&path, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &path).unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(store.last_seq(), Seq(3));
    store.commit(LOAD.intent(3)).unwrap();
    drop(store);
    fs::remove_file(&moved).unwrap();
    assert!(open(folder.path()).is_err(), "a new journal in place of one that is out of reach");
    assert!(path.is_symlink());
}

#[test]
fn what_was_committed_is_there_after_opening_anew() {
    let folder = journal(60);
    assert!(segment(folder.path(), 3).exists(), "the journal has several segments");
    let store = open(folder.path()).unwrap();
    assert_eq!(store.last_seq(), Seq(60));
    assert_eq!(store.opened().cut, None);
    for number in 0..60 {
        assert_eq!(
            store.registration(&LOAD.registration(number).id).unwrap(),
            Some(LOAD.registration(number))
        );
    }
}

#[test]
fn damage_in_the_middle_is_told_and_left_alone() {
    let folder = journal(60);
    let last = (1..).take_while(|number| segment(folder.path(), *number).exists()).last().unwrap();
    // In the last segment, nothing but the later entries shows that the damaged one was durable.
    for (number, place) in [(1, 0), (1, 3), (2, 0), (2, 7), (last, 0), (last, 1)] {
        let path = segment(folder.path(), number);
        let whole = fs::read(&path).unwrap();
        let at = entries(&whole)[place];
        // The marker, the checksum, a length, the number, the group, the time, the payload.
        for octet in [at, at + 9, at + 12, at + 23, at + 31, at + 39, at + 100] {
            let mut damaged = whole.clone();
            damaged[octet] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            let found = corruption(folder.path());
            assert_eq!((found.segment, found.offset), (number, at as u64), "octet {octet}");
            assert!(matches!(found.what, Damage::Entry { .. }), "{found}");
            assert_eq!(fs::read(&path).unwrap(), damaged, "what is damaged is left for those who repair it");
        }
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(open(folder.path()).unwrap().last_seq(), Seq(60));
}

#[test]
fn a_torn_end_is_cut_off() {
    let folder = journal(3);
    let path = segment(folder.path(), 1);
    let whole = fs::read(&path).unwrap();
    let last = entries(&whole)[2];
    let end = whole.iter().rposition(|octet| *octet != 0).unwrap() + 1;
    for torn in (last..end).step_by(13) {
        let mut octets = whole.clone();
        octets[torn..last.max(torn) + (end - torn)].fill(0);
        fs::write(&path, &octets).unwrap();
        let store = open(folder.path()).unwrap();
        assert_eq!(store.last_seq(), Seq(2), "torn at {torn}");
        assert_eq!(store.opened().cut.is_some(), torn > last);
        assert_eq!(store.commit(LOAD.intent(50)).unwrap().seq, Seq(3));
    }
}

/// Three changes, of which the second and the third are one group.
fn a_group_of_two(disk: &SimulatedDisk) -> Store {
    let store = Store::open_on(Box::new(disk.clone()), Box::new(MemoryIndex::new()), options()).unwrap();
    let (hold, held) = mpsc::channel::<()>();
    let held = Mutex::new(Some(held));
    store.subscribe(Box::new(move |_| {
        if let Some(held) = held.lock().unwrap().take() {
            held.recv().unwrap();
        }
    }));
    // Says whether a change is on its way, and never is one: it asks for nothing that could be.
    let on_its_way = |number: u64| {
        let mut probe = LOAD.intent(number);
        probe.writes.push(LOAD.result(99).writes[0].clone());
        match store.commit(probe) {
            Err(StoreError::Conflict(Conflict::Missing { .. })) => false,
            Err(StoreError::Conflict(Conflict::Exists { .. })) => true,
            other => panic!("{other:?}"),
        }
    };
    std::thread::scope(|scope| {
        for number in 0..3 {
            let store = &store;
            scope.spawn(move || store.commit(LOAD.intent(number)).unwrap());
            while !on_its_way(number) {
                std::thread::yield_now();
            }
        }
        hold.send(()).unwrap();
    });
    store
}

#[test]
fn what_follows_a_torn_entry_does_not_come_back() {
    let disk = SimulatedDisk::new();
    drop(a_group_of_two(&disk));
    let file = "00000001.journal";
    disk.tamper(file, |octets| {
        let second = entries(octets)[1];
        octets[second + 300] ^= 1;
    });
    let open = || Store::open_on(Box::new(disk.clone()), Box::new(MemoryIndex::new()), options()).unwrap();
    let store = open();
    assert_eq!(store.last_seq(), Seq(1), "the third entry does not prove that the second was durable");
    assert!(store.opened().cut.is_some());
    // The same change again takes the same place, right before where the third one was.
    store.commit(LOAD.intent(1)).unwrap();
    drop(store);
    let store = open();
    assert_eq!(store.last_seq(), Seq(2));
    assert_eq!(store.registration(&LOAD.registration(2).id).unwrap(), None);
}

#[test]
fn missing_short_and_headless_segments_are_told() {
    let folder = journal(60);
    let path = segment(folder.path(), 2);
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(corruption(folder.path()), Corruption { segment: 2, offset: 0, what: Damage::SegmentMissing });

    fs::write(&path, &whole[..5000]).unwrap();
    assert_eq!(
        corruption(folder.path()),
        Corruption { segment: 2, offset: 5000, what: Damage::SegmentShort }
    );

    for octet in [0, 11, 15, 23, 31, 32, 45, 63] {
        let mut damaged = whole.clone();
        damaged[octet] ^= 1;
        fs::write(&path, &damaged).unwrap();
        assert_eq!(
            corruption(folder.path()),
            Corruption { segment: 2, offset: 0, what: Damage::SegmentHead }
        );
    }
    // A segment in the place of another.
    fs::copy(segment(folder.path(), 1), &path).unwrap();
    assert_eq!(corruption(folder.path()).what, Damage::SegmentHead);
    fs::write(&path, &whole).unwrap();
    open(folder.path()).unwrap();
}

#[test]
fn an_unfinished_segment_is_removed() {
    let folder = journal(1);
    let unfinished = folder.path().join("00000002.journal.new");
    fs::write(&unfinished, [0; 100]).unwrap();
    fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
    open(folder.path()).unwrap();
    assert!(!unfinished.exists());
    assert!(folder.path().join("notes.txt").exists());
}

#[test]
fn damage_that_comes_while_open_is_told_when_it_is_read() {
    let folder = journal(0);
    let store = open(folder.path()).unwrap();
    store.commit(LOAD.intent(0)).unwrap();
    store.commit(LOAD.intent(1)).unwrap();
    let path = segment(folder.path(), 1);
    let mut octets = fs::read(&path).unwrap();
    let at = entries(&octets)[0];
    octets[at + 200] ^= 1;
    fs::write(&path, octets).unwrap();
    let id = LOAD.registration(0).id;
    assert!(matches!(store.registration(&id), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.changes(Seq::START).next(), Some(Err(StoreError::Corrupt(_)))));
    assert_eq!(store.registration(&LOAD.registration(1).id).unwrap(), Some(LOAD.registration(1)));
}

#[test]
fn an_entry_longer_than_a_segment_gets_its_own() {
    let folder = journal(2);
    let store = open(folder.path()).unwrap();
    let mut change = LOAD.intent(2);
    if let dime_store::Write::PutRegistration { record, .. } = &mut change.writes[0] {
        record.csr = vec![0xa5; 100_000];
    }
    store.commit(change).unwrap();
    store.commit(LOAD.intent(3)).unwrap();
    drop(store);
    let store = open(folder.path()).unwrap();
    assert_eq!(store.registration(&LOAD.registration(2).id).unwrap().unwrap().csr.len(), 100_000);
    assert_eq!(store.last_seq(), Seq(4));
}

#[test]
fn sixty_four_threads_share_flushes() {
    const THREADS: u64 = 64;
    const EACH: u64 = 16;
    let disk = SimulatedDisk::new();
    let store =
        Store::open_on(Box::new(disk.clone()), Box::new(MemoryIndex::new()), Options::default()).unwrap();
    disk.take_log();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for number in thread * EACH..(thread + 1) * EACH {
                    store.commit(LOAD.intent(number)).unwrap();
                }
            });
        }
    });
    let log = disk.take_log();
    let syncs = log.iter().filter(|operation| matches!(operation, Operation::Sync { .. })).count() as u64;
    let writes = log.iter().filter(|operation| matches!(operation, Operation::Write { .. })).count() as u64;
    assert_eq!(writes, syncs, "a group is one write and one sync");
    assert!(syncs * 4 < THREADS * EACH, "{syncs} syncs for {} commits", THREADS * EACH);
    assert_eq!(store.last_seq(), Seq(THREADS * EACH));
}
