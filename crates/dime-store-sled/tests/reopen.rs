//! What only an index with a place on the disk can show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{Index, Indexing, OpenError, Options, Progress, Seq, Store, battery::Load};
use dime_store_sled::{OpenIndexError, SledIndex};
use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};
use tempfile::TempDir;

const LOAD: Load = Load { series: 9 };

fn open(folder: &Path, options: Options) -> Store {
    let index = SledIndex::open(&folder.join("index")).unwrap();
    Store::open(&folder.join("journal"), Box::new(index), options).unwrap()
}

fn intend(store: &Store, numbers: std::ops::Range<u64>) {
    for number in numbers {
        store.commit(LOAD.intent(number)).unwrap();
    }
}

#[test]
fn what_was_indexed_stays_indexed() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), Options::default());
    for number in 0..20 {
        store.commit(LOAD.intent(number)).unwrap();
    }
    drop(store);
    let store = open(folder.path(), Options::default());
    assert_eq!(store.opened().indexing, Indexing::UpToDate);
    assert_eq!(store.last_seq(), Seq(20));
    assert_eq!(store.registration(&LOAD.registration(7).id).unwrap(), Some(LOAD.registration(7)));
}

#[test]
fn making_it_anew_tells_its_progress() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), Options::default());
    std::thread::scope(|scope| {
        for writer in 0..16 {
            let store = &store;
            scope.spawn(move || intend(store, writer * 70..(writer + 1) * 70));
        }
    });
    drop(store);
    fs::remove_dir_all(folder.path().join("index")).unwrap();
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let log = Arc::clone(&told);
    let progress: Arc<dyn Fn(Progress) + Send + Sync> =
        Arc::new(move |progress| log.lock().unwrap().push(progress));
    let store = open(folder.path(), Options { progress: Some(progress), ..Options::default() });
    assert_eq!(store.opened().indexing, Indexing::Rebuilt(1120));
    let told = told.lock().unwrap();
    assert!(told.len() > 1 && told.is_sorted_by(|a, b| a.done < b.done));
    assert_eq!(told.last(), Some(&Progress { done: 1120, total: 1120 }));
}

#[test]
fn a_second_opener_is_refused_and_nothing_is_harmed() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), Options::default());
    store.commit(LOAD.intent(1)).unwrap();
    let error = SledIndex::open(&folder.path().join("index")).err().unwrap();
    assert!(matches!(error, OpenIndexError::Folder(OpenError::InUse { .. })), "{error}");
    store.commit(LOAD.intent(2)).unwrap();
    drop(store);
    assert_eq!(open(folder.path(), Options::default()).opened().indexing, Indexing::UpToDate);
}

#[test]
fn a_part_that_is_lost_is_noticed() {
    let folder = TempDir::new().unwrap();
    intend(&open(folder.path(), Options::default()), 0..5);
    // sled itself finds nothing wrong with a key that is not there.
    let generation = folder.path().join("index").join("generation-1");
    let db = sled::open(&generation).unwrap();
    let key = db.iter().keys().map(Result::unwrap).find(|key| key[0] == b'd').unwrap();
    db.remove(key).unwrap();
    db.flush().unwrap();
    drop(db);
    let index = SledIndex::open(&folder.path().join("index")).unwrap();
    assert_eq!(index.applied().unwrap(), None);
    drop(index);
    let store = open(folder.path(), Options::default());
    assert_eq!(store.opened().indexing, Indexing::Rebuilt(5));
}

#[test]
fn a_journal_that_lost_its_end_is_refused_untouched() {
    let folder = TempDir::new().unwrap();
    intend(&open(folder.path(), Options::default()), 0..5);
    let segment = folder.path().join("journal").join("00000001.journal");
    let mut octets = fs::read(&segment).unwrap();
    let end = octets.iter().rposition(|octet| *octet != 0).unwrap();
    octets[end - 10] ^= 1;
    fs::write(&segment, &octets).unwrap();
    let refused = || {
        let index = SledIndex::open(&folder.path().join("index")).unwrap();
        Store::open(&folder.path().join("journal"), Box::new(index), Options::default()).err().unwrap()
    };
    for _ in 0..2 {
        let error = refused();
        assert!(error.to_string().contains("entry 5, which the index has seen"), "{error}");
        assert!(fs::read(&segment).unwrap() == octets, "what is left of the entry was wiped out");
    }
    // Nor is a new journal begun where one is missing.
    fs::remove_file(&segment).unwrap();
    let error = refused();
    assert!(error.to_string().contains("the segment is missing"), "{error}");
    assert!(!segment.exists());
    // Mended, it is as it was.
    octets[end - 10] ^= 1;
    fs::write(&segment, &octets).unwrap();
    assert_eq!(open(folder.path(), Options::default()).last_seq(), Seq(5));
}

/// What the tests say of closing in order: whether the index believed its note, and whether it would have been wrong to.
fn index_with_note(damage: impl FnOnce(&Path)) -> (Option<dime_store::Mark>, bool) {
    let folder = TempDir::new().unwrap();
    intend(&open(folder.path(), Options::default()), 0..5);
    let note = folder.path().join("index/generation-1.closed");
    assert!(note.exists(), "an index that is closed says so");
    damage(&folder.path().join("index"));
    let index = SledIndex::open(&folder.path().join("index")).unwrap();
    assert!(!note.exists(), "what is open may change");
    let applied = index.applied().unwrap();
    drop(index);
    let store = open(folder.path(), Options::default());
    assert_eq!(store.last_seq(), Seq(5));
    for number in 0..5 {
        assert_eq!(
            store.registration(&LOAD.registration(number).id).unwrap(),
            Some(LOAD.registration(number))
        );
    }
    (applied, store.opened().indexing == Indexing::UpToDate)
}

#[test]
fn an_index_closed_in_order_is_believed_once() {
    let whole = index_with_note(|_| ());
    assert_eq!((whole.0.map(|mark| mark.seq), whole.1), (Some(Seq(5)), true));
    // A note that is not the last owner's is worth nothing: everything is read, and found to be whole.
    for octet in 0..60 {
        let damaged = index_with_note(|index| {
            let note = index.join("generation-1.closed");
            let mut octets = fs::read(&note).unwrap();
            let at = octet * octets.len() / 60;
            octets[at] ^= 1;
            fs::write(&note, octets).unwrap();
        });
        assert_eq!((damaged.0.map(|mark| mark.seq), damaged.1), (Some(Seq(5)), true));
    }
    let missing = index_with_note(|index| fs::remove_file(index.join("generation-1.closed")).unwrap());
    assert_eq!((missing.0.map(|mark| mark.seq), missing.1), (Some(Seq(5)), true));
}

#[test]
fn a_note_does_not_hide_what_was_touched() {
    let lost = index_with_note(|index| {
        let db = sled::open(index.join("generation-1")).unwrap();
        let key = db.iter().keys().map(Result::unwrap).find(|key| key[0] == b'd').unwrap();
        db.remove(key).unwrap();
        db.flush().unwrap();
    });
    assert_eq!(lost, (None, false));
    let older = index_with_note(|index| {
        // Another index in its place, with the note of this one.
        let other = TempDir::new().unwrap();
        let empty = other.path().join("index");
        drop(SledIndex::open(&empty).unwrap());
        fs::remove_dir_all(index.join("generation-1")).unwrap();
        fs::rename(empty.join("generation-1"), index.join("generation-1")).unwrap();
    });
    assert_eq!(older, (None, false));
}
