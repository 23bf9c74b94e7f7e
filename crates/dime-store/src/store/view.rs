//! What a commit is checked against: the index, with what is on its way laid over it.

use crate::{
    Index, IndexError, Seq,
    index::{Key, row::Row},
};
use std::collections::HashMap;

/// Rows by key.
pub(super) trait View {
    /// The row of a key.
    fn row(&self, key: &[u8]) -> Result<Option<Row>, IndexError>;
}

impl View for dyn Index + '_ {
    fn row(&self, key: &[u8]) -> Result<Option<Row>, IndexError> {
        match self.get(key)? {
            None => Ok(None),
            Some(value) => {
                Row::decode(&value).map(Some).ok_or_else(|| IndexError::malformed("reading a row"))
            }
        }
    }
}

/// What changes will do to an index: rows put and rows removed, each by which change.
#[derive(Default)]
pub(super) struct Overlay(HashMap<Key, (Seq, Option<Row>)>);

impl Overlay {
    /// Lays the rows of a change over what is there.
    pub(super) fn lay(&mut self, seq: Seq, rows: &[(Key, Option<Row>)]) {
        for (key, row) in rows {
            self.0.insert(key.clone(), (seq, row.clone()));
        }
    }

    /// Takes the rows of a change away again, except where a later change has laid its own over them.
    pub(super) fn lift(&mut self, seq: Seq, rows: &[(Key, Option<Row>)]) {
        for (key, _) in rows {
            if self.0.get(key).is_some_and(|(by, _)| *by == seq) {
                self.0.remove(key);
            }
        }
    }

    /// Takes everything away.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A view with an overlay.
pub(super) struct Overlaid<'a> {
    pub(super) over: &'a Overlay,
    pub(super) under: &'a dyn Index,
}

impl View for Overlaid<'_> {
    fn row(&self, key: &[u8]) -> Result<Option<Row>, IndexError> {
        match self.over.0.get(key) {
            Some((_, row)) => Ok(row.clone()),
            None => self.under.row(key),
        }
    }
}
