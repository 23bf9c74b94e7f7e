//! Ends what has expired, on time: a thread that sleeps until the next end.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dime_registry::{Clock, Registry};

use crate::outcome::Failure;

/// The longest sleep: new registrations may end sooner than those known when it began, and the machine's
/// clock may be set.
const LONGEST: Duration = Duration::from_secs(1);

/// How often it is looked for new alerts.
const BETWEEN_ALERTS: Duration = Duration::from_secs(60);

/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The running thread; dropping it stops and joins it.
pub(super) struct Sweeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sweeper {
    /// Start sweeping.
    pub(super) fn start(registry: Arc<Registry>, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("expiry".to_owned())
            .spawn(move || sweep(&registry, clock.as_ref(), &stopped))
            .map_err(Failure::unable)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the expiry thread panicked");
        }
    }
}

fn sweep(registry: &Registry, clock: &dyn Clock, stopped: &Receiver<()>) {
    let mut alerts_told = Instant::now();
    loop {
        if alerts_told.elapsed() >= BETWEEN_ALERTS {
            registry.tell_alerts();
            alerts_told = Instant::now();
        }
        let pause = match registry.expire_due().and_then(|ended| Ok((ended, registry.next_expiry()?))) {
            Ok((ended, next)) => {
                if ended > 0 {
                    tracing::info!(ended, "registrations expired and left DNS");
                }
                next.map_or(LONGEST, |next| {
                    Duration::from_secs(next.0.saturating_sub(clock.now().0)).min(LONGEST)
                })
            }
            Err(error) => {
                tracing::error!(%error, "expiry could not be swept");
                AFTER_FAILURE
            }
        };
        match stopped.recv_timeout(pause.max(Duration::from_millis(50))) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
