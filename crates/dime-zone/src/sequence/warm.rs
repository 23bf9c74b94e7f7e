//! What the searches of a batch will look at, brought near before they begin.
//!
//! A search in a large sequence waits for memory four times, each time for an address that the wait before has told: the leaf, its numbers,
//! its starts, the octets. The searches of a batch know nothing of each other, so here all of them take the first step, then all the
//! second, and the processor waits for many at once. Nothing comes of it but that what is read is near when it is read again.

use super::{Found, Sequence};
use std::hint::black_box;

/// The most numbers of a batch.
pub(crate) const BATCH: usize = 64;
/// Sequences of fewer numbers are near in any case.
const FEW: usize = 20_000;

impl Sequence {
    /// Looks for these numbers, [`BATCH`] at most, and forgets what it found.
    pub(crate) fn warm(&self, numbers: &[u128]) {
        if numbers.len() < 2 || self.len() < FEW {
            return;
        }
        let mut searches: [Option<(u128, Found<'_>)>; BATCH] = [const { None }; BATCH];
        let mut seen = 0_usize;
        for (search, number) in searches.iter_mut().zip(numbers) {
            *search = self.root.leaf_of(*number).map(|found| (*number, found));
            seen ^= search.as_ref().map_or(0, |(_, found)| found.leaf.len());
        }
        for (number, found) in searches.iter().flatten() {
            seen ^= found.leaf.glance(*number, found.first, found.next);
        }
        for (number, found) in searches.iter().flatten() {
            let octets = found.find(*number).unwrap_or_default();
            // One of every cache line.
            seen ^= octets
                .iter()
                .step_by(64)
                .chain(octets.last())
                .fold(0, |seen, octet| seen ^ usize::from(*octet));
        }
        black_box(seen);
    }
}
