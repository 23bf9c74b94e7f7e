//! A sorted sequence of 128-bit numbers, each with a few octets: the contents of a zone.
//!
//! Numbers lie in leaves of up to [`LEAF`] entries, the octets of a leaf packed into one buffer: no allocation, pointer or padding per
//! entry. Leaves are shared and copied only when written while a copy of the sequence exists, so a copy of the whole costs one
//! pointer a leaf, and an export reads an unchanging sequence while changes go on.

mod bulk;

use std::{ops::Range, sync::Arc};

/// The most entries of a leaf. Larger leaves cost more to change, smaller ones more memory.
const LEAF: usize = 256;

/// Numbers in order, each with its octets.
#[derive(Clone, Default)]
pub(crate) struct Sequence {
    /// The first number of each leaf, apart from the leaves so that a search touches few cache lines.
    firsts: Vec<u128>,
    leaves: Vec<Arc<Leaf>>,
    count: usize,
}

/// Entries in order. Entry `i` has the octets from the end of entry `i - 1` to its own end.
#[derive(Clone, Default)]
struct Leaf {
    numbers: Vec<u128>,
    ends: Vec<u32>,
    octets: Vec<u8>,
}

impl Sequence {
    /// How many numbers it has.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The octets of a number.
    pub(crate) fn find(&self, number: u128) -> Option<&[u8]> {
        let leaf = self.leaves.get(self.leaf_of(number)?)?;
        leaf.octets_at(leaf.numbers.binary_search(&number).ok()?)
    }

    /// The least number that is not less than `number`.
    pub(crate) fn first_from(&self, number: u128) -> Option<u128> {
        let index = self.leaf_of(number).unwrap_or(0);
        let leaf = self.leaves.get(index)?;
        let within = leaf.numbers.partition_point(|&have| have < number);
        leaf.numbers.get(within).or_else(|| self.firsts.get(index + 1)).copied()
    }

    /// The greatest number that is less than `number`.
    pub(crate) fn last_before(&self, number: u128) -> Option<u128> {
        let index = self.leaf_of(number.checked_sub(1)?)?;
        let leaf = self.leaves.get(index)?;
        let within = leaf.numbers.partition_point(|&have| have < number);
        leaf.numbers.get(within.checked_sub(1)?).copied()
    }

    /// All entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u128, &[u8])> {
        self.leaves.iter().flat_map(|leaf| {
            leaf.numbers
                .iter()
                .enumerate()
                .filter_map(|(index, &number)| Some((number, leaf.octets_at(index)?)))
        })
    }

    /// Puts a number in, and returns the octets it had before.
    pub(crate) fn insert(&mut self, number: u128, octets: &[u8]) -> Option<Vec<u8>> {
        let index = match self.leaf_of(number) {
            Some(index) => index,
            None if self.leaves.is_empty() => {
                self.firsts.push(number);
                self.leaves.push(Arc::default());
                0
            }
            None => 0,
        };
        let leaf = Arc::make_mut(self.leaves.get_mut(index)?);
        let before = leaf.insert(number, octets);
        if before.is_none() {
            self.count += 1;
        }
        let upper = (leaf.numbers.len() > LEAF).then(|| leaf.split());
        let (first, upper_first) =
            (leaf.numbers.first().copied(), upper.as_ref().and_then(|u| u.numbers.first().copied()));
        if let (Some(slot), Some(first)) = (self.firsts.get_mut(index), first) {
            *slot = first;
        }
        if let (Some(upper), Some(first)) = (upper, upper_first) {
            self.leaves.insert(index + 1, Arc::new(upper));
            self.firsts.insert(index + 1, first);
        }
        before
    }

    /// Takes a number out, and returns its octets.
    pub(crate) fn remove(&mut self, number: u128) -> Option<Vec<u8>> {
        let index = self.leaf_of(number)?;
        self.leaves.get(index)?.numbers.binary_search(&number).ok()?;
        let leaf = Arc::make_mut(self.leaves.get_mut(index)?);
        let octets = leaf.remove(number)?;
        self.count -= 1;
        match leaf.numbers.first() {
            Some(&first) => {
                if let Some(slot) = self.firsts.get_mut(index) {
                    *slot = first;
                }
            }
            None => {
                self.firsts.remove(index);
                self.leaves.remove(index);
            }
        }
        Some(octets)
    }

    /// Octets of memory that the entries take, spare room included.
    pub(crate) fn memory(&self) -> usize {
        let leaves: usize = self.leaves.iter().map(|leaf| leaf.memory()).sum();
        leaves + self.firsts.capacity() * size_of::<u128>() + self.leaves.capacity() * size_of::<usize>()
    }

    /// The leaf in which `number` is, if it is anywhere.
    fn leaf_of(&self, number: u128) -> Option<usize> {
        self.firsts.partition_point(|&first| first <= number).checked_sub(1)
    }
}

impl Leaf {
    fn span(&self, index: usize) -> Option<Range<usize>> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        Some(start..*self.ends.get(index)? as usize)
    }

    fn octets_at(&self, index: usize) -> Option<&[u8]> {
        self.octets.get(self.span(index)?)
    }

    /// Puts an entry in. The buffers grow by an eighth, not to the double: at millions of entries spare room is most of the waste.
    fn insert(&mut self, number: u128, octets: &[u8]) -> Option<Vec<u8>> {
        let before = self.remove(number);
        let index = self.numbers.partition_point(|&have| have < number);
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).map_or(0, |&end| end as usize),
            None => 0,
        };
        reserve_an_eighth(&mut self.numbers, 1);
        reserve_an_eighth(&mut self.ends, 1);
        reserve_an_eighth(&mut self.octets, octets.len());
        self.numbers.insert(index, number);
        self.octets.splice(start..start, octets.iter().copied());
        self.ends.insert(index, start as u32);
        for end in self.ends.iter_mut().skip(index) {
            *end += octets.len() as u32;
        }
        before
    }

    fn remove(&mut self, number: u128) -> Option<Vec<u8>> {
        let index = self.numbers.binary_search(&number).ok()?;
        let span = self.span(index)?;
        let octets: Vec<u8> = self.octets.drain(span).collect();
        self.numbers.remove(index);
        self.ends.remove(index);
        for end in self.ends.iter_mut().skip(index) {
            *end -= octets.len() as u32;
        }
        if self.octets.len() < self.octets.capacity() / 2 {
            self.shrink();
        }
        Some(octets)
    }

    /// Takes the upper half out.
    fn split(&mut self) -> Leaf {
        let half = self.numbers.len() / 2;
        let numbers = self.numbers.split_off(half);
        let mut ends = self.ends.split_off(half);
        let start = self.ends.last().copied().unwrap_or(0);
        let octets = self.octets.split_off(start as usize);
        for end in &mut ends {
            *end -= start;
        }
        self.shrink();
        let mut upper = Leaf { numbers, ends, octets };
        upper.shrink();
        upper
    }

    fn shrink(&mut self) {
        self.numbers.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.octets.shrink_to_fit();
    }

    fn memory(&self) -> usize {
        size_of::<Leaf>()
            + 2 * size_of::<usize>()
            + self.numbers.capacity() * size_of::<u128>()
            + self.ends.capacity() * size_of::<u32>()
            + self.octets.capacity()
    }
}

fn reserve_an_eighth<T>(items: &mut Vec<T>, more: usize) {
    if items.capacity() - items.len() < more {
        items.reserve_exact(more.max(items.len() / 8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// A fixed walk of numbers that looks random (splitmix64).
    fn walk(seed: &mut u64) -> u64 {
        *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[test]
    fn agrees_with_a_tree_map() {
        let mut seed = 1;
        let mut sequence = Sequence::default();
        let mut model = BTreeMap::new();
        for step in 0..20_000_u32 {
            let number = u128::from(walk(&mut seed) % 3000) << 64;
            let octets = vec![step as u8; (walk(&mut seed) % 40) as usize];
            if walk(&mut seed).is_multiple_of(3) {
                assert_eq!(sequence.remove(number), model.remove(&number));
            } else {
                assert_eq!(sequence.insert(number, &octets), model.insert(number, octets));
            }
            let probe = u128::from(walk(&mut seed) % 3100) << 64;
            assert_eq!(sequence.find(probe), model.get(&probe).map(Vec::as_slice));
            assert_eq!(sequence.first_from(probe), model.range(probe..).next().map(|(&n, _)| n));
            assert_eq!(sequence.last_before(probe), model.range(..probe).next_back().map(|(&n, _)| n));
            assert_eq!(sequence.len(), model.len());
        }
        assert!(sequence.leaves.len() > 4, "the walk must split leaves");
        assert!(sequence.iter().eq(model.iter().map(|(&n, o)| (n, o.as_slice()))));
        for number in model.keys() {
            assert!(sequence.remove(*number).is_some());
        }
        assert_eq!((sequence.len(), sequence.leaves.len(), sequence.first_from(0)), (0, 0, None));
    }

    #[test]
    fn a_copy_does_not_change() {
        let mut sequence = Sequence::default();
        for number in 0..1000 {
            sequence.insert(number, &[1, 2, 3]);
        }
        let copy = sequence.clone();
        for number in 0..1000 {
            sequence.insert(number, &[9]);
            sequence.insert(number + 5000, &[9]);
        }
        assert!(copy.iter().eq((0..1000).map(|n| (n, [1, 2, 3].as_slice()))));
        assert_eq!(sequence.len(), 2000);
    }
}
