//! The battery over the index in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{Index, MemoryIndex, battery::Home, battery_tests};

/// Memory forgets: every opening is an empty index.
struct Memory;

impl Home for Memory {
    fn open(&self) -> Box<dyn Index> {
        Box::new(MemoryIndex::new())
    }

    fn delete(&self) {}

    fn damage(&self, _seed: u64) {}
}

battery_tests!(Memory);
