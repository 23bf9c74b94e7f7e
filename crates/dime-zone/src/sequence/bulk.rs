//! Sequences made at once of what is in order already: leaves are full, and nothing is copied twice.

use super::{
    Sequence,
    chunk::Chunk,
    leaf::{self, Leaf, lower_half, upper_half},
};
use std::sync::Arc;

impl Sequence {
    /// A sequence of these, which are in order, each number once.
    pub(crate) fn of_ordered(entries: &[(u128, &[u8])]) -> Self {
        let mut leaves = Vec::with_capacity(entries.len() / leaf::MOST + 1);
        let mut part: Vec<(u64, &[u8])> = Vec::with_capacity(leaf::MOST);
        for of_one_half in entries.chunk_by(|(a, _), (b, _)| upper_half(*a) == upper_half(*b)) {
            for entries in of_one_half.chunks(leaf::MOST) {
                let Some((first, _)) = entries.first() else { continue };
                part.clear();
                part.extend(entries.iter().map(|(number, octets)| (lower_half(*number), *octets)));
                leaves.extend(Leaf::of(upper_half(*first), &part));
            }
        }
        let mut sequence = Sequence { count: entries.len(), ..Sequence::default() };
        let root = sequence.root_mut();
        Chunk::all_of(leaves).for_each(|chunk| root.insert(root.chunks.len(), chunk));
        sequence
    }

    /// The sequence of all of these, which follow one another.
    pub(crate) fn joined(parts: Vec<Self>) -> Self {
        let mut joined = Sequence::default();
        let root = joined.root_mut();
        for part in &parts {
            root.firsts.extend_from_slice(&part.root.firsts);
            root.chunks.extend(part.root.chunks.iter().map(Arc::clone));
        }
        joined.count = parts.iter().map(Sequence::len).sum();
        joined
    }
}
