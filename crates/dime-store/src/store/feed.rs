//! The feed of changes: as they come, and as they were.

use super::{Progress, Store};
use crate::{Entry, Mark, Seq, StoreError};
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

    /// The mark of a change: its number, and the checksum by which another journal's change of that number is known. `None` when there is no
    /// such change.
    pub fn mark(&self, seq: Seq) -> Result<Option<Mark>, StoreError> {
        if seq == Seq::START || seq > self.last_seq() {
            return Ok(None);
        }
        let found = self.journal.walk(Seq(seq.0 - 1), seq).next().transpose()?;
        Ok(found.map(|found| Mark { seq, checksum: found.checksum }))
    }

    /// Checks the segments of the journal that are full, one after the other, as long as `go_on` says so: it is told how many were checked
    /// and how many there are. Damage ends it.
    pub fn check_sealed(&self, go_on: &mut dyn FnMut(Progress) -> bool) -> Result<(), StoreError> {
        let total = self.journal.sealed();
        for number in 1..=total {
            self.journal.check_sealed(number)?;
            if !go_on(Progress { done: number.into(), total: total.into() }) {
                break;
            }
        }
        Ok(())
    }

    /// The changes after a number, oldest first, up to the last one at the time of the call. An error ends them.
    pub fn changes(&self, after: Seq) -> impl Iterator<Item = Result<Entry, StoreError>> + '_ {
        self.journal.walk(after, self.last_seq()).map(|found| found.map(|found| found.entry))
    }
}
