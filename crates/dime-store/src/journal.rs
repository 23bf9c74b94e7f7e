//! The journal: what is in it happened, nothing else did.
//!
//! It is a folder of segment files, `00000001.journal` and so on. A segment is a [head](segment) and then [entries](form), and
//! zeros to its end: its space is taken and zeroed when it is made, so that appending overwrites and never grows a file.
//!
//! * **Appending.** Entries that wait together are a *group*: written by one write, made durable by one sync. A group begins only
//!   after the one before is durable, and every entry says with which entry its group began: so an entry proves that all entries
//!   before its group were durable.
//! * **Opening.** All entries of the last segment are read and checked, those before it if that is [asked](Checked). Where they end, the rest of the segment should be zeros. If it is not, either
//!   the last group was torn by a power cut, and nobody was told that it happened: it is cut off. Or an entry beyond proves
//!   that what does not check here was durable: that is damage, and is told, never cut.
//! * **Failing.** A full disk shows when a segment is made, before anything is written: the commit is refused, a later one may
//!   succeed. Any failure of a write or a sync leaves open what is on the disk, so that journal takes nothing more. Opening anew
//!   decides; it writes and syncs the last group again, because after a failed sync the pages that are read may not be on the disk.

mod append;
pub(crate) mod form;
mod open;
mod read;
mod segment;
mod window;

pub(crate) use append::{AppendError, Draft};
pub use open::{Checked, Cut};
pub(crate) use read::Found;

use crate::{Seq, disk::Disk};
use append::Tail;
use parking_lot::{Mutex, RwLock};
use segment::Segment;
use std::sync::Arc;

/// An open journal.
pub(crate) struct Journal {
    disk: Box<dyn Disk>,
    segment_size: u64,
    /// All segments, in order; never empty.
    segments: RwLock<Vec<Arc<Segment>>>,
    tail: Mutex<Tail>,
}

/// Where an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer {
    pub(crate) segment: u32,
    pub(crate) offset: u64,
    /// Octets of the entry, without padding.
    pub(crate) length: u32,
}

/// An entry that was appended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Appended {
    pub(crate) seq: Seq,
    pub(crate) pointer: Pointer,
    pub(crate) checksum: u32,
}

impl Journal {
    /// The number of the last durable entry.
    pub(crate) fn last(&self) -> Seq {
        self.tail.lock().last
    }
}
