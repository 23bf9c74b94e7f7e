//! An index in memory: for tests and for small registries. It is made anew from the journal at every start.

use super::{Fingerprint, Index, IndexError, Key, Mark, Value};
use parking_lot::RwLock;
use std::{collections::BTreeMap, ops::Bound};

/// An index in memory.
#[derive(Debug, Default)]
pub struct MemoryIndex(RwLock<Contents>);

#[derive(Clone, Debug, Default)]
struct Contents {
    map: BTreeMap<Key, Value>,
    mark: Option<Mark>,
    fingerprint: Fingerprint,
}

impl MemoryIndex {
    /// An empty index.
    pub fn new() -> Self {
        MemoryIndex::default()
    }

    /// The fingerprint of what it holds.
    pub fn fingerprint(&self) -> Fingerprint {
        self.0.read().fingerprint
    }
}

/// A copy that goes its own way.
impl Clone for MemoryIndex {
    fn clone(&self) -> Self {
        MemoryIndex(RwLock::new(self.0.read().clone()))
    }
}

impl Index for MemoryIndex {
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError> {
        let mut contents = self.0.write();
        for (key, value) in writes {
            let before = match value {
                Some(value) => {
                    contents.fingerprint.put(key, value);
                    contents.map.insert(key.clone(), value.clone())
                }
                None => contents.map.remove(key),
            };
            if let Some(before) = before {
                contents.fingerprint.removed(key, &before);
            }
        }
        contents.mark = Some(mark);
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError> {
        Ok(self.0.read().map.get(key).cloned())
    }

    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let contents = self.0.read();
        let found = contents.map.range::<[u8], _>((from, Bound::Unbounded));
        Ok(found
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn applied(&self) -> Result<Option<Mark>, IndexError> {
        Ok(self.0.read().mark)
    }

    fn clear(&self) -> Result<(), IndexError> {
        *self.0.write() = Contents::default();
        Ok(())
    }

    fn flush(&self) -> Result<(), IndexError> {
        Ok(())
    }
}
