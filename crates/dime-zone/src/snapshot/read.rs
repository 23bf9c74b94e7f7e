//! Reads a snapshot's file: its parts by all cores at once, each straight into its place.

use super::{
    SnapshotError,
    file::{self, Form, Part, START, Trailer},
    head::Head,
    shelf::Reading,
};
use crate::template::{Block, Segment, Template};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    io,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// Template numbers are places in a table: more than this are none that was ever made here.
const MOST_TEMPLATES: u32 = 1 << 22;

/// What was read of a file.
#[derive(Debug)]
pub(super) struct Contents<T> {
    pub(super) head: Head,
    /// What was made of each part, in order.
    pub(super) parts: Vec<T>,
    /// How many DETs use each template.
    pub(super) uses: BTreeMap<u32, u32>,
    pub(super) checksum: u32,
}

fn damaged(what: &'static str) -> SnapshotError {
    SnapshotError::Damaged { what }
}

fn unreadable(source: io::Error) -> SnapshotError {
    SnapshotError::Unreadable { source }
}

/// Octets by number.
pub(super) type Numbered<'a> = Vec<(u128, &'a [u8])>;

/// What is made of the DETs of a part: of their blocks, and of what their primary has signed.
type Build<'a, T> = dyn Fn(Numbered<'_>, Numbered<'_>) -> T + Sync + 'a;

/// Reads and checks everything; `build` makes of each part what is kept of it.
pub(super) fn read<T: Send>(file: &dyn Reading, build: &Build<'_, T>) -> Result<Contents<T>, SnapshotError> {
    let Frame { form, trailer, checksum, head, places } = frame(file)?;
    let needs = needs(&head)?;
    let made: Vec<Mutex<Option<T>>> = places.iter().map(|_| Mutex::new(None)).collect();
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let one_after_the_other = || -> Result<BTreeMap<u32, u32>, SnapshotError> {
        let (mut uses, mut octets) = (BTreeMap::new(), Vec::new());
        while !failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some((offset, part)), Some(slot)) = (places.get(index), made.get(index)) else { break };
            let dets = part_at(file, *offset, part, &mut octets)?;
            let (mut blocks, mut seals) = (Vec::with_capacity(dets.len()), Vec::new());
            for (number, octets) in dets {
                let (block, seal) = form.split(octets).ok_or_else(|| damaged("a DET is too short"))?;
                blocks.push((number, block));
                if form == Form::Sealed {
                    seals.push((number, seal));
                }
            }
            count_uses(&blocks, &needs, &mut uses)?;
            *slot.lock() = Some(build(blocks, seals));
        }
        Ok(uses)
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(places.len()).max(1);
    let mut uses = BTreeMap::new();
    let counted = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| one_after_the_other().inspect_err(|_| failed.store(true, Ordering::Relaxed)))
            })
            .collect();
        let joined = running.into_iter().map(|thread| thread.join());
        joined.collect::<Vec<_>>()
    });
    for counted in counted {
        for (number, count) in counted.map_err(|_| damaged("reading it panicked"))?? {
            *uses.entry(number).or_insert(0) += count;
        }
    }
    let parts: Option<Vec<T>> = made.into_iter().map(Mutex::into_inner).collect();
    let parts = parts.ok_or_else(|| damaged("parts are missing"))?;
    if uses.values().map(|count| u64::from(*count)).sum::<u64>() != trailer.dets {
        return Err(damaged("the number of its DETs"));
    }
    Ok(Contents { head, parts, uses, checksum })
}

/// What one file says without its parts.
struct Frame {
    form: Form,
    trailer: Trailer,
    checksum: u32,
    head: Head,
    places: Vec<(u64, Part)>,
}

/// Reads what is around the parts: start, head, directory, trailer.
fn frame(file: &dyn Reading) -> Result<Frame, SnapshotError> {
    let length = file.length().map_err(unreadable)?;
    let mut start = [0; START];
    let tail = length.checked_sub(Trailer::LEN as u64).filter(|tail| *tail >= START as u64);
    let tail = tail.ok_or_else(|| damaged("it is too short"))?;
    file.read(0, &mut start).map_err(unreadable)?;
    let form = Form::of(start).ok_or(SnapshotError::Version)?;
    let mut octets = [0; Trailer::LEN];
    file.read(tail, &mut octets).map_err(unreadable)?;
    let trailer = Trailer::decode(&octets).ok_or_else(|| damaged("its end"))?;
    let checksum = crc32c::crc32c(&octets);

    let directory_octets = u64::from(trailer.parts) * Part::LEN as u64;
    let directory_at = tail.checked_sub(directory_octets).ok_or_else(|| damaged("its directory"))?;
    let directory = read_at(file, directory_at, directory_octets, length)?;
    let head_at = directory_at.checked_sub(trailer.head_octets).ok_or_else(|| damaged("its head"))?;
    let head = read_at(file, head_at, trailer.head_octets, length)?;
    if crc32c::crc32c(&directory) != trailer.directory_checksum {
        return Err(damaged("its directory"));
    }
    if crc32c::crc32c(&head) != trailer.head_checksum {
        return Err(damaged("its head"));
    }
    let head = Head::decode(&head).map_err(|source| SnapshotError::Head { source })?;
    if head.signed.is_some() != (form == Form::Sealed) {
        return Err(damaged("its head"));
    }

    let mut places = Vec::with_capacity(trailer.parts as usize);
    let (mut offset, mut dets, mut after) = (START as u64, 0_u64, None);
    for octets in directory.chunks(Part::LEN) {
        let part = Part::decode(octets).ok_or_else(|| damaged("its directory"))?;
        let in_order = after.is_none_or(|after| after < part.first) && part.first <= part.last;
        let end = offset.checked_add(part.octets).filter(|end| *end <= head_at && in_order);
        places.push((offset, part));
        offset = end.ok_or_else(|| damaged("its directory"))?;
        dets += u64::from(part.dets);
        after = Some(part.last);
    }
    if (offset, dets) != (head_at, trailer.dets) {
        return Err(damaged("its directory"));
    }
    Ok(Frame { form, trailer, checksum, head, places })
}

/// So many octets; no more than the file has are made room for.
fn read_at(file: &dyn Reading, offset: u64, octets: u64, length: u64) -> Result<Vec<u8>, SnapshotError> {
    let within = offset.checked_add(octets).is_some_and(|end| end <= length);
    let count = usize::try_from(octets).ok().filter(|_| within).ok_or_else(|| damaged("it is too short"))?;
    let mut read = vec![0; count];
    file.read(offset, &mut read).map_err(unreadable)?;
    Ok(read)
}

fn part_at<'a>(
    file: &dyn Reading,
    offset: u64,
    part: &Part,
    octets: &'a mut Vec<u8>,
) -> Result<Vec<(u128, &'a [u8])>, SnapshotError> {
    // The directory has been checked: the part lies within the file.
    octets.resize(usize::try_from(part.octets).map_err(|_| damaged("a part is too long"))?, 0);
    file.read(offset, octets).map_err(unreadable)?;
    if crc32c::crc32c(octets) != part.checksum {
        return Err(damaged("a part of it"));
    }
    file::dets(part, octets).ok_or_else(|| damaged("a part of it"))
}

/// How many octets a block needs for each template, that its holes can be filled.
fn needs(head: &Head) -> Result<BTreeMap<u32, usize>, SnapshotError> {
    let mut needs = BTreeMap::new();
    for (number, template) in &head.templates {
        if *number >= MOST_TEMPLATES || needs.insert(*number, need(template)).is_some() {
            return Err(damaged("its templates"));
        }
    }
    Ok(needs)
}

fn need(template: &Template) -> usize {
    let segments = template.records.iter().flat_map(|record| &record.segments);
    let ends = segments.map(|segment| match segment {
        Segment::Stored { at, length } => usize::from(*at) + usize::from(*length),
        Segment::UtcTime { at } | Segment::GeneralizedTime { at } => usize::from(*at) + 4,
        Segment::Literal(_) | Segment::Det | Segment::DetHex => 0,
    });
    ends.max().unwrap_or(0)
}

fn count_uses(
    dets: &[(u128, &[u8])],
    needs: &BTreeMap<u32, usize>,
    uses: &mut BTreeMap<u32, u32>,
) -> Result<(), SnapshotError> {
    // Most DETs have the template of the one before.
    let mut last = None;
    for (_, block) in dets {
        let number = Block::number_of(block).ok_or_else(|| damaged("a DET is too short"))?;
        let need = match last {
            Some((known, need)) if known == number => need,
            _ => *needs.get(&number).ok_or_else(|| damaged("a DET has no template"))?,
        };
        last = Some((number, need));
        if block.len() < need {
            return Err(damaged("a DET is too short"));
        }
        *uses.entry(number).or_insert(0) += 1;
    }
    Ok(())
}
