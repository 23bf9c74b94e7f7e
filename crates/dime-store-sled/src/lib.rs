//! The journal's index on sled.
//!
//! sled holds small values under ordered keys and may lose what it wrote last: its `flush` does not reach the disk's platter. Nothing
//! rests on it. What it lost is applied again from the journal when the store opens, and an index that does not open, or that belongs
//! to another journal, is thrown away and made anew.

use dime_store::{Index, IndexError, Key, Mark, Seq, Value};
use sled::{Batch, Db, Mode};
use std::{
    fs, io,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

/// Where the mark is. Every key of the index gets [`OURS`] in front, so none can be this one.
const MARK: &[u8] = &[0];

/// In front of every key of the index.
const OURS: u8 = 1;

/// How much of the index sled keeps in memory, in octets.
const CACHE: u64 = 64 << 20;

/// An index on sled, in a folder of its own.
#[derive(Debug)]
pub struct SledIndex(Db);

/// Why there is no index, not even an empty one.
#[derive(Debug, thiserror::Error)]
pub enum SledOpenError {
    /// The damaged index could not be removed.
    #[error("the damaged index could not be removed")]
    Remove(#[source] io::Error),
    /// An empty index could not be made.
    #[error("an empty index could not be made: {0}")]
    Create(String),
}

impl SledIndex {
    /// Opens the index in a folder, which is made when it is missing. An index that is damaged is removed, and an empty one made.
    pub fn open(folder: &Path) -> Result<Self, SledOpenError> {
        match open(folder) {
            Ok(db) => Ok(SledIndex(db)),
            Err(fault) => {
                tracing::warn!(folder = %folder.display(), fault, "the index does not open: it is made anew from the journal");
                match fs::remove_dir_all(folder) {
                    Err(fault) if fault.kind() != io::ErrorKind::NotFound => {
                        return Err(SledOpenError::Remove(fault));
                    }
                    _ => {}
                }
                open(folder).map(SledIndex).map_err(SledOpenError::Create)
            }
        }
    }
}

/// Opens sled, which for some kinds of damage panics where it should report.
fn open(folder: &Path) -> Result<Db, String> {
    let config = sled::Config::new()
        .path(folder)
        .cache_capacity(CACHE)
        .mode(Mode::HighThroughput)
        .flush_every_ms(Some(1000));
    match catch_unwind(AssertUnwindSafe(|| config.open())) {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(fault)) => Err(fault.to_string()),
        Err(_) => Err("sled panicked".into()),
    }
}

impl Index for SledIndex {
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError> {
        let mut batch = Batch::default();
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(ours(key), value.as_slice()),
                None => batch.remove(ours(key)),
            }
        }
        batch.insert(MARK, &encode(mark));
        self.0.apply_batch(batch).map_err(failed("applying a change"))
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError> {
        let found = self.0.get(ours(key)).map_err(failed("getting a value"))?;
        Ok(found.map(|value| value.to_vec()))
    }

    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(ours(after)),
            _ => Bound::Included(ours(prefix)),
        };
        let mut found = Vec::new();
        for pair in self.0.range::<Vec<u8>, _>((from, Bound::Unbounded)).take(limit) {
            let (key, value) = pair.map_err(failed("reading a range"))?;
            match key.get(1..) {
                Some(key) if key.starts_with(prefix) => found.push((key.to_vec(), value.to_vec())),
                _ => break,
            }
        }
        Ok(found)
    }

    fn applied(&self) -> Result<Option<Mark>, IndexError> {
        let octets = self.0.get(MARK).map_err(failed("reading the mark"))?;
        // A mark that cannot be read is none: the index is made anew.
        Ok(octets.and_then(|octets| decode(&octets)))
    }

    fn clear(&self) -> Result<(), IndexError> {
        self.0.clear().map_err(failed("clearing"))
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.0.flush().map(drop).map_err(failed("flushing"))
    }
}

/// A key of the index as sled knows it.
fn ours(key: &[u8]) -> Vec<u8> {
    [&[OURS], key].concat()
}

/// The mark: number in eight octets, checksum in four, both big-endian.
fn encode(mark: Mark) -> [u8; 12] {
    let mut octets = [0; 12];
    let (seq, checksum) = octets.split_at_mut(8);
    seq.copy_from_slice(&mark.seq.0.to_be_bytes());
    checksum.copy_from_slice(&mark.checksum.to_be_bytes());
    octets
}

fn decode(octets: &[u8]) -> Option<Mark> {
    let (seq, checksum) = octets.split_first_chunk::<8>()?;
    Some(Mark { seq: Seq(u64::from_be_bytes(*seq)), checksum: u32::from_be_bytes(checksum.try_into().ok()?) })
}

fn failed(what: &'static str) -> impl FnOnce(sled::Error) -> IndexError {
    move |source| IndexError { what, source: Box::new(source) }
}
