//! What was once in force keeps its DET and key, whatever is written of it later.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{
    Change, Conflict, Expect, MemoryIndex, NumberedCertificate, Options, Registration, RegistrationId, State,
    Store, StoreError, Write, battery::Load,
};
use drip_det::UnixTime;
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

#[test]
fn a_certificate_is_found_by_its_number_for_ever() {
    let folder = TempDir::new().unwrap();
    let open = || Store::open(folder.path(), Box::new(MemoryIndex::new()), Options::default()).unwrap();
    let put = |record: &Registration, expect| Change {
        writes: vec![Write::PutRegistration { record: Box::new(record.clone()), expect }],
        ..LOAD.intent(0)
    };
    let issuer = LOAD.authority(0).det;
    let numbered = |first: u8, not_after| NumberedCertificate {
        issuer,
        serial: [&[first], &[0x42; 19][..]].concat(),
        not_after: UnixTime(not_after),
    };
    let mut record = LOAD.registered(0);
    record.note(numbered(1, 100), UnixTime(50));
    record.note(numbered(2, 200), UnixTime(60));
    assert_eq!(record.numbered.len(), 2);
    let store = open();
    store.commit(put(&record, Expect::Absent)).unwrap();
    record.note(numbered(3, 300), UnixTime(150));
    assert_eq!(record.numbered, [numbered(2, 200), numbered(3, 300)]);
    record.state = State::Revoked;
    record.reason_code = Some(1);
    store.commit(put(&record, Expect::Version(1))).unwrap();
    let mut thief = LOAD.registered(4);
    thief.note(numbered(2, 400), UnixTime(0));
    let refused = store.commit(put(&thief, Expect::Absent));
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Serial { .. }))));
    drop(store);
    let store = open();
    record.version = 2;
    for first in [1, 2, 3] {
        let found = store.registration_by_serial(issuer, &numbered(first, 0).serial).unwrap();
        assert_eq!(found.as_ref(), Some(&record), "{first}");
    }
    assert_eq!(store.registration_by_serial(issuer, &[4; 20]).unwrap(), None);
    assert_eq!(store.registration_by_serial(LOAD.authority(1).det, &numbered(1, 0).serial).unwrap(), None);
}
