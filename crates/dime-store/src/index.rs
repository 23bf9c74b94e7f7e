//! The index: an ordered map that finds things in the journal. It can always be made anew from the journal.

mod fingerprint;
pub(crate) mod key;
mod memory;
pub(crate) mod row;

pub use fingerprint::Fingerprint;
pub use memory::MemoryIndex;

/// A key of the index.
pub type Key = Vec<u8>;

/// A value of the index: small, at most some hundred octets.
pub type Value = Vec<u8>;

/// How far an index has come: the last entry it has applied, and the checksum of that entry, by which an index that belongs to
/// another journal is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The entry's number.
    pub seq: crate::Seq,
    /// The entry's checksum.
    pub checksum: u32,
}

/// Why an index could not do what was asked of it.
#[derive(Debug, thiserror::Error)]
#[error("the index failed: {what}")]
pub struct IndexError {
    /// What was being done.
    pub what: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl IndexError {
    /// The index gave something that nobody put there.
    pub(crate) fn malformed(what: &'static str) -> Self {
        IndexError { what, source: "a value is malformed".into() }
    }
}

/// An ordered map from keys to small values, which may lose its latest writes, or all of them, but never a part of an
/// [`apply`](Index::apply).
///
/// There is one writer at a time; readers come at any moment.
pub trait Index: Send + Sync {
    /// Puts (`Some`) and removes (`None`) values and remembers the mark, all or nothing. Later writes of the same key win.
    /// It need not be durable. After an error either all of it is there or nothing.
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError>;

    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError>;

    /// At most `limit` keys that begin with `prefix` and are greater than `after`, in order, with their values.
    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError>;

    /// The mark of the last [`apply`](Index::apply), or `None` when there was none since the index was made or cleared.
    fn applied(&self) -> Result<Option<Mark>, IndexError>;

    /// Removes everything, the mark too.
    fn clear(&self) -> Result<(), IndexError>;

    /// Makes what was applied as durable as this index can.
    fn flush(&self) -> Result<(), IndexError>;
}

/// A shared index is an index.
impl<I: Index + ?Sized> Index for std::sync::Arc<I> {
    fn apply(&self, writes: &[(Key, Option<Value>)], mark: Mark) -> Result<(), IndexError> {
        (**self).apply(writes, mark)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, IndexError> {
        (**self).get(key)
    }

    fn range(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, IndexError> {
        (**self).range(prefix, after, limit)
    }

    fn applied(&self) -> Result<Option<Mark>, IndexError> {
        (**self).applied()
    }

    fn clear(&self) -> Result<(), IndexError> {
        (**self).clear()
    }

    fn flush(&self) -> Result<(), IndexError> {
        (**self).flush()
    }
}
