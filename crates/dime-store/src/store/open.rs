//! Opening a store.

use super::{Leading, Queue, Store, catch_up::catch_up, view::Overlay};
use crate::{
    Checked, Corruption, Cut, Damage, Index, OpenError, Seq,
    disk::{Disk, Folder},
    index::{Mark, key, row::FORM_VERSION},
    journal::Journal,
};
use parking_lot::{Mutex, RwLock};
use std::{collections::VecDeque, fmt, path::Path, sync::Arc, sync::atomic::AtomicU64};

/// How a store works.
#[derive(Clone)]
pub struct Options {
    /// Octets of a segment of the journal. An entry that is longer gets a segment of its own.
    pub segment_size: u64,
    /// Which entries of the journal are checked before the store is open.
    pub checked: Checked,
    /// Is told, now and then, how far catching up of the index has come.
    pub progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

/// How far catching up of the index has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Changes applied.
    pub done: u64,
    /// Changes to apply.
    pub total: u64,
}

/// How a store was when it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What was cut off the end of the journal.
    pub cut: Option<Cut>,
    /// What was done to the index.
    pub indexing: Indexing,
}

/// What was done to the index when the store was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexing {
    /// Nothing: it knew every change.
    UpToDate,
    /// It was behind, and so many changes were applied.
    CaughtUp(u64),
    /// It was made anew from so many changes.
    Rebuilt(u64),
}

impl Default for Options {
    fn default() -> Self {
        Options { segment_size: 16 << 20, checked: Checked::default(), progress: None }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("segment_size", &self.segment_size)
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in a folder, which is made when it is missing. It belongs to this store alone until that is dropped.
    pub fn open(folder: &Path, index: Box<dyn Index>, options: Options) -> Result<Store, OpenError> {
        Store::open_on(Box::new(Folder::open(folder)?), index, options)
    }

    /// Opens the store on a disk.
    pub fn open_on(disk: Box<dyn Disk>, index: Box<dyn Index>, options: Options) -> Result<Store, OpenError> {
        let known = applied(index.as_ref()).map_or(Seq::START, |mark| mark.seq);
        let (journal, cut) = Journal::open(disk, options.segment_size, known, options.checked)?;
        if let Some(cut) = cut {
            tracing::warn!(
                segment = cut.segment,
                offset = cut.offset,
                octets = cut.octets,
                "a torn end of the journal was cut off"
            );
        }
        let indexing = bring_up(&journal, index.as_ref(), options.progress.as_deref())?;
        let last = journal.last();
        Ok(Store {
            journal,
            index,
            opened: Opened { cut, indexing },
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                overlay: Overlay::default(),
                next: last.next(),
                leading: Leading::Nobody,
                failure: None,
            }),
            subscribers: RwLock::new(Vec::new()),
            visible: AtomicU64::new(last.0),
        })
    }
}

/// Brings the index up to date, from where it is if that can be, otherwise from nothing.
fn bring_up(
    journal: &Journal,
    index: &dyn Index,
    progress: Option<&(dyn Fn(Progress) + Send + Sync)>,
) -> Result<Indexing, OpenError> {
    if let Some(from) = starting_point(journal, index) {
        match catch_up(journal, index, from, progress) {
            Ok(0) => return Ok(Indexing::UpToDate),
            Ok(done) => return Ok(Indexing::CaughtUp(done)),
            // What contradicts the index, or cannot be applied to it, is no damage of the journal before an empty index says so.
            Err(
                error @ (OpenError::Index { .. }
                | OpenError::Corrupt(Corruption { what: Damage::Contradiction { .. }, .. })),
            ) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the index is damaged and is made anew"
                );
            }
            Err(error) => return Err(error),
        }
    }
    let failed = |error| OpenError::Index { what: "emptying the index", source: error };
    index.clear().map_err(failed)?;
    index
        .apply(&[(key::FORM.to_vec(), Some(FORM_VERSION.to_vec()))], Mark { seq: Seq::START, checksum: 0 })
        .map_err(failed)?;
    catch_up(journal, index, Seq::START, progress).map(Indexing::Rebuilt)
}

/// Where an index of our form is; `None` for one that cannot say what it is, whatever its reason: it is made anew.
fn applied(index: &dyn Index) -> Option<Mark> {
    let form = index.get(key::FORM).ok().flatten();
    index.applied().ok().flatten().filter(|_| form.as_deref() == Some(FORM_VERSION))
}

/// The last change that the index knows; `None` when it has to be made anew. The journal has as many.
fn starting_point(journal: &Journal, index: &dyn Index) -> Option<Seq> {
    let mark = applied(index)?;
    if knows(journal, mark) {
        return Some(mark.seq);
    }
    tracing::warn!(seq = mark.seq.0, "the index belongs to another journal");
    None
}

/// Whether this journal has the entry that the index applied last.
fn knows(journal: &Journal, mark: Mark) -> bool {
    if mark.seq == Seq::START {
        return true;
    }
    let found = journal.walk(Seq(mark.seq.0 - 1), mark.seq).next();
    found.is_some_and(|found| found.is_ok_and(|found| found.checksum == mark.checksum))
}
