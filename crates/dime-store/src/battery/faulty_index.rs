//! An index whose writes fail when they are told to.

use super::Fault;
use crate::{Index, IndexError, Key, Mark, Value};
use parking_lot::Mutex;
use std::sync::Arc;

/// An index over another that fails one [`apply`](Index::apply). Clones fail together.
#[derive(Clone)]
pub struct FaultyIndex {
    under: Arc<dyn Index>,
    fault: Arc<Mutex<Option<(usize, Fault)>>>,
}

impl FaultyIndex {
    /// An index that works as the one under it.
    pub fn new(under: Box<dyn Index>) -> Self {
        FaultyIndex { under: Arc::from(under), fault: Arc::default() }
    }

    /// Makes one write fail: the one after `count` others.
    pub fn fail_after(&self, count: usize, fault: Fault) {
        *self.fault.lock() = Some((count, fault));
    }

    fn verdict(&self) -> Option<Fault> {
        let mut fault = self.fault.lock();
        match fault.as_mut() {
            Some((0, now)) => {
                let now = *now;
                *fault = None;
                Some(now)
            }
            Some((count, _)) => {
                *count -= 1;
                None
            }
            None => None,
        }
    }
}

impl Index for FaultyIndex {
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError> {
        let verdict = self.verdict();
        if !matches!(verdict, Some(Fault::NotDone | Fault::HalfDone)) {
            self.under.apply(writes, mark)?;
        }
        match verdict {
            None => Ok(()),
            Some(_) => Err(IndexError { what: "applying a batch", source: "a fault was injected".into() }),
        }
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError> {
        self.under.get(key)
    }

    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError> {
        self.under.range(prefix, after, limit)
    }

    fn applied(&self) -> Result<Option<Mark>, IndexError> {
        self.under.applied()
    }

    fn clear(&self) -> Result<(), IndexError> {
        self.under.clear()
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.under.flush()
    }
}
