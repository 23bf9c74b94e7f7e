//! What every home of the index has to pass, and what it is made to suffer: for the tests of this crate and of those that make homes.
//!
//! A home gives a [`Home`] and gets its tests by [`battery_tests!`](crate::battery_tests).

mod cases;
mod contract;
mod faults;
mod faulty_index;
mod layer;
mod load;
mod power;
mod replay;
mod simulated_disk;

pub use faulty_index::FaultyIndex;
pub use load::Load;
pub use power::{PowerCuts, Tally};
pub use replay::{CrashImage, Replay};
pub use simulated_disk::{Fault, Operation, SimulatedDisk};

use crate::Index;

/// Where an index lives, to be opened again and again.
pub trait Home {
    /// Opens the index that is there; an empty one when there is none or it is damaged.
    fn open(&self) -> Box<dyn Index>;

    /// Deletes the index. It is not open.
    fn delete(&self);

    /// Damages the index, in a way that depends on `seed`. It is not open.
    fn damage(&self, seed: u64);

    /// Of the operations that may fail one by one, every how many-th does: more than one for a home that takes long to open.
    fn stride(&self) -> usize {
        1
    }
}

/// Everything an index holds.
pub fn contents(index: &dyn Index) -> Vec<(crate::Key, crate::Value)> {
    index.range(&[], None, usize::MAX).expect("the index gives all it holds")
}

/// All tests, each by its name, of a home that `$make` makes.
#[macro_export]
macro_rules! battery_tests {
    ($make:expr) => {
        $crate::battery_tests!($make,
            contract_of_the_index, expectations, claims, claims_against_commits_on_their_way, listings, tokens_and_requests,
            feed_and_subscribers, index_behind_deleted_and_damaged, index_of_another_journal, index_ahead_is_told,
            index_writes_fail_both_ways, disk_operations_fail_both_ways, full_disk_recovers);
    };
    ($make:expr, $($name:ident),+) => {
        $(#[test]
        fn $name() {
            $crate::battery::$name(&$make);
        })+
    };
}

pub use cases::{
    claims, claims_against_commits_on_their_way, expectations, feed_and_subscribers, listings,
    tokens_and_requests,
};
pub use contract::contract_of_the_index;
pub use faults::{
    disk_operations_fail_both_ways, full_disk_recovers, index_ahead_is_told,
    index_behind_deleted_and_damaged, index_of_another_journal, index_writes_fail_both_ways,
};
