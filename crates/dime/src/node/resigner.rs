//! Keeps zones signed: a thread that tells the zones the time, and replaces zone-signing keys that have served theirs.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use dime_registry::{Clock, Registry};
use dime_store::Ownership;
use dime_zone::dnssec::SigningEvent;
use dime_zone::{ZoneError, Zones};
use drip_det::ZoneCut;

use super::open::Opened;
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
    pub(super) fn start(opened: &Opened, config: &Config) -> Result<Self, Failure> {
        let (stop, stopped) = channel();
        let (config, clock) = (config.clone(), Arc::clone(&opened.clock));
        let (zones, registry) = (Arc::clone(&opened.zones), Arc::clone(&opened.registry));
        let thread = std::thread::Builder::new()
            .name("dnssec".to_owned())
            .spawn(move || run(&zones, &registry, clock.as_ref(), &config, &stopped))
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

fn run(zones: &Zones, registry: &Registry, clock: &dyn Clock, config: &Config, stopped: &Receiver<()>) {
    let mut looked = None;
    loop {
        let now = clock.now();
        if looked != Some(now.0 / ROLL_INTERVAL) {
            looked = Some(now.0 / ROLL_INTERVAL);
            let signed = zones.summaries().into_iter().filter(|summary| summary.signed);
            for cut in signed.map(|summary| summary.cut) {
                match dnssec::finish_rolls(config, cut, now) {
                    Ok(0) => {}
                    Ok(_) => tracing::warn!(zone = cut.name(), "a roll-over that was cut short goes on"),
                    Err(error) => {
                        tracing::error!(zone = cut.name(), %error, "a roll-over that was cut short cannot go on")
                    }
                }
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
            // What was committed while the zone was refused was told to nobody.
            if let SigningEvent::Served { cut, .. } = event
                && let Err(error) = registry.fill_zone(cut)
            {
                tracing::error!(zone = cut.name(), %error, "what is registered in the zone cannot be published");
            }
        }
        match stopped.recv_timeout(PAUSE) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Refuses to serve without those of this DIME's own zones that must be signed and cannot be. A zone of a registry below that is hosted
/// here is nothing that all others should go down for: it begins to be served when it has keys.
pub(super) fn check(opened: &Opened) -> Result<(), Failure> {
    let authorities = opened.store.authorities().map_err(Failure::unable)?;
    let own = authorities.iter().filter(|authority| authority.own == Ownership::Own);
    let own: Vec<ZoneCut> = own.flat_map(|authority| dnssec::zones_of(authority.hid)).collect();
    let (of_us, below): (Vec<_>, Vec<_>) =
        opened.zones.refused().into_iter().partition(|(cut, _)| match cut {
            ZoneCut::Apex | ZoneCut::Raa { .. } => own.contains(cut),
            // Signed by the wish of the configuration.
            ZoneCut::Hda(_) => true,
        });
    for (cut, fault) in below {
        tracing::error!(zone = cut.name(), %fault, "a zone of a registry below is not served until it has keys");
    }
    if of_us.is_empty() {
        return Ok(());
    }
    let mut text: Vec<String> = of_us.iter().map(|(_, fault)| fault.to_string()).collect();
    let unsigned: Vec<String> = of_us
        .iter()
        .filter_map(|(_, fault)| match fault {
            ZoneError::Unsigned(zone) => Some(zone.to_string()),
            _ => None,
        })
        .collect();
    if !unsigned.is_empty() {
        text.push(format!("keys are made by: dime dnssec keygen --dir DIR {}", unsigned.join(" ")));
    }
    Err(Failure::unable(text.join("\n      ")))
}
