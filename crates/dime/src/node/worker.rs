//! Works on jobs: a thread that looks now and then whether there is one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use dime_registry::Registry;

use crate::outcome::Failure;

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(1);

/// The running thread; dropping it lets the piece in hand be finished, and joins it.
pub(super) struct Worker {
    stop: Option<Sender<()>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Start working.
    pub(super) fn start(registry: Arc<Registry>) -> Result<Self, Failure> {
        let (stop, stopped) = channel::<()>();
        let stopping = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stopping);
        let work = move || {
            loop {
                if let Err(error) = registry.run_jobs(&|| !seen.load(Ordering::Relaxed)) {
                    tracing::error!(%error, "a job could not go on");
                }
                match stopped.recv_timeout(PAUSE) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        let thread =
            std::thread::Builder::new().name("jobs".to_owned()).spawn(work).map_err(Failure::unable)?;
        Ok(Self { stop: Some(stop), stopping, thread: Some(thread) })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of jobs panicked");
        }
    }
}
