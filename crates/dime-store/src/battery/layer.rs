//! Indexes for simulations: one that writes over another without changing it, and one that remembers what it was told.

use crate::{Fingerprint, Index, IndexError, Key, Mark, MemoryIndex, Value};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// An index over another one that stays as it is. What is written is here only; clones share it.
#[derive(Clone)]
pub(super) struct Layer {
    base: Arc<MemoryIndex>,
    over: Arc<Mutex<Over>>,
}

struct Over {
    map: BTreeMap<Key, Option<Value>>,
    mark: Option<Mark>,
    fingerprint: Fingerprint,
    /// Whether the base shows through.
    cleared: bool,
}

impl Layer {
    pub(super) fn new(base: &Arc<MemoryIndex>) -> Self {
        let mark = base.applied().unwrap();
        let fingerprint = base.fingerprint();
        let over = Over { map: BTreeMap::new(), mark, fingerprint, cleared: false };
        Layer { base: Arc::clone(base), over: Arc::new(Mutex::new(over)) }
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.over.lock().fingerprint
    }

    fn below(&self, over: &Over, key: &[u8]) -> Option<Value> {
        match over.map.get(key) {
            Some(value) => value.clone(),
            None if over.cleared => None,
            None => self.base.get(key).unwrap(),
        }
    }
}

impl Index for Layer {
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError> {
        let mut over = self.over.lock();
        for (key, value) in writes {
            if let Some(before) = self.below(&over, key) {
                over.fingerprint.removed(key, &before);
            }
            if let Some(value) = value {
                over.fingerprint.put(key, value);
            }
            over.map.insert(key.clone(), value.clone());
        }
        over.mark = Some(mark);
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError> {
        Ok(self.below(&self.over.lock(), key))
    }

    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError> {
        let over = self.over.lock();
        let mut found: BTreeMap<Key, Value> = BTreeMap::new();
        if !over.cleared {
            found.extend(self.base.range(prefix, after, usize::MAX)?);
        }
        for (key, value) in &over.map {
            if key.starts_with(prefix) && after.is_none_or(|after| key.as_slice() > after) {
                match value {
                    Some(value) => found.insert(key.clone(), value.clone()),
                    None => found.remove(key),
                };
            }
        }
        Ok(found.into_iter().take(limit).collect())
    }

    fn applied(&self) -> Result<Option<Mark>, IndexError> {
        Ok(self.over.lock().mark)
    }

    fn clear(&self) -> Result<(), IndexError> {
        let empty = Over { map: BTreeMap::new(), mark: None, fingerprint: Fingerprint::EMPTY, cleared: true };
        *self.over.lock() = empty;
        Ok(())
    }

    fn flush(&self) -> Result<(), IndexError> {
        Ok(())
    }
}

/// An index in memory that remembers what was applied to it. Clones are the same index.
#[derive(Clone, Default)]
pub(super) struct Recorder {
    index: Arc<MemoryIndex>,
    pub(super) applied: Arc<Mutex<Vec<Applied>>>,
}

/// What was applied at once.
#[derive(Clone)]
pub(super) struct Applied {
    pub(super) writes: Vec<(Key, Option<Value>)>,
    pub(super) mark: Mark,
}

impl Index for Recorder {
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError> {
        self.applied.lock().push(Applied { writes: writes.to_vec(), mark });
        self.index.apply(writes, mark)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError> {
        self.index.get(key)
    }

    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError> {
        self.index.range(prefix, after, limit)
    }

    fn applied(&self) -> Result<Option<Mark>, IndexError> {
        self.index.applied()
    }

    fn clear(&self) -> Result<(), IndexError> {
        self.index.clear()
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.index.flush()
    }
}
