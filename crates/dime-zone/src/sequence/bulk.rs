//! Sequences made at once of what is in order already.

use super::{LEAF, Leaf, Sequence};
use std::sync::Arc;

impl Sequence {
    /// A sequence of these, which are in order, each number once.
    pub(crate) fn of_ordered(entries: &[(u128, &[u8])]) -> Self {
        let mut sequence = Sequence { count: entries.len(), ..Sequence::default() };
        for chunk in entries.chunks(LEAF) {
            let mut leaf = Leaf {
                numbers: Vec::with_capacity(chunk.len()),
                ends: Vec::with_capacity(chunk.len()),
                octets: Vec::with_capacity(chunk.iter().map(|(_, octets)| octets.len()).sum()),
            };
            for (number, octets) in chunk {
                leaf.numbers.push(*number);
                leaf.octets.extend_from_slice(octets);
                leaf.ends.push(leaf.octets.len() as u32);
            }
            sequence.firsts.extend(leaf.numbers.first());
            sequence.leaves.push(Arc::new(leaf));
        }
        sequence
    }

    /// The sequence of all of these, which follow one another.
    pub(crate) fn joined(parts: Vec<Self>) -> Self {
        let mut joined = Sequence::default();
        for part in parts {
            joined.count += part.count;
            joined.firsts.extend(part.firsts);
            joined.leaves.extend(part.leaves);
        }
        joined
    }
}
