//! Keeps zones signed: a thread that tells the zones the time, and replaces zone-signing keys that have served theirs.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use dime_registry::Clock;
use dime_zone::{ZoneError, Zones};

use crate::config::Config;
use crate::dnssec;
use crate::outcome::Failure;

/// How often it looks at the clock: a clock that is set must not leave expired signatures in answers for long.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it looks for keys to replace, in seconds.
const ROLL_INTERVAL: u64 = 600;

/// The running thread; dropping it stops and joins it.
pub(super) struct Resigner {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Resigner {
    /// Start signing.
    pub(super) fn start(zones: Arc<Zones>, clock: Arc<dyn Clock>, config: &Config) -> Result<Self, Failure> {
        let (stop, stopped) = channel();
        let config = config.clone();
        let thread = std::thread::Builder::new()
            .name("dnssec".to_owned())
            .spawn(move || run(&zones, clock.as_ref(), &config, &stopped))
            .map_err(Failure::unable)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Resigner {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that signs zones panicked");
        }
    }
}

fn run(zones: &Zones, clock: &dyn Clock, config: &Config, stopped: &Receiver<()>) {
    let mut looked = None;
    loop {
        let now = clock.now();
        if looked != Some(now.0 / ROLL_INTERVAL) {
            looked = Some(now.0 / ROLL_INTERVAL);
            let signed = zones.summaries().into_iter().filter(|summary| summary.signed);
            for cut in signed.map(|summary| summary.cut) {
                match dnssec::roll_zsk_if_due(config, cut, now) {
                    Ok(None) => {}
                    Ok(Some(tag)) => tracing::info!(
                        zone = cut.name(),
                        tag,
                        "new zone-signing key: its predecessor has served its time"
                    ),
                    Err(error) => {
                        tracing::error!(zone = cut.name(), %error, "the zone-signing key could not be replaced")
                    }
                }
            }
        }
        for event in zones.tick(now) {
            if event.is_fault() {
                tracing::error!("{event}");
            } else {
                tracing::info!("{event}");
            }
        }
        match stopped.recv_timeout(PAUSE) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Refuses to serve without zones that must be signed and cannot be.
pub(super) fn check(zones: &Zones) -> Result<(), Failure> {
    let refused = zones.refused();
    if refused.is_empty() {
        return Ok(());
    }
    let mut text: Vec<String> = refused.iter().map(ToString::to_string).collect();
    let unsigned: Vec<String> = refused
        .iter()
        .filter_map(|fault| match fault {
            ZoneError::Unsigned(zone) => Some(zone.to_string()),
            _ => None,
        })
        .collect();
    if !unsigned.is_empty() {
        text.push(format!("keys are made by: dime dnssec keygen --dir DIR {}", unsigned.join(" ")));
    }
    Err(Failure::unable(text.join("\n      ")))
}
