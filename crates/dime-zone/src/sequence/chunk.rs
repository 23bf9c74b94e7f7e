//! Leaves in a row.

use super::{
    leaf::Leaf,
    search::{guess, rank},
};
use std::ops::Range;

/// The most leaves of a chunk. More cost more to copy with every change, fewer make the root longer, which is copied too.
const MOST: usize = 256;

/// Leaves in order.
#[derive(Clone)]
pub(super) struct Chunk {
    /// The first number of each leaf, apart from the leaves so that a search touches few cache lines.
    firsts: Vec<u128>,
    leaves: Vec<Leaf>,
}

impl Chunk {
    pub(super) fn of(leaves: Vec<Leaf>) -> Self {
        Chunk { firsts: leaves.iter().filter_map(|leaf| leaf.number_at(0)).collect(), leaves }
    }

    /// Chunks of leaves that are in order.
    pub(super) fn all_of(leaves: Vec<Leaf>) -> impl Iterator<Item = Self> {
        let mut leaves = leaves.into_iter().peekable();
        std::iter::from_fn(move || {
            leaves.peek()?;
            Some(Chunk::of(leaves.by_ref().take(MOST).collect()))
        })
    }

    /// The least number.
    pub(super) fn first(&self) -> Option<u128> {
        self.firsts.first().copied()
    }

    /// The leaf in which a number is, if it is here: its place, itself, its first number, and that of the next leaf. `next` is the first
    /// number of the next chunk.
    pub(super) fn leaf_of(
        &self,
        number: u128,
        next: Option<u128>,
    ) -> Option<(usize, &Leaf, u128, Option<u128>)> {
        let first = self.first()?;
        let last = next.or_else(|| self.firsts.last().copied())?;
        let begin = guess(number, first, last, self.firsts.len());
        let index = rank(&self.firsts, begin, |first| *first <= number).checked_sub(1)?;
        let after = self.firsts.get(index + 1).copied().or(next);
        Some((index, self.leaves.get(index)?, *self.firsts.get(index)?, after))
    }

    pub(super) fn leaf_at(&self, index: usize) -> Option<&Leaf> {
        self.leaves.get(index)
    }

    pub(super) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter()
    }

    /// Puts leaves in the place of others.
    pub(super) fn replace(&mut self, old: Range<usize>, new: Vec<Leaf>) {
        let old = old.start.min(self.leaves.len())..old.end.min(self.leaves.len());
        self.firsts.splice(old.clone(), new.iter().filter_map(|leaf| leaf.number_at(0)));
        self.leaves.splice(old, new);
        if self.leaves.len() < self.leaves.capacity() / 2 {
            self.firsts.shrink_to_fit();
            self.leaves.shrink_to_fit();
        }
    }

    /// Takes the upper half out, if there is too much for one chunk.
    pub(super) fn split(&mut self) -> Option<Chunk> {
        (self.leaves.len() > MOST).then(|| {
            let half = self.leaves.len() / 2;
            let upper = Chunk { firsts: self.firsts.split_off(half), leaves: self.leaves.split_off(half) };
            self.firsts.shrink_to_fit();
            self.leaves.shrink_to_fit();
            upper
        })
    }

    /// Whether it is worth while to put it together with another.
    pub(super) fn is_small(&self) -> bool {
        self.leaves.len() < MOST / 8
    }

    /// Whether the two make one chunk with room for more.
    pub(super) fn fits_with(&self, next: &Chunk) -> bool {
        self.leaves.len() + next.leaves.len() <= MOST / 4 * 3
    }

    /// Adds what comes after.
    pub(super) fn append(&mut self, next: &Chunk) {
        self.firsts.extend_from_slice(&next.firsts);
        self.leaves.extend_from_slice(&next.leaves);
    }

    /// Octets of memory it takes, with its leaves.
    pub(super) fn memory(&self) -> usize {
        let leaves: usize = self.leaves.iter().map(Leaf::memory).sum();
        leaves
            + size_of::<Self>()
            + self.firsts.capacity() * size_of::<u128>()
            + self.leaves.capacity() * size_of::<Leaf>()
    }
}
