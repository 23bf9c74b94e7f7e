//! Zones filled with many DETs at once, by several threads.

use super::{PublishError, Zones};
use crate::{Position, Published, Rest, template::Table, zone::Zone};
use drip_det::ZoneCut;
use std::{collections::BTreeMap, thread};

/// DETs of one zone, their templates numbered by themselves.
#[derive(Default)]
struct Batch {
    table: Table,
    /// The blocks, one after the other.
    octets: Vec<u8>,
    /// Each DET, and where its block ends.
    dets: Vec<(u128, usize)>,
}

/// What one thread made.
type Batches = BTreeMap<(u128, u8), (ZoneCut, Batch)>;

impl Zones {
    /// Publishes many DETs without a new serial, to fill zones before they are served; of one that comes twice, the last. Each zone shows
    /// them together. If one of them cannot be published, none of its zone is.
    ///
    /// Some hundred thousand at a time are a good measure: the blocks are held twice meanwhile.
    pub fn load_many(&self, published: &[Published], threads: usize) -> Result<(), PublishError> {
        let share = published.len().div_ceil(threads.max(1)).max(1);
        let made: Vec<Result<Batches, PublishError>> = thread::scope(|scope| {
            let parts = published.chunks(share);
            let running: Vec<_> = parts.map(|part| (part, scope.spawn(|| self.batches(part)))).collect();
            // A thread that could not go on left its part to this one.
            let join =
                running.into_iter().map(|(part, made)| made.join().unwrap_or_else(|_| self.batches(part)));
            join.collect()
        });
        let mut zones: BTreeMap<(u128, u8), (ZoneCut, Vec<Batch>)> = BTreeMap::new();
        for batches in made {
            for (key, (cut, batch)) in batches? {
                zones.entry(key).or_insert_with(|| (cut, Vec::new())).1.push(batch);
            }
        }
        for (cut, batches) in zones.into_values() {
            // It was there a moment ago.
            let Ok(zone) = self.zone(cut) else { continue };
            self.change(&zone, |zone| {
                zone.touched = None;
                zone.load(batches, threads)
            })?;
        }
        Ok(())
    }

    fn batches(&self, published: &[Published]) -> Result<Batches, PublishError> {
        let mut batches = Batches::new();
        for published in published {
            let prepared = published.prepare();
            let det = prepared.det;
            let cut = self.home_of(det).ok_or(PublishError::NoZone(det))?.cut();
            let batch = batches.entry((cut.prefix(), cut.prefix_bits()));
            let (_, batch) = batch.or_insert_with(|| (cut, Batch::default()));
            let block = batch.table.enter(det, prepared.block, prepared.ttl, &prepared.records);
            batch.octets.extend_from_slice(&block);
            batch.dets.push((det.as_u128(), batch.octets.len()));
        }
        Ok(batches)
    }
}

impl Batch {
    /// Gives the blocks the numbers that their templates have in a zone's table.
    fn enter(&mut self, table: &mut Table) {
        let numbers = table.absorb(&self.table);
        let mut rest = self.octets.as_mut_slice();
        let mut start = 0;
        for (_, end) in &self.dets {
            let Some((block, after)) = rest.split_at_mut_checked(end - start) else { break };
            Table::renumber(block, &numbers);
            (rest, start) = (after, *end);
        }
    }

    fn entries(&self) -> impl Iterator<Item = (u128, &[u8])> {
        let starts = std::iter::once(0).chain(self.dets.iter().map(|(_, end)| *end));
        let spans = starts.zip(&self.dets);
        spans.filter_map(|(start, (number, end))| Some((*number, self.octets.get(start..*end)?)))
    }
}

impl Zone {
    fn load(&mut self, mut batches: Vec<Batch>, threads: usize) -> Result<(), PublishError> {
        for (number, _) in batches.iter().flat_map(|batch| &batch.dets) {
            let position = Position { number: *number, nibbles: 32, rest: Rest::Nothing };
            if self.cut_above(position).is_some()
                && let Ok(det) = drip_det::Det::from_u128(*number)
            {
                return Err(PublishError::Delegated(det));
            }
        }
        batches.iter_mut().for_each(|batch| batch.enter(self.table_mut()));
        let mut entries: Vec<(u128, &[u8])> = batches.iter().flat_map(Batch::entries).collect();
        // Stable: of the same number, the last is the last.
        entries.sort_by_key(|(number, _)| *number);
        let mut twice: Vec<&[u8]> = Vec::new();
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                twice.push(std::mem::replace(&mut kept.1, later.1));
            }
            same
        });
        let before = self.merge_dets(&entries, threads);
        twice.into_iter().for_each(|block| self.table_mut().leave(block));
        before.iter().for_each(|block| self.table_mut().leave(block));
        Ok(())
    }
}
