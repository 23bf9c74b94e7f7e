//! Leading a group of commits: journal, index, subscribers, and word to everybody.

use super::{
    Leading, Queue, Store,
    commit::{Waiting, Word, refused},
};
use crate::{
    Committed, Entry, StoreError,
    index::{Key, Mark, Value},
    journal::{AppendError, Appended, Draft},
};
use std::{
    io, mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
};

/// The most octets of a group, but for its first commit, and the most commits.
const GROUP_OCTETS: u64 = 4 << 20;
const GROUP_COMMITS: usize = 1024;

/// What went wrong, and in doing what.
type Failure = (&'static str, io::Error);

impl Store {
    /// Leads one group, which begins with the caller's commit, and passes the lead on.
    pub(super) fn lead(&self) {
        let mut group = self.queue.lock().gather();
        let drafts: Vec<&Draft> = group.iter().map(|waiting| &waiting.draft).collect();
        match self.journal.append(&drafts) {
            Ok(appended) => {
                let rest = group.split_off(appended.len().min(group.len()));
                match self.apply(&group, &appended).and_then(|()| self.publish(&mut group)) {
                    Ok(()) => self.finish(group, rest),
                    Err(failure) => self.fail(group, rest, failure),
                }
            }
            Err(AppendError::Refused(what, error)) => self.turn_away(group, what, &error),
            Err(AppendError::Unknown(what, error)) => self.fail(group, Vec::new(), (what, error)),
        }
    }

    /// Brings the index up to date with what is durable now.
    fn apply(&self, group: &[Waiting], appended: &[Appended]) -> Result<(), Failure> {
        let mut writes: Vec<(Key, Option<Value>)> = Vec::new();
        for (waiting, entry) in group.iter().zip(appended) {
            writes.extend(
                waiting
                    .rows
                    .iter()
                    .map(|(key, row)| (key.clone(), row.as_ref().map(|row| row.encode(entry.pointer)))),
            );
        }
        let Some(last) = appended.last() else { return Ok(()) };
        let mark = Mark { seq: last.seq, checksum: last.checksum };
        self.index
            .apply(&writes, mark)
            .map_err(|error| ("bringing the index up to date", io::Error::other(error)))?;
        self.visible.store(last.seq.0, Ordering::Release);
        Ok(())
    }

    /// Tells the subscribers.
    fn publish(&self, group: &mut [Waiting]) -> Result<(), Failure> {
        let subscribers = self.subscribers.read();
        if subscribers.is_empty() {
            return Ok(());
        }
        for waiting in group {
            let writes = mem::take(&mut waiting.change.writes);
            let change = crate::Change { writes, actor: waiting.change.actor.clone(), ..waiting.change };
            let entry = Entry { seq: waiting.seq, change };
            for subscriber in subscribers.iter() {
                // Who unwinds out of here would leave everybody else waiting for ever.
                catch_unwind(AssertUnwindSafe(|| subscriber(&entry)))
                    .map_err(|_| ("telling a subscriber", io::Error::other("the subscriber panicked")))?;
            }
        }
        Ok(())
    }

    /// The group happened. What did not go with it comes first in the next one.
    fn finish(&self, group: Vec<Waiting>, rest: Vec<Waiting>) {
        {
            let mut queue = self.queue.lock();
            for waiting in &group {
                queue.overlay.lift(waiting.seq, &waiting.rows);
            }
            for waiting in rest.into_iter().rev() {
                queue.waiting.push_front(waiting);
            }
            queue.pass_on();
        }
        for waiting in group {
            waiting.call.tell(Word::Ended(Ok(Committed { seq: waiting.seq })));
        }
    }

    /// Nothing of the group was written. All who wait are turned away, since they may build on it.
    fn turn_away(&self, mut group: Vec<Waiting>, what: &'static str, error: &io::Error) {
        tracing::warn!(error = error as &dyn std::error::Error, what, "commits are turned away");
        {
            let mut queue = self.queue.lock();
            group.extend(queue.waiting.drain(..));
            queue.overlay.clear();
            queue.next = self.journal.last().next();
            queue.pass_on();
        }
        for waiting in group {
            let source = io::Error::new(error.kind(), error.to_string());
            waiting.call.tell(Word::Ended(Err(StoreError::Unavailable { what, source })));
        }
    }

    /// What became of the group is unknown. Those who were not part of it are turned away, and nothing is taken any more.
    fn fail(&self, group: Vec<Waiting>, mut rest: Vec<Waiting>, (what, error): Failure) {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            what,
            "the store failed and has to be opened anew"
        );
        let failure = Arc::new(error);
        {
            let mut queue = self.queue.lock();
            rest.extend(queue.waiting.drain(..));
            queue.failure = Some(Arc::clone(&failure));
            queue.pass_on();
        }
        for waiting in group {
            let source = io::Error::new(failure.kind(), Arc::clone(&failure));
            waiting.call.tell(Word::Ended(Err(StoreError::Unknown { what, source })));
        }
        for waiting in rest {
            waiting.call.tell(Word::Ended(Err(refused(&failure))));
        }
    }
}

impl Queue {
    /// Takes what goes into the next group.
    fn gather(&mut self) -> Vec<Waiting> {
        let mut octets = 0;
        let count = self
            .waiting
            .iter()
            .take(GROUP_COMMITS)
            .take_while(|waiting| {
                octets += waiting.draft.length();
                octets <= GROUP_OCTETS
            })
            .count();
        self.waiting.drain(..count.max(1).min(self.waiting.len())).collect()
    }

    /// Passes the lead to the first who waits, if anybody does.
    fn pass_on(&mut self) {
        match self.waiting.front() {
            Some(first) => first.call.tell(Word::Lead),
            None => self.leading = Leading::Nobody,
        }
    }
}
