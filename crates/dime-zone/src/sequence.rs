//! A sorted sequence of 128-bit numbers, each with a few octets: the contents of a zone.
//!
//! | tier | what | at most |
//! |---|---|---|
//! | root | the first number of each chunk; chunks | |
//! | chunk | the first number of each leaf; leaves | 256 leaves |
//! | leaf | numbers and octets in one piece of memory | 64 numbers |
//!
//! A copy costs one pointer and shares everything. A change makes one leaf anew; the chunk and the root above it are copied if a copy of the
//! sequence shares them, and else changed in place. So a reader's copy never changes, and filling a sequence that nobody shares copies no
//! more than leaves.
//!
//! Most of a DET is a hash, so numbers are spread evenly and a search begins where the number should be (`search`): in each tier it mostly
//! looks at one cache line or two. Where numbers are not spread evenly it is a binary search.

mod bulk;
mod chunk;
mod leaf;
mod merge;
mod search;
#[cfg(test)]
mod tests;
mod warm;

pub(crate) use warm::BATCH;

use chunk::Chunk;
use leaf::{Leaf, lower_half, upper_half};
use search::{guess, rank};
use std::sync::Arc;

/// Numbers in order, each with its octets.
#[derive(Clone, Default)]
pub(crate) struct Sequence {
    root: Arc<Root>,
    count: usize,
}

#[derive(Clone, Default)]
struct Root {
    /// The first number of each chunk, apart from the chunks so that a search touches few cache lines.
    firsts: Vec<u128>,
    chunks: Vec<Arc<Chunk>>,
}

/// A leaf, and the numbers that it is between.
struct Found<'a> {
    chunk: usize,
    index: usize,
    leaf: &'a Leaf,
    first: u128,
    /// The first number of the next leaf.
    next: Option<u128>,
}

impl Sequence {
    /// How many numbers it has.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The octets of a number.
    pub(crate) fn find(&self, number: u128) -> Option<&[u8]> {
        self.root.leaf_of(number)?.find(number)
    }

    /// The least number that is not less than `number`.
    pub(crate) fn first_from(&self, number: u128) -> Option<u128> {
        let Some(found) = self.root.leaf_of(number) else { return self.root.firsts.first().copied() };
        found.leaf.number_at(found.rank(number)).or(found.next)
    }

    /// The greatest number that is less than `number`.
    pub(crate) fn last_before(&self, number: u128) -> Option<u128> {
        let found = self.root.leaf_of(number.checked_sub(1)?)?;
        found.leaf.number_at(found.rank(number).checked_sub(1)?)
    }

    /// All entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u128, &[u8])> {
        let leaves = self.root.chunks.iter().flat_map(|chunk| chunk.leaves());
        leaves.flat_map(|leaf| leaf.entries().map(|(low, octets)| (leaf.upper() | u128::from(low), octets)))
    }

    /// Puts a number in, and returns the octets it had before.
    pub(crate) fn insert(&mut self, number: u128, octets: &[u8]) -> Option<Vec<u8>> {
        let (chunk, index, old, before) = self.root.place_of(number);
        let mut entries: Vec<(u64, &[u8])> = old.iter().flat_map(Leaf::entries).collect();
        let at = entries.partition_point(|(low, _)| *low < lower_half(number));
        match entries.get_mut(at).filter(|_| before) {
            Some(entry) => entry.1 = octets,
            None => entries.insert(at, (lower_half(number), octets)),
        }
        let had =
            if before { old.as_ref().and_then(|old| old.octets_at(at)).map(<[u8]>::to_vec) } else { None };
        let made = Leaf::of(upper_half(number), &entries);
        self.count += usize::from(!before);
        self.root_mut().replace(chunk, index..index + usize::from(old.is_some()), made);
        had
    }

    /// Takes a number out, and returns its octets.
    pub(crate) fn remove(&mut self, number: u128) -> Option<Vec<u8>> {
        let found = self.root.leaf_of(number)?;
        let octets = found.find(number)?.to_vec();
        let (chunk, mut index, old) = (found.chunk, found.index, found.leaf.clone());
        let mut leaves = vec![old];
        // What has become small is put together with a neighbour, if that is no more than three quarters of a leaf.
        if let Some((at, neighbour)) = self.root.small_neighbour(&found) {
            if at < index {
                leaves.insert(0, neighbour);
            } else {
                leaves.push(neighbour);
            }
            index = at.min(index);
        }
        let entries = leaves.iter().flat_map(Leaf::entries);
        let entries: Vec<_> = entries.filter(|(low, _)| *low != lower_half(number)).collect();
        let made = Leaf::of(upper_half(number), &entries);
        self.count -= 1;
        self.root_mut().replace(chunk, index..index + leaves.len(), made);
        Some(octets)
    }

    /// Octets of memory that the entries take.
    pub(crate) fn memory(&self) -> usize {
        let chunks = self.root.chunks.iter().map(|chunk| chunk.memory());
        chunks.sum::<usize>() + self.root.firsts.capacity() * (size_of::<u128>() + size_of::<usize>())
    }

    fn root_mut(&mut self) -> &mut Root {
        Arc::make_mut(&mut self.root)
    }
}

impl Root {
    /// The leaf in which a number is, if it is anywhere.
    fn leaf_of(&self, number: u128) -> Option<Found<'_>> {
        let (first, last) = (*self.firsts.first()?, *self.firsts.last()?);
        let begin = guess(number, first, last, self.firsts.len() - 1);
        let chunk = rank(&self.firsts, begin, |first| *first <= number).checked_sub(1)?;
        let next = self.firsts.get(chunk + 1).copied();
        let (index, leaf, first, next) = self.chunks.get(chunk)?.leaf_of(number, next)?;
        Some(Found { chunk, index, leaf, first, next })
    }

    /// Where a number is or should be: chunk, place in it, the leaf there if it belongs into that, and whether it is in it already.
    fn place_of(&self, number: u128) -> (usize, usize, Option<Leaf>, bool) {
        let belongs = |leaf: &&Leaf| leaf.upper() == upper_half(number);
        let (chunk, index) = match self.leaf_of(number) {
            Some(found) if found.leaf.upper() == upper_half(number) => {
                let is_there = found.find(number).is_some();
                return (found.chunk, found.index, Some(found.leaf.clone()), is_there);
            }
            Some(found) => (found.chunk, found.index + 1),
            None => (0, 0),
        };
        // Before all numbers of its upper half.
        let after = self.chunks.get(chunk).and_then(|chunk| chunk.leaf_at(index));
        (chunk, index, after.filter(belongs).cloned(), false)
    }

    /// A leaf beside this one that is to be put together with it.
    fn small_neighbour(&self, found: &Found<'_>) -> Option<(usize, Leaf)> {
        let count = found.leaf.len();
        if count > leaf::MOST / 4 {
            return None;
        }
        let chunk = self.chunks.get(found.chunk)?;
        let fits =
            |leaf: &Leaf| leaf.upper() == found.leaf.upper() && count + leaf.len() <= leaf::MOST / 4 * 3;
        let beside = [Some(found.index + 1), found.index.checked_sub(1)].into_iter().flatten();
        let mut beside = beside.filter_map(|index| Some((index, chunk.leaf_at(index)?)));
        beside.find(|(_, leaf)| fits(leaf)).map(|(index, leaf)| (index, leaf.clone()))
    }

    /// Puts leaves in the place of others in a chunk.
    fn replace(&mut self, chunk: usize, old: std::ops::Range<usize>, new: Vec<Leaf>) {
        if self.chunks.is_empty() {
            self.insert(0, Chunk::of(new));
            return;
        }
        let Some(changed) = self.chunks.get_mut(chunk).map(Arc::make_mut) else { return };
        changed.replace(old, new);
        let upper = changed.split();
        match changed.first() {
            Some(first) => {
                if let Some(slot) = self.firsts.get_mut(chunk) {
                    *slot = first;
                }
            }
            None => {
                self.firsts.remove(chunk);
                self.chunks.remove(chunk);
            }
        }
        match upper {
            Some(upper) => self.insert(chunk + 1, upper),
            None => {
                self.join(chunk);
                if let Some(before) = chunk.checked_sub(1) {
                    self.join(before);
                }
            }
        }
    }

    fn insert(&mut self, at: usize, chunk: Chunk) {
        if let Some(first) = chunk.first() {
            self.firsts.insert(at, first);
            self.chunks.insert(at, Arc::new(chunk));
        }
    }

    /// Puts a chunk together with the next one, if either has become small.
    fn join(&mut self, at: usize) {
        let fits = match (self.chunks.get(at), self.chunks.get(at + 1)) {
            (Some(chunk), Some(next)) => (chunk.is_small() || next.is_small()) && chunk.fits_with(next),
            _ => false,
        };
        if fits {
            self.firsts.remove(at + 1);
            let next = self.chunks.remove(at + 1);
            if let Some(chunk) = self.chunks.get_mut(at) {
                Arc::make_mut(chunk).append(&next);
            }
        }
    }
}

impl<'a> Found<'a> {
    /// How many numbers of the leaf are less than a number.
    fn rank(&self, number: u128) -> usize {
        self.leaf.rank(number, self.first, self.next)
    }

    fn find(&self, number: u128) -> Option<&'a [u8]> {
        self.leaf.find(number, self.first, self.next)
    }
}
