//! Keeps snapshots: a thread that looks now and then whether so much has changed that the next start would take long, and one snapshot when
//! the server stops.
//!
//! A start reads the last snapshot and the changes after it; without any it reads all changes. So nothing depends on a snapshot but time,
//! and a failure is told and otherwise passed over.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dime_registry::Registry;
use dime_zone::snapshot::shelf::{Folder, Shelf};

use super::layout;
use crate::config::Data;
use crate::outcome::Failure;

/// Where the snapshots of a data directory are.
pub(super) fn shelf(dir: &Path) -> Folder {
    Folder::at(layout::snapshots(dir))
}

/// The running thread; dropping it keeps a last snapshot, and joins it.
pub(super) struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Start keeping.
    pub(super) fn start(registry: Arc<Registry>, data: &Data) -> Result<Self, Failure> {
        let (stop, stopped) = channel::<()>();
        let shelf = shelf(&data.dir);
        let interval = Duration::from(data.snapshot_interval);
        let enough = data.snapshot_changes.max(1);
        let work = move || {
            loop {
                let waited = if interval.is_zero() {
                    stopped.recv().map_err(|_| RecvTimeoutError::Disconnected)
                } else {
                    stopped.recv_timeout(interval)
                };
                match waited {
                    Err(RecvTimeoutError::Timeout) => keep_after(&registry, &shelf, enough),
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            keep_after(&registry, &shelf, 1);
        };
        let thread =
            std::thread::Builder::new().name("snapshots".to_owned()).spawn(work).map_err(Failure::unable)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of snapshots panicked");
        }
    }
}

/// Keeps a snapshot if there are so many changes that are in none.
fn keep_after(registry: &Registry, shelf: &dyn Shelf, changes: u64) {
    if registry.changes_since_snapshot() < changes {
        return;
    }
    let started = Instant::now();
    match registry.keep_snapshot(shelf) {
        Ok(None) => {}
        Ok(Some(kept)) => tracing::info!(
            change = kept.seq.0,
            dets = kept.dets,
            octets = kept.octets,
            milliseconds = started.elapsed().as_millis() as u64,
            "a snapshot is kept"
        ),
        Err(error) => tracing::error!(
            error = &error as &dyn Error,
            "no snapshot could be kept; the next start takes longer"
        ),
    }
}
