//! Up to 64 numbers that have their upper halves in common, with their octets, in one piece of memory.
//!
//! | octets | content |
//! |---|---|
//! | 8 | upper half of the numbers |
//! | 2 | how many there are |
//! | 8 each | lower halves, in order |
//! | 2 each | where the octets of each start |
//! | to the end | the octets of all, one after the other |
//!
//! Whoever looks for a number touches the cache lines of the beginning, of its lower half, of its start and of its octets; the first and
//! the last number are known from the leaf's place. A leaf is not changed but made anew, with no room to spare.

use super::search::{guess, rank};
use std::{ops::Range, sync::Arc};

/// The most entries of a leaf. Larger leaves cost more to make anew, smaller ones more memory.
pub(super) const MOST: usize = 64;
const HEAD: usize = 10;
const LOW: usize = size_of::<u64>();
const START: usize = size_of::<u16>();
/// Octets that a piece of memory takes beside its contents: two counts of who shares it, and what the allocator keeps.
const BESIDE: usize = 24;

/// Entries in order, at least one.
#[derive(Clone)]
pub(super) struct Leaf(Arc<[u8]>);

/// The number without its lower half.
pub(super) fn upper_half(number: u128) -> u128 {
    number & !u128::from(u64::MAX)
}

pub(super) fn lower_half(number: u128) -> u64 {
    number as u64
}

impl Leaf {
    /// Leaves of these entries, which are in order; several, where it is too much for one.
    pub(super) fn of(upper: u128, entries: &[(u64, &[u8])]) -> Vec<Leaf> {
        let mut made = Vec::with_capacity(2);
        Self::add(upper, entries, &mut made);
        made
    }

    fn add(upper: u128, entries: &[(u64, &[u8])], made: &mut Vec<Leaf>) {
        let Some((_, before_last)) = entries.split_last() else { return };
        // Where the last starts must be told in 16 bits.
        let start_of_last: usize = before_last.iter().map(|(_, octets)| octets.len()).sum();
        if entries.len() > MOST || start_of_last > usize::from(u16::MAX) {
            let (first, second) = entries.split_at(entries.len() / 2);
            Self::add(upper, first, made);
            Self::add(upper, second, made);
        } else {
            made.push(Self::whole(upper, entries));
        }
    }

    fn whole(upper: u128, entries: &[(u64, &[u8])]) -> Leaf {
        let octets: usize = entries.iter().map(|(_, octets)| octets.len()).sum();
        let mut leaf = Vec::with_capacity(HEAD + (LOW + START) * entries.len() + octets);
        leaf.extend_from_slice(&((upper >> 64) as u64).to_le_bytes());
        leaf.extend_from_slice(&(entries.len() as u16).to_le_bytes());
        for (low, _) in entries {
            leaf.extend_from_slice(&low.to_le_bytes());
        }
        let mut start = 0;
        for (_, octets) in entries {
            leaf.extend_from_slice(&(start as u16).to_le_bytes());
            start += octets.len();
        }
        entries.iter().for_each(|(_, octets)| leaf.extend_from_slice(octets));
        Leaf(leaf.into())
    }

    /// The upper half that all have in common.
    pub(super) fn upper(&self) -> u128 {
        let half = self.0.first_chunk().map_or(0, |half| u64::from_le_bytes(*half));
        u128::from(half) << 64
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        let count = self.0.get(8..).and_then(|rest| rest.first_chunk());
        count.map_or(0, |count| usize::from(u16::from_le_bytes(*count)))
    }

    fn lows(&self) -> &[[u8; LOW]] {
        self.0.get(HEAD..HEAD + LOW * self.len()).unwrap_or_default().as_chunks().0
    }

    /// How many numbers are less than a number; `first` is the first one, `next` the first of the next leaf.
    pub(super) fn rank(&self, number: u128, first: u128, next: Option<u128>) -> usize {
        match upper_half(number).cmp(&self.upper()) {
            std::cmp::Ordering::Less => return 0,
            std::cmp::Ordering::Greater => return self.len(),
            std::cmp::Ordering::Equal => {}
        }
        let last = next.filter(|next| upper_half(*next) == self.upper());
        let last = last.unwrap_or(self.upper() | u128::from(u64::MAX));
        let lows = self.lows();
        let low = lower_half(number);
        rank(lows, guess(number, first, last, lows.len()), |item| u64::from_le_bytes(*item) < low)
    }

    /// Something of the cache lines where a number and its start should be.
    pub(super) fn glance(&self, number: u128, first: u128, next: Option<u128>) -> usize {
        let last = next.unwrap_or(self.upper() | u128::from(u64::MAX));
        let count = self.len();
        let at = guess(number, first, last, count).min(count.saturating_sub(1));
        let octet = |place: usize| self.0.get(place).map_or(0, |octet| usize::from(*octet));
        octet(HEAD + LOW * at) ^ octet(HEAD + LOW * count + START * at)
    }

    /// The octets of a number.
    pub(super) fn find(&self, number: u128, first: u128, next: Option<u128>) -> Option<&[u8]> {
        let at = self.rank(number, first, next);
        (self.number_at(at)? == number).then(|| self.octets_at(at))?
    }

    /// The number at a place.
    pub(super) fn number_at(&self, at: usize) -> Option<u128> {
        let low = self.lows().get(at)?;
        Some(self.upper() | u128::from(u64::from_le_bytes(*low)))
    }

    /// The octets at a place.
    pub(super) fn octets_at(&self, at: usize) -> Option<&[u8]> {
        self.0.get(self.span(at, self.len())?)
    }

    /// All entries: lower halves and octets.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let count = self.len();
        let lows = self.lows().iter().map(|low| u64::from_le_bytes(*low));
        lows.enumerate().filter_map(move |(at, low)| Some((low, self.0.get(self.span(at, count)?)?)))
    }

    fn span(&self, at: usize, count: usize) -> Option<Range<usize>> {
        if at >= count {
            return None;
        }
        let starts = HEAD + LOW * count;
        let octets = starts + START * count;
        let start = |at: usize| {
            let place = starts + START * at;
            let start = self.0.get(place..place + START)?.first_chunk()?;
            Some(octets + usize::from(u16::from_le_bytes(*start)))
        };
        let end = if at + 1 == count { self.0.len() } else { start(at + 1)? };
        Some(start(at)?..end)
    }

    /// Octets of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.0.len() + BESIDE
    }
}
