//! A segment: a file of the journal.
//!
//! It is made under another name, filled with zeros after its head, synced, and then renamed: a file with a segment's name has a
//! whole head and its full length, whatever moment the power fails.
//!
//! | offset | octets | field |
//! |---|---|---|
//! | 0 | 8 | `DIMEJRNL` |
//! | 8 | 4 | version of the segment's form, 1 |
//! | 12 | 4 | number of the segment, 1 for the first |
//! | 16 | 8 | number of its first entry |
//! | 24 | 8 | octets of the file |
//! | 32 | 8 | marker: unguessable octets that every entry of this segment begins with |
//! | 40 | 20 | zeros |
//! | 60 | 4 | CRC-32C of what is before |

use crate::{
    Seq,
    disk::{Disk, Medium},
};
use parking_lot::RwLock;
use std::{io, sync::Arc};

/// Octets of a segment's head; the first entry follows.
pub(super) const HEAD: u64 = 64;

const MAGIC: [u8; 8] = *b"DIMEJRNL";
const VERSION: u32 = 1;

/// Every so many entries, where an entry begins is remembered.
const STRIDE: u64 = 64;

/// An open segment.
pub(super) struct Segment {
    pub(super) head: Head,
    pub(super) medium: Arc<dyn Medium>,
    /// Where entry `first + i * STRIDE` begins.
    positions: RwLock<Vec<u64>>,
}

/// What a segment says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) number: u32,
    pub(super) first: Seq,
    pub(super) length: u64,
    pub(super) marker: [u8; 8],
}

impl Head {
    fn encode(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(HEAD as usize);
        octets.extend_from_slice(&MAGIC);
        octets.extend_from_slice(&VERSION.to_be_bytes());
        octets.extend_from_slice(&self.number.to_be_bytes());
        octets.extend_from_slice(&self.first.0.to_be_bytes());
        octets.extend_from_slice(&self.length.to_be_bytes());
        octets.extend_from_slice(&self.marker);
        octets.resize(60, 0);
        octets.extend_from_slice(&crc32c::crc32c(&octets).to_be_bytes());
        octets
    }

    fn decode(octets: &[u8; HEAD as usize]) -> Option<Self> {
        let (number, rest) = octets.get(12..)?.split_first_chunk()?;
        let (first, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let marker = *rest.first_chunk()?;
        let head = Head {
            number: u32::from_be_bytes(*number),
            first: Seq(u64::from_be_bytes(*first)),
            length: u64::from_be_bytes(*length),
            marker,
        };
        (head.encode() == octets).then_some(head)
    }
}

/// The file of a segment.
pub(super) fn name(number: u32) -> String {
    format!("{number:08}.journal")
}

/// The number of the segment that has this file, or `None` if it is no segment's.
pub(super) fn number(file: &str) -> Option<u32> {
    let digits = file.strip_suffix(".journal")?;
    let number = digits.parse().ok()?;
    (number > 0 && name(number) == file).then_some(number)
}

/// Whether this is the file of a segment that was not finished.
pub(super) fn is_unfinished(file: &str) -> bool {
    file.strip_suffix(".new").is_some_and(|file| number(file).is_some())
}

impl Segment {
    /// Makes a segment. Whatever fails, nothing of the journal has changed, and it may be tried again.
    pub(super) fn create(disk: &dyn Disk, number: u32, first: Seq, length: u64) -> io::Result<Self> {
        let head = Head { number, first, length, marker: disk.salt()? };
        let file = name(number);
        let unfinished = format!("{file}.new");
        let made = disk.create(&unfinished, length).and_then(|medium| {
            medium.write(0, &head.encode())?;
            medium.sync()?;
            Ok(medium)
        });
        match made {
            Ok(medium) => {
                disk.rename(&unfinished, &file)?;
                disk.sync()?;
                Ok(Segment { head, medium, positions: RwLock::new(Vec::new()) })
            }
            Err(error) => {
                // On a full disk, what could be taken of it is given back. If that fails, opening or the next attempt does it.
                let _ = disk.remove(&unfinished);
                Err(error)
            }
        }
    }

    /// Opens a segment; `None` when its head is not one.
    pub(super) fn open(disk: &dyn Disk, number: u32) -> io::Result<Option<Self>> {
        let medium = disk.open(&name(number))?;
        if medium.length()? < HEAD {
            return Ok(None);
        }
        let mut octets = [0; HEAD as usize];
        medium.read(0, &mut octets)?;
        let head = Head::decode(&octets).filter(|head| head.number == number);
        Ok(head.map(|head| Segment { head, medium, positions: RwLock::new(Vec::new()) }))
    }

    /// Remembers where an entry begins, where that is the next place to be remembered: who reads a segment a second time, or not from its
    /// beginning, tells nothing new.
    pub(super) fn note(&self, seq: Seq, offset: u64) {
        let number = seq.0.saturating_sub(self.head.first.0);
        if number.is_multiple_of(STRIDE) {
            let mut positions = self.positions.write();
            if positions.len() as u64 == number / STRIDE {
                positions.push(offset);
            }
        }
    }

    /// An entry of this segment at or before `seq`, and where it begins.
    pub(super) fn near(&self, seq: Seq) -> (Seq, u64) {
        let first = self.head.first.0;
        let positions = self.positions.read();
        let stride = (seq.0.saturating_sub(first) / STRIDE).min((positions.len() as u64).saturating_sub(1));
        let offset = positions.get(stride as usize).copied().unwrap_or(HEAD);
        (Seq(first + stride * STRIDE), offset)
    }
}
