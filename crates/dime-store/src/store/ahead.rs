//! The feed read ahead: decoded by several threads, taken in order by one.
//!
//! ```text
//! segment 1  ──► thread A ──► [entries][entries]… ─┐
//! segment 2  ──► thread B ──► [entries][entries]… ─┴─► taken: all of 1, then all of 2, …
//! ```
//!
//! A thread that is too far ahead waits, so that what is decoded and not yet taken has a bound.

use super::Store;
use crate::{Entry, Seq, StoreError};
use parking_lot::Mutex;
use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

/// Entries that are handed over together.
const PART: usize = 128;
/// How many parts of a segment may wait to be taken.
const WAITING: usize = 32;

type Parts<T> = Result<Vec<T>, StoreError>;

impl Store {
    /// The changes after a number, oldest first, up to the last one at the time of the call, each as what `prepare` makes of it. Reading and
    /// preparing is done by `threads` threads at once; `take` gets everything in order, on the thread of the caller. An error ends it.
    pub fn changes_ahead<T: Send>(
        &self,
        after: Seq,
        threads: usize,
        prepare: &(dyn Fn(Entry) -> T + Sync),
        take: &mut dyn FnMut(T),
    ) -> Result<(), StoreError> {
        let last = self.last_seq();
        let ranges: VecDeque<(Seq, Seq)> = self.journal.ranges(after, last).into();
        let (work, mut taken): (Vec<_>, Vec<_>) = ranges
            .into_iter()
            .map(|range| {
                let (sender, receiver) = sync_channel(WAITING);
                ((range, sender), receiver)
            })
            .unzip();
        let work = Mutex::new(VecDeque::from(work));
        std::thread::scope(|scope| {
            for _ in 0..threads.clamp(1, taken.len().max(1)) {
                scope.spawn(|| {
                    loop {
                        // The lock is not held while a segment is read.
                        let next = work.lock().pop_front();
                        let Some((range, sender)) = next else { break };
                        self.read_range(range, prepare, &sender);
                    }
                });
            }
            // In an early end, what is not taken is dropped with its receivers, and the threads end.
            let result = take_all(std::mem::take(&mut taken), take);
            work.lock().clear();
            result
        })
    }

    fn read_range<T>(
        &self,
        (after, last): (Seq, Seq),
        prepare: &(dyn Fn(Entry) -> T + Sync),
        sender: &SyncSender<Parts<T>>,
    ) {
        let mut part = Vec::with_capacity(PART);
        for found in self.journal.walk(after, last) {
            let end = match found {
                Ok(found) => {
                    part.push(prepare(found.entry));
                    part.len() == PART && sender.send(Ok(std::mem::take(&mut part))).is_err()
                }
                Err(error) => {
                    // Those before it are taken; nobody is left to be told when this is not received.
                    let _ = sender.send(Ok(std::mem::take(&mut part))).and_then(|()| sender.send(Err(error)));
                    true
                }
            };
            if end {
                return;
            }
        }
        let _ = sender.send(Ok(part));
    }
}

fn take_all<T>(segments: Vec<Receiver<Parts<T>>>, take: &mut dyn FnMut(T)) -> Result<(), StoreError> {
    for segment in segments {
        for part in segment {
            part?.into_iter().for_each(&mut *take);
        }
    }
    Ok(())
}
