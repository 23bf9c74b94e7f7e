//! A generation: one sled database, in a folder of its own below the index's.
//!
//! Beginning anew is a new generation and not an emptied old one: emptying takes as long as filling, and a sled that panicked may
//! keep its files locked.

use crate::{
    clean,
    mark::{self, Own},
};
use dime_store::Fingerprint;
use std::{
    any::Any,
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// Octets of pages that sled keeps in memory.
const CACHE: u64 = 128 << 20;

/// Why a generation cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damaged {
    /// sled says so.
    #[error("sled failed")]
    Sled(#[from] sled::Error),
    /// sled panicked.
    #[error("sled panicked: {0}")]
    Panicked(String),
    /// That it was closed in order cannot be written down.
    #[error("writing down that the index was closed")]
    Note(#[source] io::Error),
    /// It holds something else than it says.
    #[error("the index has lost a part of itself")]
    Fingerprint,
}

/// An open generation.
pub(crate) struct Generation {
    pub(crate) number: u64,
    /// `None` when it is closed.
    db: Option<sled::Db>,
    /// `None` when nothing was applied yet.
    pub(crate) own: Option<Own>,
}

/// What sled does, with its panics as errors.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, Damaged> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Damaged::Sled),
        Err(panic) => Err(Damaged::Panicked(said(panic.as_ref()))),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

pub(crate) fn folder(path: &Path, number: u64) -> PathBuf {
    path.join(format!("generation-{number}"))
}

/// The generations there are, oldest first.
pub(crate) fn numbers(path: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for found in fs::read_dir(path)? {
        let name = found?.file_name();
        let number: Option<u64> =
            name.to_str().and_then(|name| name.strip_prefix("generation-")?.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes generations. What cannot be removed now is at the next start.
pub(crate) fn remove(path: &Path, numbers: &[u64]) {
    for number in numbers {
        // What it said of itself goes first.
        let _ = clean::take(path, *number);
        if let Err(error) = fs::remove_dir_all(folder(path, *number)) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                number,
                "an old generation of the index was not removed"
            );
        }
    }
}

impl Generation {
    /// Opens a generation, made when it is missing. All of it is checked, unless it was closed in order and is as it was.
    pub(crate) fn open(path: &Path, number: u64) -> Result<Self, Damaged> {
        let closed = clean::take(path, number).unwrap_or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "whether the index was closed in order cannot be read; all of it is checked"
            );
            None
        });
        let folder = folder(path, number);
        guarded(|| {
            let db = sled::Config::new().path(folder).cache_capacity(CACHE).open()?;
            let own = match closed.as_deref().and_then(Own::decode) {
                Some(own) if db.get(mark::KEY)?.is_some_and(|said| said == own.encode()) => Ok(Some(own)),
                _ => check(&db)?,
            };
            Ok((own, db))
        })
        .and_then(|(own, db)| Ok(Generation { number, own: own?, db: Some(db) }))
    }
}

impl Generation {
    /// The database.
    pub(crate) fn db(&self) -> Result<&sled::Db, sled::Error> {
        self.db.as_ref().ok_or_else(|| sled::Error::ReportableBug("the index is closed".to_owned()))
    }

    /// Closes it, and writes down that it was closed in order.
    pub(crate) fn close(&mut self, path: &Path) -> Result<(), Damaged> {
        let Some(db) = self.db.take() else { return Ok(()) };
        guarded(|| {
            db.flush()?;
            drop(db);
            Ok(())
        })?;
        match &self.own {
            Some(own) => clean::write(path, self.number, own).map_err(Damaged::Note),
            None => Ok(()),
        }
    }
}

/// Whether a database holds what it says.
fn check(db: &sled::Db) -> Result<Result<Option<Own>, Damaged>, sled::Error> {
    let mut own = None;
    let mut found = Fingerprint::EMPTY;
    for row in db.iter() {
        let (key, value) = row?;
        if key.as_ref() == mark::KEY {
            match Own::decode(&value) {
                Some(decoded) => own = Some(decoded),
                None => return Ok(Err(Damaged::Fingerprint)),
            }
        } else {
            found.put(&key, &value);
        }
    }
    let said = own.map_or(Fingerprint::EMPTY, |own: Own| own.fingerprint);
    Ok(if said == found { Ok(own) } else { Err(Damaged::Fingerprint) })
}
