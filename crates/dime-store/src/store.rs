//! The store: the journal and an index over it, behind one commit, some reads and a feed of changes.
//!
//! A commit is checked against the index and against the commits that are still on their way, gets its number, and waits in a queue.
//! One of those who wait leads: it takes what has gathered, appends it to the journal as one group, brings the index up to date,
//! tells the subscribers, and wakes everybody. What gathers meanwhile is the next group, led by one of them.

mod ahead;
mod catch_up;
mod commit;
mod feed;
mod lead;
mod list;
mod open;
mod plan;
mod read;
mod view;

use crate::{Index, Seq, journal::Journal};
use commit::Waiting;
use parking_lot::{Mutex, RwLock};
use std::{
    collections::VecDeque,
    sync::{Arc, atomic::AtomicU64},
};
use view::Overlay;

pub use crate::journal::{Checked, Cut};
pub use feed::Subscriber;
pub use list::{Filter, Page};
pub use open::{Indexing, Opened, Options, Progress};

/// The registry's memory.
pub struct Store {
    journal: Journal,
    index: Box<dyn Index>,
    opened: Opened,
    queue: Mutex<Queue>,
    subscribers: RwLock<Vec<Subscriber>>,
    /// The last change that can be read.
    visible: AtomicU64,
}

/// The commits on their way.
struct Queue {
    /// Checked and numbered, not yet taken by a leader.
    waiting: VecDeque<Waiting>,
    /// What the commits on their way will do to the index.
    overlay: Overlay,
    /// The number of the next one.
    next: Seq,
    leading: Leading,
    /// Why nothing more is taken.
    failure: Option<Arc<std::io::Error>>,
}

/// Whether somebody leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leading {
    Nobody,
    Somebody,
}

impl Store {
    /// How the store was when it was opened.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }
}

/// What the index has not written yet, it tries to.
impl Drop for Store {
    fn drop(&mut self) {
        if let Err(error) = self.index.flush() {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the index was not flushed; it will catch up at the next start"
            );
        }
    }
}
