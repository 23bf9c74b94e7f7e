//! When the signing of a zone begins, and when it changes: with the clock, and with its keys.

use super::{
    Denial, HdaZones, KeyFolder, KeyFolderError, KeyRing, Online, Parent, Signer, SigningEvent,
    SigningPolicy, UpperZones, Use,
    folder::Memory,
    signer::{Caches, fingerprint},
    watch::{Due, Watch},
};
use crate::{Name, ZoneError};
use drip_det::{DripTime, UnixTime, ZoneCut};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// The keys of all zones and how they sign: what [`Zones::signed`](crate::Zones::signed) asks when a zone is added.
pub struct Signing {
    folder: KeyFolder,
    policy: SigningPolicy,
    now: Mutex<UnixTime>,
    watch: Mutex<Watch>,
    /// HDA zones that are not signed as the policy says.
    special: BTreeMap<ZoneCut, HdaZones>,
    online: Arc<Online>,
}

/// The signing of one zone in one state.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) signer: Arc<Signer>,
    /// What is added to the number of the last change to make the serial: minutes since 2019, when the signing last changed. So the
    /// serial advances with the contents and with their signatures.
    pub(crate) offset: u32,
}

/// What a look at a zone's keys and the clock found.
pub(crate) enum Found {
    /// The zone is not signed, and need not be.
    Unsigned,
    /// As before, or as remembered.
    Same(Signed),
    /// New signatures or other keys.
    Changed(Signed),
}

impl Signing {
    /// Signing with the keys of a folder.
    pub fn new(folder: KeyFolder, policy: SigningPolicy, now: UnixTime) -> Self {
        Signing {
            folder,
            policy,
            now: Mutex::new(now),
            watch: Mutex::default(),
            special: BTreeMap::new(),
            online: Arc::default(),
        }
    }

    /// The same with zones of HDAs that are not signed as the policy says.
    pub fn with_special(self, special: BTreeMap<ZoneCut, HdaZones>) -> Self {
        Signing { special, ..self }
    }

    /// The same with another bound on the signatures of denials that are made in a second, for all zones together.
    pub fn with_online_rate(self, rate: u32) -> Self {
        Signing { online: Arc::new(Online::new(rate)), ..self }
    }

    /// How a zone denies if it is signed; `None` where it is not even if it has keys.
    pub(crate) fn denial(&self, cut: ZoneCut) -> Option<Denial> {
        match cut {
            ZoneCut::Apex | ZoneCut::Raa { .. } => Some(Denial::Nsec),
            ZoneCut::Hda(_) => self.special.get(&cut).unwrap_or(&self.policy.hda).denial(),
        }
    }

    /// Whether a zone's being unsigned would be wrong.
    fn must_sign(&self, cut: ZoneCut) -> bool {
        match cut {
            ZoneCut::Apex | ZoneCut::Raa { .. } => self.policy.upper == UpperZones::Signed,
            ZoneCut::Hda(_) => self.denial(cut).is_some(),
        }
    }

    /// Begins to sign a zone that is being added.
    pub(crate) fn begin(&self, cut: ZoneCut, zone: &Name) -> Result<Found, ZoneError> {
        let now = self.now();
        let wrong = |fault: String| ZoneError::Keys { zone: zone.clone(), fault };
        match self.keys(cut, zone, now).map_err(|fault| wrong(fault.to_string()))? {
            Keys::Active(keys, denial) => Ok(self.found(zone, keys, denial, None, now)),
            Keys::None if !self.must_sign(cut) => Ok(Found::Unsigned),
            Keys::None => Err(ZoneError::Unsigned(zone.clone())),
            Keys::Inactive => Err(wrong(NO_ACTIVE_KEY.to_owned())),
        }
    }

    /// Moves the clock: which zones are to be looked at, and what is wrong with the clock. Once a minute all zones are; before, those
    /// with faults, and all when something in the folder of the keys is not as it was.
    pub(crate) fn move_clock(&self, now: UnixTime) -> (Due, Vec<SigningEvent>) {
        let last = core::mem::replace(&mut *self.now.lock(), now);
        self.online.refill(now);
        let due = self.watch.lock().due(last, now, self.folder.stamp());
        let mut events = Vec::new();
        // Within a minute nothing is signed otherwise, and a clock that is set by less is none that was wrong.
        if last.0 / 60 == now.0 / 60 {
            return (due, events);
        }
        if let Some(seconds) = last.0.checked_sub(now.0).filter(|seconds| *seconds > 0) {
            events.push(SigningEvent::Back { seconds });
        }
        // The oldest signature had at least `refresh` left at the last look.
        if let Some(seconds) =
            now.0.checked_sub(last.0).filter(|seconds| *seconds >= self.policy.refresh() / 2)
        {
            events.push(SigningEvent::Ahead { seconds });
        }
        (due, events)
    }

    /// Looks at the keys of a zone that is served, and at the clock. Without good keys there is nothing better than the last ones, with
    /// fresh signatures.
    pub(crate) fn look(&self, cut: ZoneCut, zone: &Name, current: Option<&Signed>, now: UnixTime) -> Found {
        let (keys, fault) = match self.keys(cut, zone, now) {
            Ok(Keys::Active(keys, denial)) => (Some((keys, denial)), None),
            Ok(Keys::None | Keys::Inactive) => (None, current.map(|_| NO_ACTIVE_KEY.to_owned())),
            Err(fault) => (None, Some(fault.to_string())),
        };
        match fault {
            Some(fault) => self.trouble(cut, zone, fault, now),
            None => self.no_trouble(cut),
        }
        let last = || current.map(|current| (current.signer.keys().clone(), current.signer.denial()));
        match keys.or_else(last) {
            Some((keys, denial)) => self.found(zone, keys, denial, current, now),
            None => Found::Unsigned,
        }
    }

    /// The keys of a zone cannot be used: it is looked at again soon.
    pub(crate) fn trouble(&self, cut: ZoneCut, zone: &Name, fault: String, now: UnixTime) {
        self.watch.lock().trouble(cut, zone, fault, now);
    }

    /// The keys of a zone are good.
    pub(crate) fn no_trouble(&self, cut: ZoneCut) {
        self.watch.lock().no_trouble(cut);
    }

    /// The faults since the last look.
    pub(crate) fn take_faults(&self) -> Vec<SigningEvent> {
        self.watch.lock().take_faults()
    }

    fn keys(&self, cut: ZoneCut, zone: &Name, now: UnixTime) -> Result<Keys, KeyFolderError> {
        let Some(denial) = self.denial(cut) else { return Ok(Keys::None) };
        let keys = self.folder.load(zone)?;
        if keys.is_empty() {
            return Ok(Keys::None);
        }
        let Some(keys) = KeyRing::new(keys).at(now) else { return Ok(Keys::Inactive) };
        if let Some(algorithm) = keys.missing_algorithm() {
            return Err(KeyFolderError::Mixed { zone: zone.clone(), algorithm });
        }
        Ok(Keys::Active(
            match self.folder.parent(zone) {
                Parent::Vouches => keys,
                Parent::Withdraws => keys.withdrawn(),
            },
            denial,
        ))
    }

    fn found(
        &self,
        zone: &Name,
        keys: Use,
        denial: Denial,
        current: Option<&Signed>,
        now: UnixTime,
    ) -> Found {
        let (slot, fingerprint) = (self.policy.slot(now), fingerprint(&keys, denial));
        let before = match current {
            Some(Signed { signer, offset }) => {
                Some(Memory { offset: *offset, slot: signer.slot(), fingerprint: signer.fingerprint() })
            }
            None => self.folder.recall(zone),
        };
        let same = before.is_some_and(|before| before.slot == slot && before.fingerprint == fingerprint);
        let offset = match before {
            Some(before) if same => before.offset,
            // Not twice the same, whatever the clock says.
            Some(before) => minutes(now).max(before.offset.saturating_add(1)),
            None => minutes(now),
        };
        let caches = match current {
            Some(current) => current.signer.caches().clone(),
            None => Caches { online: Arc::clone(&self.online), ..Caches::default() },
        };
        let signer = Arc::new(Signer::new(zone.clone(), self.policy, slot, keys, denial, caches));
        let signed = Signed { signer, offset };
        if same {
            return Found::Same(signed);
        }
        self.remember(zone, &signed);
        Found::Changed(signed)
    }

    /// The signing of a zone whose contents change by something else than a numbered change.
    pub(crate) fn advanced(&self, zone: &Name, signed: &Signed, now: UnixTime) -> Signed {
        let offset = minutes(now).max(signed.offset.saturating_add(1));
        let signed = Signed { signer: Arc::clone(&signed.signer), offset };
        self.remember(zone, &signed);
        signed
    }

    /// The signing of a zone above one whose keys changed while nothing was served.
    pub(crate) fn raised(&self, zone: &Name, signed: &Signed) -> Signed {
        let offset = minutes(self.now()).max(signed.offset);
        let raised = Signed { signer: Arc::clone(&signed.signer), offset };
        if offset != signed.offset {
            self.remember(zone, &raised);
        }
        raised
    }

    fn remember(&self, zone: &Name, Signed { signer, offset }: &Signed) {
        let (slot, fingerprint) = (signer.slot(), signer.fingerprint());
        if let Err(fault) = self.folder.remember(zone, &Memory { offset: *offset, slot, fingerprint }) {
            self.watch.lock().note(zone, fault.to_string());
        }
    }

    pub(crate) fn now(&self) -> UnixTime {
        *self.now.lock()
    }
}

const NO_ACTIVE_KEY: &str = "the zone has keys, and none of them is active; `dime dnssec status` shows them";

enum Keys {
    None,
    Inactive,
    Active(Use, Denial),
}

/// Minutes since 2019.
fn minutes(now: UnixTime) -> u32 {
    DripTime::from_unix(now).map_or(0, |time| time.0 / 60)
}
