//! What was once in force keeps its DET and key, whatever is written of it later.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{
    Change, Conflict, Expect, MemoryIndex, Options, Registration, RegistrationId, State, Store, StoreError,
    Write, battery::Load,
};
use tempfile::TempDir;

const LOAD: Load = Load { series: 9 };

#[test]
fn a_denial_frees_only_what_was_never_in_force() {
    let put = |record: Registration, expect| Change {
        writes: vec![Write::PutRegistration { record: Box::new(record), expect }],
        ..LOAD.intent(0)
    };
    for (last, free) in [
        (State::Pending, true),
        (State::Issuing, true),
        (State::Registered, false),
        (State::Revoked, false),
        (State::Expired, false),
    ] {
        let folder = TempDir::new().unwrap();
        let open = || Store::open(folder.path(), Box::new(MemoryIndex::new()), Options::default()).unwrap();
        let store = open();
        let first = Registration { state: last, ..LOAD.registered(0) };
        store.commit(put(first.clone(), Expect::Absent)).unwrap();
        store
            .commit(put(Registration { state: State::Denied, ..first.clone() }, Expect::Version(1)))
            .unwrap();
        drop(store);
        let store = open();
        let other = Registration { id: RegistrationId("other".into()), state: State::Pending, ..first };
        match store.commit(put(other, Expect::Absent)) {
            Ok(_) => assert!(free, "{last:?}"),
            Err(StoreError::Conflict(Conflict::Det { .. })) => assert!(!free, "{last:?}"),
            Err(error) => panic!("{error}"),
        }
    }
}
