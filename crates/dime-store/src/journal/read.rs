//! Reading entries: one by its pointer, or all from a number on.

use super::{Journal, Pointer, form::Head, segment::Segment, window::Window};
use crate::{Corruption, Damage, Entry, Seq, StoreError};
use std::sync::Arc;

/// An entry that was read, where it is and its checksum.
pub(crate) struct Found {
    pub(crate) entry: Entry,
    pub(crate) pointer: Pointer,
    pub(crate) checksum: u32,
}

impl Journal {
    fn segment(&self, number: u32) -> Option<Arc<Segment>> {
        self.segments.read().get((number as usize).checked_sub(1)?).cloned()
    }

    /// The entry at a pointer, which is one that this journal gave; `None` when there is none.
    pub(crate) fn read(&self, pointer: Pointer) -> Result<Option<Entry>, StoreError> {
        let Some(segment) = self.segment(pointer.segment) else { return Ok(None) };
        let within = pointer
            .offset
            .checked_add(u64::from(pointer.length))
            .is_some_and(|end| end <= segment.head.length);
        if !within {
            return Ok(None);
        }
        let mut octets = vec![0; pointer.length as usize];
        segment
            .medium
            .read(pointer.offset, &mut octets)
            .map_err(|source| StoreError::Unavailable { what: "reading the journal", source })?;
        let Some(head) = Head::decode(&octets, segment.head.marker).filter(|head| head.checks(&octets))
        else {
            return Ok(None);
        };
        let damage = |form| Damage::Form { seq: head.seq.0, form };
        let entry = head.read(&octets).map_err(|form| Corruption {
            segment: pointer.segment,
            offset: pointer.offset,
            what: damage(form),
        })?;
        Ok(Some(entry))
    }

    /// The entries after one and up to another, or to the last durable one.
    pub(crate) fn walk(&self, after: Seq, last: Seq) -> Walk<'_> {
        Walk { journal: self, next: after.next(), last: last.min(self.last()), place: None }
    }

    /// The entries after one and up to another, as parts that can be walked at the same time: those of each segment, by the entry before
    /// the first, and the last.
    pub(crate) fn ranges(&self, after: Seq, last: Seq) -> Vec<(Seq, Seq)> {
        let last = last.min(self.last());
        let firsts: Vec<Seq> = self.segments.read().iter().map(|segment| segment.head.first).collect();
        let ends = firsts.iter().skip(1).map(|next| Seq(next.0.saturating_sub(1))).chain([last]);
        firsts
            .iter()
            .zip(ends)
            .map(|(first, end)| (Seq(first.0.saturating_sub(1)).max(after), end.min(last)))
            .filter(|(before, end)| before < end)
            .collect()
    }

    /// The segment that has an entry.
    fn holding(&self, seq: Seq) -> Option<Arc<Segment>> {
        let segments = self.segments.read();
        let after = segments.partition_point(|segment| segment.head.first <= seq);
        segments.get(after.checked_sub(1)?).cloned()
    }
}

/// The entries of a journal, one after the other.
pub(crate) struct Walk<'a> {
    journal: &'a Journal,
    next: Seq,
    last: Seq,
    place: Option<Place>,
}

/// Where the next entry is thought to begin.
struct Place {
    segment: Arc<Segment>,
    window: Window,
    seq: Seq,
    offset: u64,
}

impl Place {
    /// Reads the entry here and goes on to the next.
    fn step(&mut self) -> Result<(Head, Pointer, &[u8]), StoreError> {
        let number = self.segment.head.number;
        let offset = self.offset;
        let damaged = || {
            StoreError::Corrupt(Corruption {
                segment: number,
                offset,
                what: Damage::Entry { seq: self.seq.0 },
            })
        };
        let failed = |source| StoreError::Unavailable { what: "reading the journal", source };
        let head = self.window.octets(offset, Head::LEN as u64).map_err(failed)?;
        let marker = self.segment.head.marker;
        let head = head
            .and_then(|octets| Head::decode(octets, marker))
            .filter(|head| head.seq == self.seq)
            .ok_or_else(damaged)?;
        self.offset += head.padded();
        let entry = self.window.octets(offset, head.length()).map_err(failed)?;
        let entry = entry.filter(|entry| head.checks(entry)).ok_or(StoreError::Corrupt(Corruption {
            segment: number,
            offset,
            what: Damage::Entry { seq: self.seq.0 },
        }))?;
        self.segment.note(self.seq, offset);
        self.seq = self.seq.next();
        let pointer = Pointer { segment: number, offset, length: entry.len() as u32 };
        Ok((head, pointer, entry))
    }
}

impl Walk<'_> {
    fn find(&mut self) -> Result<Option<Found>, StoreError> {
        if self.next > self.last {
            return Ok(None);
        }
        let Some(segment) = self.journal.holding(self.next) else { return Ok(None) };
        let place = match &mut self.place {
            Some(place) if Arc::ptr_eq(&place.segment, &segment) => place,
            place => {
                let window = Window::new(Arc::clone(&segment.medium), segment.head.length);
                let (seq, offset) = segment.near(self.next);
                place.insert(Place { segment, window, seq, offset })
            }
        };
        while place.seq < self.next {
            place.step()?;
        }
        let (head, pointer, octets) = place.step()?;
        let entry = head.read(octets).map_err(|form| Corruption {
            segment: pointer.segment,
            offset: pointer.offset,
            what: Damage::Form { seq: head.seq.0, form },
        })?;
        self.next = self.next.next();
        Ok(Some(Found { entry, pointer, checksum: head.checksum }))
    }
}

/// Ends after the first error.
impl Iterator for Walk<'_> {
    type Item = Result<Found, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.find();
        if found.is_err() {
            self.next = self.last.next();
        }
        found.transpose()
    }
}
