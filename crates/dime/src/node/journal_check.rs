//! Checks the full segments of the journal while the server runs: a start does not read them. What is damaged is told; nothing that is served
//! comes from there.

use std::error::Error;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dime_store::Store;

use crate::outcome::Failure;

/// How long it rests after each segment, measured by the time that took: it never has more than a tenth of a core, or of the disk.
const REST: u32 = 9;
/// The shortest rest.
const SHORTEST: Duration = Duration::from_millis(20);

/// The running thread; dropping it stops and joins it.
pub(super) struct JournalCheck {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl JournalCheck {
    /// Start checking.
    pub(super) fn start(store: Arc<Store>) -> Result<Self, Failure> {
        let (stop, stopped) = channel::<()>();
        let work = move || {
            let mut began = Instant::now();
            let mut whole = true;
            let checked = store.check_sealed(&mut |_| {
                let rest = (began.elapsed() * REST).max(SHORTEST);
                whole = matches!(stopped.recv_timeout(rest), Err(RecvTimeoutError::Timeout));
                began = Instant::now();
                whole
            });
            match checked {
                Ok(()) if whole => tracing::debug!("the full segments of the journal are whole"),
                Ok(()) => {}
                Err(error) => tracing::error!(
                    error = &error as &dyn Error,
                    "the journal is damaged: restore this segment from a backup before the index has to be made anew"
                ),
            }
        };
        let thread = std::thread::Builder::new()
            .name("journal check".to_owned())
            .spawn(work)
            .map_err(Failure::unable)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for JournalCheck {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that checks the journal panicked");
        }
    }
}
