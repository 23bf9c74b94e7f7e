//! What a disk may hold when the power fails: everything synced, and of the rest whatever chance leaves.

use super::simulated_disk::{Operation, SimulatedDisk};
use std::{collections::BTreeMap, sync::Arc};

/// Octets that a disk writes whole or not at all.
const SECTOR: u64 = 512;

/// A disk whose log is replayed, operation by operation.
#[derive(Clone, Default)]
pub struct Replay {
    names: BTreeMap<String, usize>,
    contents: Vec<Arc<Vec<u8>>>,
    /// Files whose length is not durable yet.
    growing: Vec<usize>,
    writes: Vec<(usize, u64, Arc<[u8]>)>,
    renames: Vec<Operation>,
    /// The last change that somebody was told of.
    pub told: u64,
}

/// What is left after a power cut.
pub struct CrashImage {
    /// The disk.
    pub disk: SimulatedDisk,
    /// The last change that somebody was told of.
    pub told: u64,
}

/// Chance, the same for the same seed (SplitMix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// What becomes of writes that were not synced.
#[derive(Clone, Copy)]
enum Fate {
    Dropped,
    Kept,
    /// Each whole or not at all.
    Chosen,
    /// Each sector whole or not at all.
    Torn,
    /// The first sectors of all of them.
    CutShort,
}

impl Replay {
    /// A replay that begins with these durable files.
    pub fn of(disk: &SimulatedDisk) -> Self {
        let mut replay = Replay::default();
        for (number, (name, contents)) in disk.files().into_iter().enumerate() {
            replay.names.insert(name, number);
            replay.contents.push(contents);
        }
        replay
    }

    /// Does the next operation.
    pub fn step(&mut self, operation: &Operation, chance: u64) {
        match operation {
            Operation::Create { file, length, .. } => {
                debug_assert_eq!(*file, self.contents.len());
                self.contents.push(Arc::new(vec![0; *length as usize]));
                self.growing.push(*file);
                self.renames.push(operation.clone());
            }
            Operation::Write { file, offset, octets } => {
                self.writes.push((*file, *offset, Arc::clone(octets)))
            }
            Operation::Sync { file } => self.settle(*file, Fate::Kept, 0),
            Operation::SyncFailed { file } => self.settle(*file, Fate::Torn, chance),
            Operation::Rename { .. } | Operation::Remove { .. } => self.renames.push(operation.clone()),
            Operation::SyncNames => {
                for rename in std::mem::take(&mut self.renames) {
                    Self::rename(&mut self.names, &rename);
                }
            }
            Operation::Told(seq) => self.told = self.told.max(*seq),
        }
    }

    /// What was written to a file meets its fate.
    fn settle(&mut self, file: usize, fate: Fate, chance: u64) {
        let (mine, others) = std::mem::take(&mut self.writes).into_iter().partition(|(to, _, _)| *to == file);
        self.writes = others;
        self.growing.retain(|growing| *growing != file);
        Self::write(&mut self.contents, mine, fate, &mut Chance(chance));
    }

    fn rename(names: &mut BTreeMap<String, usize>, operation: &Operation) {
        match operation {
            Operation::Create { name, file, .. } => {
                names.insert(name.clone(), *file);
            }
            Operation::Rename { from, to } => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Operation::Remove { name } => {
                names.remove(name);
            }
            _ => {}
        }
    }

    fn write(
        contents: &mut [Arc<Vec<u8>>],
        writes: Vec<(usize, u64, Arc<[u8]>)>,
        fate: Fate,
        chance: &mut Chance,
    ) {
        let total: u64 =
            writes.iter().map(|(_, offset, octets)| sectors(*offset, octets).count() as u64).sum();
        let mut left = chance.below(total + 1);
        for (file, offset, octets) in writes {
            let whole = chance.below(2) == 0;
            for (at, part) in sectors(offset, &octets) {
                let lands = match fate {
                    Fate::Dropped => false,
                    Fate::Kept => true,
                    Fate::Chosen => whole,
                    Fate::Torn => chance.below(2) == 0,
                    Fate::CutShort => left > 0,
                };
                left = left.saturating_sub(1);
                if lands {
                    let at = at as usize;
                    Arc::make_mut(&mut contents[file])[at..at + part.len()].copy_from_slice(part);
                }
            }
        }
    }

    /// The power fails now.
    pub fn cut(&self, seed: u64) -> CrashImage {
        let mut chance = Chance(seed);
        let fate = match chance.below(5) {
            0 => Fate::Dropped,
            1 => Fate::Kept,
            2 => Fate::Chosen,
            3 => Fate::Torn,
            _ => Fate::CutShort,
        };
        let mut contents = self.contents.clone();
        Self::write(&mut contents, self.writes.clone(), fate, &mut chance);
        for file in &self.growing {
            let length = contents[*file].len() as u64;
            let kept = chance.below(length + 1) as usize;
            Arc::make_mut(&mut contents[*file]).truncate(kept);
        }
        let mut names = self.names.clone();
        let kept = chance.below(self.renames.len() as u64 + 1) as usize;
        for rename in &self.renames[..kept] {
            Self::rename(&mut names, rename);
        }
        let files = names.into_iter().map(|(name, file)| (name, Arc::clone(&contents[file])));
        CrashImage { disk: SimulatedDisk::of(files, chance.next() >> 1), told: self.told }
    }
}

/// The parts of a write, by the sectors they lie in.
fn sectors(offset: u64, octets: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let mut at = offset;
    let mut rest = octets;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let room = (SECTOR - at % SECTOR) as usize;
        let (part, after) = rest.split_at(room.min(rest.len()));
        let from = at;
        at += part.len() as u64;
        rest = after;
        Some((from, part))
    })
}
