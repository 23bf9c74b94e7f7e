//! Opening a journal: its entries are checked, a torn end is cut off, damage is told.
//!
//! Only the last segment can have a torn end. That there is a segment after another proves that all entries of the other were durable, so
//! those may be checked later, by who reads them or by [`Journal::check_sealed`]: the time that opening takes does not grow with the journal.

use super::{
    Journal,
    append::Tail,
    form::{ALIGNMENT, Head},
    segment::{self, HEAD, Segment},
    window::Window,
};
use crate::{Corruption, Damage, OpenError, Seq, StoreError, disk::Disk};
use parking_lot::{Mutex, RwLock};
use std::{io, sync::Arc};

/// What was cut off the end of a journal: a group that was being written when the power failed, and of which nobody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The segment's number.
    pub segment: u32,
    /// Where the end is now.
    pub offset: u64,
    /// How far there was something else than zeros.
    pub octets: u64,
}

/// Which entries are checked before a journal is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checked {
    /// All of them.
    #[default]
    Everything,
    /// Those of the last segment; each of the others when it is read, or by [`Store::check_sealed`](crate::Store::check_sealed).
    LastSegment,
}

/// Where the entries of a segment end.
struct End {
    offset: u64,
    next: Seq,
    /// Where the last group begins.
    group: u64,
}

fn failed(source: io::Error) -> OpenError {
    OpenError::Disk { what: "reading the journal", source }
}

impl Journal {
    /// Opens the journal on this disk, which is made when there is none.
    ///
    /// `known` is the last change that somebody has seen in it: with less than that, its end is not torn but lost, and what is left of
    /// it is not touched.
    pub(crate) fn open(
        disk: Box<dyn Disk>,
        segment_size: u64,
        known: Seq,
        checked: Checked,
    ) -> Result<(Self, Option<Cut>), OpenError> {
        let segment_size = segment_size.max(HEAD).next_multiple_of(ALIGNMENT);
        let count = count(disk.as_ref())?;
        if count == 0 {
            if known > Seq::START {
                return Err(corrupt(1, 0, Damage::SegmentMissing));
            }
            let made = Segment::create(disk.as_ref(), 1, Seq::START.next(), segment_size);
            made.map_err(|source| OpenError::Disk {
                what: "making the first segment of the journal",
                source,
            })?;
        }
        let mut segments: Vec<Arc<Segment>> = Vec::new();
        let mut end = End { offset: HEAD, next: Seq::START.next(), group: HEAD };
        // Whether `end` is where the entries end, or only where they cannot end before.
        let mut is_end = true;
        for number in 1..=count.max(1) {
            let opened = open_segment(disk.as_ref(), number)?;
            let first = opened.head.first;
            if first < end.next || (is_end && first != end.next) {
                // The head of a segment proves that all entries before its first were durable.
                return Err(match segments.last() {
                    Some(before) if first > end.next => {
                        corrupt(before.head.number, end.offset, Damage::Entry { seq: end.next.0 })
                    }
                    _ => corrupt(number, 0, Damage::SegmentHead),
                });
            }
            is_end = checked == Checked::Everything || number == count.max(1);
            end = if is_end {
                scan(&opened).map_err(failed)?
            } else {
                End { offset: HEAD, next: first, group: HEAD }
            };
            segments.push(Arc::new(opened));
        }
        let Some(last) = segments.last().cloned() else {
            return Err(corrupt(1, 0, Damage::SegmentMissing));
        };
        if known >= end.next {
            return Err(corrupt(last.head.number, end.offset, Damage::EndMissing { seq: known.0 }));
        }
        let cut = settle(&last, &end)?;
        // A name that only the cache knows must not go once entries under it have been acknowledged.
        disk.sync()
            .map_err(|source| OpenError::Disk { what: "syncing the folder of the journal", source })?;
        let tail = Tail { segment: last, offset: end.offset, last: Seq(end.next.0 - 1) };
        let journal = Journal { disk, segment_size, segments: RwLock::new(segments), tail: Mutex::new(tail) };
        Ok((journal, cut))
    }
}

impl Journal {
    /// How many segments are full.
    pub(crate) fn sealed(&self) -> u32 {
        self.segments.read().len().saturating_sub(1) as u32
    }

    /// Checks every entry of a segment that has another after it. Numbers begin with 1.
    pub(crate) fn check_sealed(&self, number: u32) -> Result<(), StoreError> {
        let (segment, next) = {
            let segments = self.segments.read();
            let at = |number: u32| segments.get((number as usize).checked_sub(1)?).cloned();
            let (Some(segment), Some(next)) = (at(number), at(number.saturating_add(1))) else {
                return Ok(());
            };
            (segment, next.head.first)
        };
        let end = scan(&segment)
            .map_err(|source| StoreError::Unavailable { what: "reading the journal", source })?;
        if end.next == next {
            return Ok(());
        }
        let what = Damage::Entry { seq: end.next.0 };
        Err(StoreError::Corrupt(Corruption { segment: number, offset: end.offset, what }))
    }
}

fn corrupt(segment: u32, offset: u64, what: Damage) -> OpenError {
    OpenError::Corrupt(Corruption { segment, offset, what })
}

/// How many segments there are, all from the first to the last. Those that were not finished are removed.
fn count(disk: &dyn Disk) -> Result<u32, OpenError> {
    let mut numbers = Vec::new();
    for file in disk.names().map_err(failed)? {
        if segment::is_unfinished(&file) {
            disk.remove(&file)
                .map_err(|source| OpenError::Disk { what: "removing an unfinished segment", source })?;
        } else {
            numbers.extend(segment::number(&file));
        }
    }
    numbers.sort_unstable();
    match (1..).zip(&numbers).find(|(expected, found)| expected != *found) {
        Some((missing, _)) => Err(corrupt(missing, 0, Damage::SegmentMissing)),
        None => Ok(numbers.last().copied().unwrap_or(0)),
    }
}

fn open_segment(disk: &dyn Disk, number: u32) -> Result<Segment, OpenError> {
    let segment = Segment::open(disk, number)
        .map_err(failed)?
        .ok_or_else(|| corrupt(number, 0, Damage::SegmentHead))?;
    let length = segment.medium.length().map_err(failed)?;
    if length < segment.head.length {
        return Err(corrupt(number, length, Damage::SegmentShort));
    }
    Ok(segment)
}

/// Checks the entries of a segment, up to the first that does not check.
fn scan(segment: &Segment) -> io::Result<End> {
    let mut window = Window::new(Arc::clone(&segment.medium), segment.head.length);
    let mut end = End { offset: HEAD, next: segment.head.first, group: HEAD };
    let mut group = Seq::START;
    while let Some(head) = entry_at(&mut window, end.offset, segment.head.marker)? {
        if head.seq != end.next || head.group > head.seq || head.group < group {
            break;
        }
        segment.note(head.seq, end.offset);
        if head.group != group {
            group = head.group;
            end.group = end.offset;
        }
        end.offset += head.padded();
        end.next = end.next.next();
    }
    Ok(end)
}

/// The head of the entry at `offset`, if there is one that checks.
fn entry_at(window: &mut Window, offset: u64, marker: [u8; 8]) -> io::Result<Option<Head>> {
    let Some(octets) = window.octets(offset, Head::LEN as u64)? else { return Ok(None) };
    let Some(head) = Head::decode(octets, marker) else { return Ok(None) };
    let entry = window.octets(offset, head.length())?;
    Ok(entry.filter(|entry| head.checks(entry)).map(|_| head))
}

/// Makes the end of the last segment certain: cuts off what was torn, writes and syncs the last group again.
fn settle(last: &Segment, end: &End) -> Result<Option<Cut>, OpenError> {
    let torn = torn(last, end.offset).map_err(failed)?;
    if torn > end.offset {
        refuse_damage(last, end, torn)?;
    }
    let repair = || -> io::Result<()> {
        let mut octets = vec![0; usize::try_from(end.offset - end.group).map_err(io::Error::other)?];
        last.medium.read(end.group, &mut octets)?;
        octets.resize(usize::try_from(torn.max(end.offset) - end.group).map_err(io::Error::other)?, 0);
        last.medium.write(end.group, &octets)?;
        last.medium.sync()
    };
    repair().map_err(|source| OpenError::Disk { what: "making the end of the journal certain", source })?;
    let number = last.head.number;
    Ok((torn > end.offset).then(|| Cut { segment: number, offset: end.offset, octets: torn - end.offset }))
}

/// Up to where a segment has something else than zeros, from `offset` on.
fn torn(segment: &Segment, offset: u64) -> io::Result<u64> {
    let mut window = Window::new(Arc::clone(&segment.medium), segment.head.length);
    let mut torn = offset;
    let mut at = offset;
    while at < segment.head.length {
        let part = (segment.head.length - at).min(1 << 16);
        let octets = window.octets(at, part)?.unwrap_or_default();
        if let Some(place) = octets.iter().rposition(|octet| *octet != 0) {
            torn = at + place as u64 + 1;
        }
        at += part;
    }
    Ok(torn)
}

/// Looks in what follows the last good entry for one that proves that more entries were durable.
fn refuse_damage(segment: &Segment, end: &End, torn: u64) -> Result<(), OpenError> {
    let mut window = Window::new(Arc::clone(&segment.medium), segment.head.length);
    let mut offset = end.offset;
    while offset < torn {
        match entry_at(&mut window, offset, segment.head.marker).map_err(failed)? {
            Some(head) if head.group > end.next => {
                return Err(corrupt(segment.head.number, end.offset, Damage::Entry { seq: end.next.0 }));
            }
            Some(head) => offset += head.padded(),
            None => offset += ALIGNMENT,
        }
    }
    Ok(())
}
