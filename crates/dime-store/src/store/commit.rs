//! Committing: the part of those who ask.

use super::{
    Leading, Store,
    plan::{PlanError, Rows, plan},
    view::Overlaid,
};
use crate::{Change, Committed, IndexError, Seq, StoreError, Write, journal::Draft};
use parking_lot::{Condvar, Mutex};
use std::{io, sync::Arc};

/// The most writes of a change: their numbers have two octets in the index.
const MOST_WRITES: usize = 1 << 16;

/// A commit on its way.
pub(super) struct Waiting {
    pub(super) seq: Seq,
    pub(super) change: Change,
    pub(super) draft: Draft,
    pub(super) rows: Rows,
    pub(super) call: Arc<Call>,
}

/// Where one who asked waits for word.
#[derive(Default)]
pub(super) struct Call {
    word: Mutex<Option<Word>>,
    spoken: Condvar,
}

/// What one who waits is told.
pub(super) enum Word {
    /// To lead the next group, which begins with its own commit.
    Lead,
    /// How its commit ended.
    Ended(Result<Committed, StoreError>),
}

impl Call {
    pub(super) fn tell(&self, word: Word) {
        *self.word.lock() = Some(word);
        self.spoken.notify_one();
    }

    fn wait(&self) -> Word {
        let mut word = self.word.lock();
        loop {
            match word.take() {
                Some(word) => return word,
                None => self.spoken.wait(&mut word),
            }
        }
    }
}

impl Store {
    /// Whether commits are taken: a store that has failed refuses them until it is opened anew.
    pub fn check(&self) -> Result<(), StoreError> {
        self.queue.lock().failure.as_ref().map_or(Ok(()), |failure| Err(refused(failure)))
    }

    /// Commits a change: all of it or nothing.
    ///
    /// Returns when it is durable, can be read, and every subscriber was told. The versions of the records follow from the
    /// expectations ([`Expect::next_version`](crate::Expect::next_version)).
    pub fn commit(&self, mut change: Change) -> Result<Committed, StoreError> {
        for write in &mut change.writes {
            match write {
                Write::PutRegistration { record, expect } => record.version = expect.next_version(),
                Write::PutAuthority { record, expect } => record.version = expect.next_version(),
                Write::PutProspect { record, expect } => record.version = expect.next_version(),
                Write::PutDelegation { record, expect } => record.version = expect.next_version(),
                Write::PutCeremony { record, expect } => record.version = expect.next_version(),
                Write::PutJob { record, expect } => record.version = expect.next_version(),
                Write::PutDocument { record, expect } => record.version = expect.next_version(),
                Write::PutToken { record, expect } => record.version = expect.next_version(),
                Write::PutRequest { .. } => {}
            }
        }
        let impossible =
            |error: io::Error| StoreError::Unavailable { what: "writing down the change", source: error };
        if change.writes.len() > MOST_WRITES {
            return Err(impossible(io::Error::new(
                io::ErrorKind::InvalidInput,
                "too many writes in one change",
            )));
        }
        let draft = Draft::new(&change)
            .map_err(|form| impossible(io::Error::new(io::ErrorKind::InvalidInput, form)))?;
        let call = Arc::new(Call::default());
        {
            let mut queue = self.queue.lock();
            if let Some(failure) = &queue.failure {
                return Err(refused(failure));
            }
            let view = Overlaid { over: &queue.overlay, under: self.index.as_ref() };
            let rows = plan(&view, &change.writes)?;
            let seq = queue.next;
            queue.next = seq.next();
            queue.overlay.lay(seq, &rows);
            queue.waiting.push_back(Waiting { seq, change, draft, rows, call: Arc::clone(&call) });
            if queue.leading == Leading::Nobody {
                queue.leading = Leading::Somebody;
                call.tell(Word::Lead);
            }
        }
        loop {
            match call.wait() {
                Word::Lead => self.lead(),
                Word::Ended(result) => return result,
            }
        }
    }
}

/// The store takes nothing since it failed.
pub(super) fn refused(failure: &Arc<io::Error>) -> StoreError {
    StoreError::Unavailable {
        what: "it failed and has to be opened anew",
        source: io::Error::new(failure.kind(), Arc::clone(failure)),
    }
}

impl From<PlanError> for StoreError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Conflict(conflict) => StoreError::Conflict(conflict),
            PlanError::Index(error) => error.into(),
        }
    }
}

impl From<IndexError> for StoreError {
    fn from(error: IndexError) -> Self {
        StoreError::Unavailable { what: "asking the index", source: io::Error::other(error) }
    }
}
