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
