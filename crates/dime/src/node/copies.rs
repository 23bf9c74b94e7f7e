//! Copies of other servers' zones in a running node.

use std::sync::Arc;

use dime_dns::secondary::Secondary;
use dime_registry::{Clock, SystemClock};
use dime_zone::Zones;
use dime_zone::snapshot::shelf::{Folder, Shelf};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::layout;
use crate::config::Config;
use crate::outcome::Failure;

/// The task that keeps copies up to date.
pub(super) struct Copies {
    secondary: Arc<Secondary>,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Copies {
    /// Serves the copies that are on disk and begins to follow their primaries; `None` where nothing is copied.
    pub(super) fn start(zones: Arc<Zones>, config: &Config) -> Result<Option<Self>, Failure> {
        let Some(settings) = config.dns.secondary()? else { return Ok(None) };
        let shelf: Arc<dyn Shelf> = Arc::new(Folder::at(layout::copies(&config.data.dir)));
        let time = Arc::new(|| SystemClock.now());
        let secondary = Secondary::new(zones, settings, time, Some(shelf))
            .map_err(|error| Failure::usage(format!("dns.secondary: {error}")))?;
        let (stop, stopped) = watch::channel(());
        let task = tokio::spawn(Arc::clone(&secondary).run(stopped));
        Ok(Some(Self { secondary, stop, task }))
    }

    /// What knows about them.
    pub(super) fn secondary(&self) -> &Arc<Secondary> {
        &self.secondary
    }

    /// Stops, and puts on disk what is not there yet.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        self.stop.send_replace(());
        self.task.await.map_err(Failure::unable)
    }
}
