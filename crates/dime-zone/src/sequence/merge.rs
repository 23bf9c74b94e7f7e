//! Many entries put into a sequence at once, by several threads.

use super::{
    Sequence,
    chunk::Chunk,
    leaf::{self, Leaf, lower_half, upper_half},
};
use std::{sync::Arc, thread};

/// What one thread works on: chunks, and the new entries that belong between the first of them and the first of the next part.
struct Part<'a> {
    chunks: &'a [Arc<Chunk>],
    new: &'a [(u128, &'a [u8])],
}

/// What becomes of it.
#[derive(Default)]
struct Made {
    chunks: Vec<Arc<Chunk>>,
    before: Vec<Vec<u8>>,
}

impl Sequence {
    /// Puts entries in, which are in order, each number once; returns what those numbers had before. Leaves are full afterwards wherever
    /// something was put in.
    pub(crate) fn merge(&mut self, new: &[(u128, &[u8])], threads: usize) -> Vec<Vec<u8>> {
        let share = self.root.chunks.len().div_ceil(threads.max(1)).max(1);
        let mut parts = Vec::with_capacity(threads);
        let mut rest = new;
        let mut chunks = self.root.chunks.as_slice();
        while chunks.len() > share {
            let (mine, others) = chunks.split_at(share);
            let end = others.first().and_then(|next| next.first());
            let count = end.map_or(rest.len(), |end| rest.partition_point(|(number, _)| *number < end));
            let (these, those) = rest.split_at(count);
            parts.push(Part { chunks: mine, new: these });
            (chunks, rest) = (others, those);
        }
        if chunks.is_empty() {
            // Nothing there yet: the new entries alone are shared out.
            let share = rest.len().div_ceil(threads.max(1)).max(1);
            parts.extend(rest.chunks(share).map(|new| Part { chunks, new }));
        } else {
            parts.push(Part { chunks, new: rest });
        }
        let made: Vec<Made> = thread::scope(|scope| {
            let running: Vec<_> = parts.iter().map(|part| (part, scope.spawn(|| part.make()))).collect();
            // A thread that could not go on left its part to this one.
            running.into_iter().map(|(part, thread)| thread.join().unwrap_or_else(|_| part.make())).collect()
        });
        let mut merged = Sequence::default();
        let root = merged.root_mut();
        let mut before = Vec::new();
        for part in made {
            root.firsts.extend(part.chunks.iter().filter_map(|chunk| chunk.first()));
            root.chunks.extend(part.chunks);
            before.extend(part.before);
        }
        merged.count = self.count + new.len() - before.len();
        *self = merged;
        before
    }
}

impl Part<'_> {
    fn make(&self) -> Made {
        let mut made = Made::default();
        let mut rest = self.new;
        for (index, chunk) in self.chunks.iter().enumerate() {
            let end = self.chunks.get(index + 1).and_then(|next| next.first());
            let count = end.map_or(rest.len(), |end| rest.partition_point(|(number, _)| *number < end));
            let (these, those) = rest.split_at(count);
            rest = those;
            if these.is_empty() {
                made.chunks.push(Arc::clone(chunk));
            } else {
                made.add(chunk.leaves().flat_map(entries), these);
            }
        }
        if self.chunks.is_empty() {
            made.add(std::iter::empty(), rest);
        }
        made
    }
}

fn entries(leaf: &Leaf) -> impl Iterator<Item = (u128, &[u8])> {
    leaf.entries().map(|(low, octets)| (leaf.upper() | u128::from(low), octets))
}

impl Made {
    /// Adds what comes of these two in order.
    fn add<'a>(&mut self, old: impl Iterator<Item = (u128, &'a [u8])>, new: &[(u128, &'a [u8])]) {
        let (mut old, mut new) = (old.peekable(), new.iter().copied().peekable());
        let (mut leaves, mut open) = (Vec::new(), Vec::with_capacity(leaf::MOST));
        let mut upper = None;
        loop {
            let next_new = new.peek().map(|(number, _)| *number);
            let taken = match (old.peek().map(|(number, _)| *number), next_new) {
                (Some(a), Some(b)) if a < b => old.next(),
                (Some(a), Some(b)) => {
                    if a == b {
                        self.before.extend(old.next().map(|(_, octets)| octets.to_vec()));
                    }
                    new.next()
                }
                (Some(_), None) => old.next(),
                (None, _) => new.next(),
            };
            let half = taken.map(|(number, _)| upper_half(number));
            if (half != upper || open.len() == leaf::MOST)
                && let Some(upper) = upper
            {
                leaves.extend(Leaf::of(upper, &open));
                open.clear();
            }
            let Some((number, octets)) = taken else { break };
            upper = half;
            open.push((lower_half(number), octets));
        }
        self.chunks.extend(Chunk::all_of(leaves).map(Arc::new));
    }
}
