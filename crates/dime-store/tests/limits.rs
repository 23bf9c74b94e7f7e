//! What a store does not take.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{
    MemoryIndex, Options, RegistrationId, Request, Seq, Store, StoreError, Write, battery::Load,
};
use drip_det::UnixTime;
use tempfile::TempDir;

const LOAD: Load = Load { series: 7 };

fn request(number: u64) -> Write {
    let mut key_digest = [0; 32];
    key_digest[..8].copy_from_slice(&number.to_be_bytes());
    let registration = RegistrationId("r".into());
    Write::PutRequest {
        record: Request { key_digest, request_digest: [0; 32], registration, at: UnixTime(1) },
    }
}

#[test]
fn a_change_of_more_writes_than_the_index_can_number_is_refused() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path(), Box::new(MemoryIndex::new()), Options::default()).unwrap();
    let mut change = LOAD.intent(0);
    change.writes = (0..(1 << 16) + 1).map(request).collect();
    assert!(matches!(store.commit(change), Err(StoreError::Unavailable { .. })));
    assert_eq!(store.last_seq(), Seq(0));
    store.commit(LOAD.intent(0)).unwrap();
}
