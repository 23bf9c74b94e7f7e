//! The clock of signed zones: renewed signatures, keys that come and go, DS in the zones above.

use super::{ServedZone, Zones, above};
use crate::{
    Name, ZoneConfig, ZoneError,
    dnssec::{Found, Signed, Signing, SigningChange, SigningEvent},
    zone::{Zone, copied::Origin},
};
use drip_det::{UnixTime, ZoneCut};
use std::sync::Arc;

impl Zones {
    /// No zones yet, of which those that have keys will be signed. Apex and RAA zones without keys are refused, unless the policy says
    /// TEST.
    pub fn signed(signing: Signing) -> Self {
        Zones { signing: Some(signing), ..Self::default() }
    }

    /// Tells the time: renews signatures that are due, takes keys up and drops them at their times, serves zones that were refused for
    /// want of keys, and changes DS above. Call it every second or so: keys that somebody changed are taken up at the next call, all else
    /// is looked at once a minute.
    ///
    /// Everything slow is done before a zone is locked. What was noticed is for the log.
    pub fn tick(&self, now: UnixTime) -> Vec<SigningEvent> {
        let Some(signing) = &self.signing else { return Vec::new() };
        let (due, mut events) = signing.move_clock(now);
        events.extend(self.serve_refused(signing, now));
        let zones: Vec<(ZoneCut, Arc<ServedZone>)> = self
            .served
            .newest()
            .iter()
            // A copy is signed by its primary, whatever keys there are here.
            .filter(|(cut, zone)| due.covers(**cut) && zone.read().origin == Origin::Own)
            .map(|(cut, zone)| (*cut, Arc::clone(zone)))
            .collect();
        for (cut, zone) in zones {
            let (name, current) = {
                let zone = zone.write();
                (zone.name.clone(), zone.signed.clone())
            };
            let Found::Changed(next) = signing.look(cut, &name, current.as_ref(), now) else { continue };
            let change = change(current.as_ref(), &next);
            let serial = self.change(&zone, |zone| {
                // Another DS below may have advanced the zone meanwhile.
                let offset = zone.signed.as_ref().map_or(next.offset, |now| next.offset.max(now.offset));
                zone.signed = Some(Signed { offset, ..next });
                zone.serial()
            });
            events.push(SigningEvent::Advanced { zone: name, serial, change });
            events.extend(self.update_ds(signing, cut));
        }
        self.sign_slice();
        events.extend(signing.take_faults());
        events
    }

    /// The zones that are not served because they have no keys, or none that can be used.
    pub fn refused(&self) -> Vec<(ZoneCut, ZoneError)> {
        self.refused.lock().iter().map(|(cut, (_, fault))| (*cut, fault.clone())).collect()
    }

    /// Serves the zones that were refused and have keys now, the upper ones first.
    fn serve_refused(&self, signing: &Signing, now: UnixTime) -> Vec<SigningEvent> {
        let configs: Vec<ZoneConfig> =
            self.refused.lock().values().map(|(config, _)| config.clone()).collect();
        let mut events = Vec::new();
        for config in configs {
            let (cut, zone) =
                (config.cut, Name::of_nibbles(config.cut.prefix(), config.cut.prefix_bits() / 4));
            let added = {
                let mut late = self.late.lock();
                self.add_zone(config).inspect(|()| {
                    late.insert(cut);
                })
            };
            match added {
                Ok(()) => {
                    signing.no_trouble(cut);
                    if let Some(parent) = above(&self.served.newest(), cut) {
                        self.change(parent, |parent| advance(parent, signing));
                    }
                    events.push(SigningEvent::Served { cut, zone });
                }
                Err(fault) => signing.trouble(cut, &zone, fault.to_string(), now),
            }
        }
        events
    }

    /// How the zone of a configuration is signed, and whether that changed since it was served last.
    pub(super) fn begin_signing(&self, config: &ZoneConfig) -> Result<Found, ZoneError> {
        let Some(signing) = &self.signing else { return Ok(Found::Unsigned) };
        let name = Name::of_nibbles(config.cut.prefix(), config.cut.prefix_bits() / 4);
        let begun = signing.begin(config.cut, &name);
        let mut refused = self.refused.lock();
        match &begun {
            Ok(_) => refused.remove(&config.cut),
            Err(fault) => refused.insert(config.cut, (config.clone(), fault.clone())),
        };
        begun
    }

    /// Puts the DS of a zone that is served here into the zone above, where they are not those that it has.
    pub(super) fn update_ds(&self, signing: &Signing, cut: ZoneCut) -> Option<SigningEvent> {
        let served = self.served.newest();
        let child = served.get(&cut)?;
        let (zone, ds) = {
            let child = child.write();
            (child.name.clone(), child.as_delegation().ds)
        };
        self.change(above(&served, cut)?, |parent| parent.set_ds(cut, ds).then(|| advance(parent, signing)))?;
        Some(SigningEvent::DsChanged { zone })
    }
}

/// Advances the serial of a zone for a change that has no number.
fn advance(zone: &mut Zone, signing: &Signing) {
    match &zone.signed {
        Some(signed) => zone.signed = Some(signing.advanced(&zone.name, signed, signing.now())),
        None => {
            let next = zone.serial().next();
            zone.advance(next);
        }
    }
}

fn change(current: Option<&Signed>, next: &Signed) -> SigningChange {
    let same = |current: &Signed| current.signer.fingerprint() == next.signer.fingerprint();
    if current.is_some_and(same) { SigningChange::Renewed } else { SigningChange::Keys }
}
