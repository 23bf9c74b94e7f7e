//! Power cuts at every write of a run of a thousand registrations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::battery::PowerCuts;

#[test]
fn one_writer_a_thousand_registrations() {
    let cuts = PowerCuts { registrations: 1000, writers: 1, segment_size: 64 << 10, seed: 1 };
    let tally = cuts.run();
    println!("{tally:?}");
    assert!(
        tally.cuts > 2 * 2125 && tally.torn > 100 && tally.untold > 100 && tally.again > 1000,
        "{tally:?}"
    );
}

#[test]
fn sixteen_writers_in_groups() {
    let cuts = PowerCuts { registrations: 600, writers: 16, segment_size: 64 << 10, seed: 2 };
    let tally = cuts.run();
    println!("{tally:?}");
    assert!(tally.cuts < tally.changes, "groups: fewer writes and syncs than changes; {tally:?}");
    assert!(tally.torn > 10 && tally.untold > 10, "{tally:?}");
}
