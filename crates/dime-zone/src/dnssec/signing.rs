//! When the signing of a zone begins, and when it changes: with the clock, and with its keys.

use super::{KeyFolder, KeyFolderError, KeyRing, Signer, SigningPolicy, Use, folder::Memory};
use crate::{Name, Serial, ZoneError};
use core::fmt;
use drip_det::{DripTime, UnixTime, ZoneCut};
use parking_lot::Mutex;
use std::sync::Arc;

/// The keys of all zones and how they sign: what [`Zones::signed`](crate::Zones::signed) asks when a zone is added.
pub struct Signing {
    folder: KeyFolder,
    policy: SigningPolicy,
    now: Mutex<UnixTime>,
    faults: Mutex<Vec<SigningEvent>>,
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

/// Something that happened to the signing of zones, worth a line in the log.
#[derive(Debug)]
pub enum SigningEvent {
    /// Signatures were renewed, or keys came or went.
    Advanced {
        /// The zone.
        zone: Name,
        /// Its serial now.
        serial: Serial,
        /// What changed.
        change: SigningChange,
    },
    /// The zone above has other DS of a zone that is served here.
    DsChanged {
        /// The zone they are for.
        zone: Name,
    },
    /// Something is wrong; a zone that was signed stays signed, with the keys it had.
    Fault {
        /// The zone.
        zone: Name,
        /// What is wrong.
        fault: String,
    },
    /// The clock was set forward, or nobody looked at it, for longer than signatures may go without being renewed.
    Ahead {
        /// By so many seconds.
        seconds: u64,
    },
    /// The clock was set back.
    Back {
        /// By so many seconds.
        seconds: u64,
    },
}

/// Why a zone's contents are others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningChange {
    /// Some signatures were due.
    Renewed,
    /// A key was published, became active or inactive, or went.
    Keys,
}

impl SigningEvent {
    /// Whether somebody should look at it.
    pub fn is_fault(&self) -> bool {
        !matches!(self, SigningEvent::Advanced { .. } | SigningEvent::DsChanged { .. })
    }
}

impl fmt::Display for SigningEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SigningEvent::Advanced { zone, serial, change: SigningChange::Renewed } => {
                write!(f, "signatures of zone {zone} renewed where due, serial {serial}")
            }
            SigningEvent::Advanced { zone, serial, change: SigningChange::Keys } => {
                write!(f, "zone {zone} signed with other keys, serial {serial}")
            }
            SigningEvent::DsChanged { zone } => write!(f, "DS of zone {zone} changed in the zone above"),
            SigningEvent::Fault { zone, fault } => write!(f, "signing of zone {zone}: {fault}"),
            SigningEvent::Ahead { seconds } => {
                write!(
                    f,
                    "the clock went {seconds} s ahead at once: until now answers may have had signatures that are expired"
                )
            }
            SigningEvent::Back { seconds } => {
                write!(
                    f,
                    "the clock went {seconds} s back: signatures made meanwhile are not valid yet, all are made anew"
                )
            }
        }
    }
}

impl Signing {
    /// Signing with the keys of a folder.
    pub fn new(folder: KeyFolder, policy: SigningPolicy, now: UnixTime) -> Self {
        Signing { folder, policy, now: Mutex::new(now), faults: Mutex::default() }
    }

    /// Begins to sign a zone that is being added.
    pub(crate) fn begin(&self, cut: ZoneCut, zone: &Name) -> Result<Found, ZoneError> {
        let now = self.now();
        let wrong = |fault: String| ZoneError::Keys { zone: zone.clone(), fault };
        match self.keys(cut, zone, now).map_err(|fault| wrong(fault.to_string()))? {
            Keys::Active(keys) => Ok(self.found(zone, keys, None, now)),
            Keys::None if !self.policy.must_sign(cut) => Ok(Found::Unsigned),
            Keys::None => Err(ZoneError::Unsigned(zone.clone())),
            Keys::Inactive => Err(wrong(NO_ACTIVE_KEY.to_owned())),
        }
    }

    /// Moves the clock. `None` where nothing is to be done: less than a minute has passed.
    pub(crate) fn move_clock(&self, now: UnixTime) -> Option<Vec<SigningEvent>> {
        let last = core::mem::replace(&mut *self.now.lock(), now);
        if last.0 / 60 == now.0 / 60 {
            return None;
        }
        let mut events = Vec::new();
        if let Some(seconds) = last.0.checked_sub(now.0).filter(|seconds| *seconds > 0) {
            events.push(SigningEvent::Back { seconds });
        }
        // The oldest signature had at least `refresh` left at the last look.
        if let Some(seconds) =
            now.0.checked_sub(last.0).filter(|seconds| *seconds >= self.policy.refresh() / 2)
        {
            events.push(SigningEvent::Ahead { seconds });
        }
        Some(events)
    }

    /// Looks at the keys of a zone that is served, and at the clock. Without good keys there is nothing better than the last ones, with
    /// fresh signatures.
    pub(crate) fn look(&self, cut: ZoneCut, zone: &Name, current: Option<&Signed>, now: UnixTime) -> Found {
        let (keys, fault) = match self.keys(cut, zone, now) {
            Ok(Keys::Active(keys)) => (Some(keys), None),
            Ok(Keys::None | Keys::Inactive) => (None, current.map(|_| NO_ACTIVE_KEY.to_owned())),
            Err(fault) => (None, Some(fault.to_string())),
        };
        if let Some(fault) = fault {
            self.note(zone, fault);
        }
        match keys.or_else(|| current.map(|current| current.signer.keys().clone())) {
            Some(keys) => self.found(zone, keys, current, now),
            None => Found::Unsigned,
        }
    }

    /// The faults since the last look.
    pub(crate) fn take_faults(&self) -> Vec<SigningEvent> {
        core::mem::take(&mut *self.faults.lock())
    }

    fn note(&self, zone: &Name, fault: String) {
        self.faults.lock().push(SigningEvent::Fault { zone: zone.clone(), fault });
    }

    fn keys(&self, cut: ZoneCut, zone: &Name, now: UnixTime) -> Result<Keys, KeyFolderError> {
        if !self.policy.may_sign(cut) {
            return Ok(Keys::None);
        }
        let keys = self.folder.load(zone)?;
        if keys.is_empty() {
            return Ok(Keys::None);
        }
        Ok(KeyRing::new(keys).at(now).map_or(Keys::Inactive, Keys::Active))
    }

    fn found(&self, zone: &Name, keys: Use, current: Option<&Signed>, now: UnixTime) -> Found {
        let (slot, fingerprint) = (self.policy.slot(now), keys.fingerprint());
        let before = match current {
            Some(Signed { signer, offset }) => Some(Memory {
                offset: *offset,
                slot: signer.slot(),
                fingerprint: signer.keys().fingerprint(),
            }),
            None => self.folder.recall(zone),
        };
        let same = before.is_some_and(|before| before.slot == slot && before.fingerprint == fingerprint);
        let offset = match before {
            Some(before) if same => before.offset,
            // Not twice the same, whatever the clock says.
            Some(before) => minutes(now).max(before.offset.saturating_add(1)),
            None => minutes(now),
        };
        let cache = current.map(|current| Arc::clone(current.signer.cache())).unwrap_or_default();
        let signer = Arc::new(Signer::new(zone.clone(), self.policy, slot, keys, cache));
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
        let (slot, fingerprint) = (signer.slot(), signer.keys().fingerprint());
        if let Err(fault) = self.folder.remember(zone, &Memory { offset: *offset, slot, fingerprint }) {
            self.note(zone, fault.to_string());
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
    Active(Use),
}

/// Minutes since 2019.
fn minutes(now: UnixTime) -> u32 {
    DripTime::from_unix(now).map_or(0, |time| time.0 / 60)
}
