//! The index of [`dime_store`], on sled.

use crate::{
    generation::{self, Damaged, Generation, guarded},
    mark::{self, Own},
};
use dime_store::{Fingerprint, Index, IndexError, Key, Mark, OpenError, Value, disk::Folder};
use parking_lot::RwLock;
use std::{
    collections::BTreeMap,
    error::Error,
    io,
    path::{Path, PathBuf},
};

/// An index on sled.
///
/// Give it to [`Store::open`](dime_store::Store::open), which brings it up to date.
pub struct SledIndex {
    path: PathBuf,
    current: RwLock<Generation>,
    /// Its lock is the claim on the folder.
    _folder: Folder,
}

/// Why an index did not open. Damage is no reason: a damaged index is put away and begun anew.
#[derive(Debug, thiserror::Error)]
pub enum OpenIndexError {
    /// The folder is in use, or cannot be made.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// The folder cannot be read.
    #[error("the folder of the index cannot be read")]
    Unreadable(#[source] io::Error),
    /// Not even an empty index could be made.
    #[error("no index can be made")]
    Unusable(#[source] Box<dyn Error + Send + Sync>),
}

impl SledIndex {
    /// Opens the index in a folder, which is made when it is missing. A damaged index gives an empty one.
    pub fn open(path: &Path) -> Result<Self, OpenIndexError> {
        let folder = Folder::open(path)?;
        let mut old = generation::numbers(path).map_err(OpenIndexError::Unreadable)?;
        let newest = old.pop();
        let current = match newest.map(|number| Generation::open(path, number)) {
            Some(Ok(generation)) => generation,
            damaged => {
                if let Some(Err(error)) = damaged {
                    tracing::warn!(
                        error = &error as &dyn Error,
                        "the index is damaged and is made anew from the journal"
                    );
                }
                old.extend(newest);
                let next = newest.map_or(1, |number| number + 1);
                Generation::open(path, next).map_err(|error| OpenIndexError::Unusable(Box::new(error)))?
            }
        };
        generation::remove(path, &old);
        Ok(SledIndex { path: path.to_owned(), current: RwLock::new(current), _folder: folder })
    }
}

/// Closed in order, the index need not be read as a whole when it is opened again.
impl Drop for SledIndex {
    fn drop(&mut self) {
        let current = self.current.get_mut();
        if let Err(error) = current.close(&self.path) {
            tracing::warn!(
                error = &error as &dyn Error,
                "the index was not closed in order; all of it is checked at the next start"
            );
        }
    }
}

fn failed(what: &'static str) -> impl FnOnce(Damaged) -> IndexError {
    move |error| IndexError { what, source: Box::new(error) }
}

impl Index for SledIndex {
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError> {
        let mut current = self.current.write();
        // Of several writes of one key the last counts, for the fingerprint too.
        let last: BTreeMap<&Key, &Option<Value>> = writes.iter().map(|(key, value)| (key, value)).collect();
        let mut fingerprint = current.own.map_or(Fingerprint::EMPTY, |own| own.fingerprint);
        let own = guarded(|| {
            let mut batch = sled::Batch::default();
            for (key, value) in last {
                if let Some(before) = current.db()?.get(key)? {
                    fingerprint.removed(key, &before);
                }
                match value {
                    Some(value) => {
                        fingerprint.put(key, value);
                        batch.insert(key.as_slice(), value.as_slice());
                    }
                    None => batch.remove(key.as_slice()),
                }
            }
            let own = Own { mark, fingerprint };
            batch.insert(mark::KEY, own.encode());
            current.db()?.apply_batch(batch)?;
            Ok(own)
        })
        .map_err(failed("applying a batch"))?;
        current.own = Some(own);
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError> {
        let current = self.current.read();
        let value = guarded(|| current.db()?.get(key)).map_err(failed("reading a value"))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let from = match after {
            Some(after) if after >= prefix => Excluded(after),
            _ => Included(prefix),
        };
        let current = self.current.read();
        guarded(|| {
            let mut found = Vec::new();
            for row in current.db()?.range::<&[u8], _>((from, Unbounded)) {
                let (key, value) = row?;
                if found.len() >= limit || !key.starts_with(prefix) {
                    break;
                }
                if key.as_ref() != mark::KEY {
                    found.push((key.to_vec(), value.to_vec()));
                }
            }
            Ok(found)
        })
        .map_err(failed("reading a range"))
    }

    fn applied(&self) -> Result<Option<Mark>, IndexError> {
        Ok(self.current.read().own.map(|own| own.mark))
    }

    fn clear(&self) -> Result<(), IndexError> {
        let mut current = self.current.write();
        // What opening found without a mark is empty.
        if current.own.is_none() {
            return Ok(());
        }
        let old = current.number;
        *current = Generation::open(&self.path, old + 1).map_err(failed("beginning anew"))?;
        generation::remove(&self.path, &[old]);
        Ok(())
    }

    fn flush(&self) -> Result<(), IndexError> {
        let current = self.current.read();
        guarded(|| current.db()?.flush()).map_err(failed("flushing"))?;
        Ok(())
    }
}
