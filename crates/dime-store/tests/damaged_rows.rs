//! Rows of the index that are rows, but not the right ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{Index, Key, MemoryIndex, Options, Store, StoreError, Value, battery::Load};
use std::sync::Arc;
use tempfile::TempDir;

const LOAD: Load = Load { series: 7 };

#[test]
fn a_row_that_points_to_another_record_or_version_is_not_believed() {
    let folder = TempDir::new().unwrap();
    let index = Arc::new(MemoryIndex::new());
    let store = Store::open(folder.path(), Box::new(Arc::clone(&index)), Options::default()).unwrap();
    let key = |number: u64| -> Key { [b"r", LOAD.registration(number).id.as_str().as_bytes()].concat() };
    let row = |number: u64| -> Value { index.get(&key(number)).unwrap().unwrap() };
    store.commit(LOAD.intent(0)).unwrap();
    let first = row(0);
    store.commit(LOAD.intent(1)).unwrap();
    store.commit(LOAD.result(0)).unwrap();
    let second = row(0);
    let mark = index.applied().unwrap().unwrap();
    let put = |value: Value| index.apply(&[(key(0), Some(value))], mark).unwrap();
    let read = || store.registration(&LOAD.registration(0).id);

    // A pointer of another row: segment, offset and length are octets 1 to 16.
    for stranger in [row(1), first] {
        let mut crossed = second.clone();
        crossed[1..17].copy_from_slice(&stranger[1..17]);
        put(crossed);
        assert!(matches!(read(), Err(StoreError::Unavailable { .. })), "{:?}", read());
    }
    put(second);
    assert_eq!(read().unwrap(), Some(LOAD.registered(0)));
}
