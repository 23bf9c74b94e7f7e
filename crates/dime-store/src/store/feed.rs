//! The feed of changes: as they come, and as they were.

use super::Store;
use crate::{Entry, Seq, StoreError};
use std::sync::atomic::Ordering;

/// Is told of every change, in order, after it is durable and can be read, and before its commit returns.
///
/// It must not commit, and must not subscribe: whoever it is called by holds up every commit.
pub type Subscriber = Box<dyn Fn(&Entry) + Send + Sync>;

impl Store {
    /// Adds a subscriber. It is told of the changes committed from now on.
    pub fn subscribe(&self, subscriber: Subscriber) {
        self.subscribers.write().push(subscriber);
    }

    /// The number of the last change that can be read.
    pub fn last_seq(&self) -> Seq {
        Seq(self.visible.load(Ordering::Acquire))
    }

    /// The changes after a number, oldest first, up to the last one at the time of the call. An error ends them.
    pub fn changes(&self, after: Seq) -> impl Iterator<Item = Result<Entry, StoreError>> + '_ {
        self.journal.walk(after, self.last_seq()).map(|found| found.map(|found| found.entry))
    }
}
