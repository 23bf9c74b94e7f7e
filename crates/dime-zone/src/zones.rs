//! All zones that are served: readers and a writer at the same time.
//!
//! A reader waits for nobody: what is shown of a zone is an unchanging state of it, and a change puts another in its place (`served`).
//! Writers of one zone wait for each other, those of different zones do not. An answer is made of one zone at one serial. Of two zones,
//! two answers may see one before a change and the other after it, as from any two servers of the DNS; in which order, [`Zones::hold`] says.

use crate::{
    Answer, Delegation, Name, Position, Prepared, Published, Question, Rest, Serial, ZoneConfig, ZoneError,
    dnssec::{Asker, Found, Signing},
    zone::{Snapshot, Zone},
};
use drip_det::{Det, ZoneCut};
use drip_wire::rdata::RecordType;
use parking_lot::{Mutex, RwLock};
use roster::Roster;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

mod copied;
mod deny;
mod hold;
mod journal;
mod load;
mod presign;
mod roster;
mod served;
mod signing;
mod thaw;

pub use copied::CopyStanding;
pub use hold::Held;
pub(crate) use roster::Served;
pub(crate) use served::ServedZone;

/// The zones in memory.
#[derive(Default)]
pub struct Zones {
    pub(crate) served: Roster,
    holding: hold::Holding,
    signing: Option<Signing>,
    refused: Mutex<BTreeMap<ZoneCut, (ZoneConfig, ZoneError)>>,
    /// Zones that were refused, are served, and still lack what was published meanwhile.
    late: Mutex<BTreeSet<ZoneCut>>,
    watchers: journal::Watchers,
    limits: RwLock<crate::JournalLimits>,
    /// How far signing ahead has come.
    walks: Mutex<HashMap<ZoneCut, presign::Walk>>,
}

/// Why a DET cannot be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// No zone that is served here has room for it.
    #[error("{0} is in no zone that is served here")]
    NoZone(Det),
    /// The part of the zone it would be in is delegated to somebody else.
    #[error("{0} is in a zone that is delegated to another server")]
    Delegated(Det),
}

/// What there is in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneSummary {
    /// Which zone.
    pub cut: ZoneCut,
    /// Its serial.
    pub serial: Serial,
    /// How many DETs are published in it.
    pub dets: usize,
    /// Whether it is signed.
    pub signed: bool,
    /// How many zones are cut out of it.
    pub delegations: usize,
    /// How many templates its DETs share.
    pub templates: usize,
    /// Octets of memory its DETs take, templates apart.
    pub memory: usize,
}

impl Zones {
    /// No zones yet: every question is refused. None will be signed: for tests; see [`Zones::signed`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves a zone, empty at first. Where the zone above is served too, it delegates to this one from now on, as of the change that the
    /// new zone's serial numbers. A zone that must be signed and cannot be is refused.
    pub fn add_zone(&self, config: ZoneConfig) -> Result<(), ZoneError> {
        let (cut, change) = (config.cut, config.serial);
        if let Some(zone) = self.served.newest().get(&cut) {
            return Err(ZoneError::Served(zone.read().name.clone()));
        }
        let found = self.begin_signing(&config)?;
        let mut zone = Zone::new(config)?;
        let other_keys = matches!(found, Found::Changed(_));
        if let Found::Same(signed) | Found::Changed(signed) = found {
            zone.signed = Some(signed);
        }
        // The new zone is shown before the zone above delegates to it, and before zones below move under it.
        let _held = self.hold();
        let mut served = self.served.write();
        if served.contains_key(&cut) {
            return Err(ZoneError::Served(zone.name));
        }
        if let Some(parent) = above(&served, cut) {
            self.change(parent, |parent| {
                parent.delegate(cut, zone.as_delegation(), change)?;
                // What the zone above has as DS may be new though the change that delegates is old.
                if let (true, Some(signing), Some(signed)) = (other_keys, &self.signing, &parent.signed) {
                    parent.signed = Some(signing.raised(&parent.name, signed));
                }
                Ok::<(), ZoneError>(())
            })?;
        }
        // Zones below that were there first move under this one.
        for (&below, child) in served.iter().filter(|(below, _)| lies_under(**below, cut)) {
            let parent = above(&served, below);
            if parent.is_some_and(|parent| lies_under(parent.cut(), cut)) {
                continue;
            }
            zone.delegate(below, child.write().as_delegation(), change)?;
            if let Some(parent) = parent {
                self.change(parent, |parent| parent.undelegate(below, change));
            }
        }
        zone.journal.lock().limit(*self.limits.read());
        Arc::make_mut(&mut served).insert(cut, Arc::new(ServedZone::new(zone)));
        drop(served);
        self.show_roster();
        Ok(())
    }

    /// Delegates a zone to other servers, or changes them, as of a numbered change. The zone above must be served here.
    pub fn delegate(&self, cut: ZoneCut, delegation: Delegation, change: Serial) -> Result<(), ZoneError> {
        let name = || Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4);
        if matches!(cut, ZoneCut::Hda(hid) if hid.hda.is_reserved_to_raa()) {
            return Err(ZoneError::NoCut(name()));
        }
        let served = self.served.write();
        if served.contains_key(&cut) {
            return Err(ZoneError::Served(name()));
        }
        let parent = above(&served, cut).ok_or_else(|| ZoneError::NoParent(name()))?;
        self.change(parent, |parent| parent.delegate(cut, delegation, change))
    }

    /// Ends a delegation to other servers, as of a numbered change; returns the serial of the zone above, or `None` if there was none.
    pub fn undelegate(&self, cut: ZoneCut, change: Serial) -> Option<Serial> {
        let served = self.served.write();
        if served.contains_key(&cut) {
            return None;
        }
        self.change(above(&served, cut)?, |parent| parent.undelegate(cut, change))
    }

    /// Publishes a DET, or changes what is published of it, as of a numbered change; returns the serial its zone now has.
    ///
    /// The very next lookup sees it. For what the serial becomes, see [`Serial::after`].
    pub fn publish(&self, published: &Published, change: Serial) -> Result<Serial, PublishError> {
        self.publish_prepared(published.prepare(), change)
    }

    /// The same of records that were encoded before.
    pub fn publish_prepared(&self, prepared: Prepared, change: Serial) -> Result<Serial, PublishError> {
        let det = prepared.det;
        let serial = self.put(prepared, |zone| zone.advance(change))?;
        self.sign_now(det);
        Ok(serial)
    }

    /// Publishes a DET without a new serial: to fill a zone before it is served.
    pub fn load(&self, published: &Published) -> Result<(), PublishError> {
        self.put(published.prepare(), |zone| zone.touched = None).map(|_| ())
    }

    /// Takes a DET out, as of a numbered change; returns the serial its zone now has, or `None` if it was not published.
    pub fn remove(&self, det: Det, change: Serial) -> Option<Serial> {
        let zone = self.home_of(det)?;
        self.change(&zone, |zone| {
            zone.drop_det(det).then(|| {
                zone.advance(change);
                zone.serial()
            })
        })
    }

    /// Advances the serial of a zone without a change to its contents, and returns it.
    pub fn advance(&self, cut: ZoneCut, change: Serial) -> Result<Serial, ZoneError> {
        let zone = self.zone(cut)?;
        self.change(&zone, |zone| {
            zone.advance(change);
            Ok(zone.serial())
        })
    }

    /// The serial of a zone.
    pub fn serial(&self, cut: ZoneCut) -> Result<Serial, ZoneError> {
        Ok(self.zone(cut)?.read().serial())
    }

    /// The zone a DET is or would be in, if it is served here.
    pub fn zone_of(&self, det: Det) -> Option<ZoneCut> {
        Some(self.home_of(det)?.cut())
    }

    /// Whether a DET is published, or will be as soon as changes are [held](Zones::hold) no more.
    pub fn is_published(&self, det: Det) -> bool {
        self.home_of(det).is_some_and(|zone| zone.write().records(det.as_u128()).is_some())
    }

    /// What is in each zone, in order of the zones.
    pub fn summaries(&self) -> Vec<ZoneSummary> {
        let zones: Vec<_> = self.served.read().values().cloned().collect();
        let mut summaries: Vec<_> = zones.iter().map(|zone| zone.read().summary()).collect();
        summaries.sort_by_key(|summary| (summary.cut.prefix(), summary.cut.prefix_bits()));
        summaries
    }

    /// Answers a question. Nothing but the question and the zones goes into it.
    pub fn lookup(&self, question: Question<'_>) -> Answer {
        self.view().answer(question, None)
    }

    /// Answers a question of somebody who verifies: of signed zones, with signatures and proofs of what there is not (the DO bit of
    /// RFC 3225). Of other zones it is the same as [`Zones::lookup`].
    pub fn lookup_signed(&self, question: Question<'_>) -> Answer {
        self.view().answer(question, Some(Asker::Unproven))
    }

    fn put(&self, prepared: Prepared, settle: impl FnOnce(&mut Zone)) -> Result<Serial, PublishError> {
        let det = prepared.det;
        let zone = self.home_of(det).ok_or(PublishError::NoZone(det))?;
        self.change(&zone, |zone| {
            let position = Position { number: det.as_u128(), nibbles: 32, rest: Rest::Nothing };
            if zone.cut_above(position).is_some() {
                return Err(PublishError::Delegated(det));
            }
            zone.put(det, prepared.block, prepared.ttl, &prepared.records);
            settle(zone);
            Ok(zone.serial())
        })
    }

    fn zone(&self, cut: ZoneCut) -> Result<Arc<ServedZone>, ZoneError> {
        let not_served = || ZoneError::NotServed(Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4));
        self.served.newest().get(&cut).cloned().ok_or_else(not_served)
    }

    /// The deepest zone whose prefix covers the DET.
    fn home_of(&self, det: Det) -> Option<Arc<ServedZone>> {
        let served = self.served.newest();
        let cuts = [ZoneCut::home_of(det.hid()), ZoneCut::raa_of(det.hid()), ZoneCut::Apex];
        let refused = self.refused.lock();
        // What belongs into a zone that may not be served is not put into the one above instead.
        let home = cuts.iter().find(|cut| served.contains_key(cut) || refused.contains_key(cut))?;
        served.get(home).cloned()
    }

    pub(crate) fn snapshot(&self, cut: ZoneCut) -> Result<Snapshot, ZoneError> {
        Ok(self.zone(cut)?.read().snapshot())
    }
}

impl Zone {
    fn summary(&self) -> ZoneSummary {
        ZoneSummary {
            cut: self.config.cut,
            serial: self.serial(),
            dets: self.det_count(),
            signed: self.is_signed(),
            delegations: self.delegation_count(),
            templates: self.template_count(),
            memory: self.memory(),
        }
    }
}

/// The deepest zone that holds the place; for DS at a zone's own name the zone above, where that is served (RFC 4035, section 3.1.4.1).
pub(crate) fn zone_for(
    served: &Served,
    position: Position,
    record_type: RecordType,
) -> Option<&Arc<ServedZone>> {
    let mut holding = position.cuts().filter_map(|cut| served.get(&cut).map(|zone| (cut, zone)));
    let (cut, deepest) = holding.next()?;
    let parent = if record_type == RecordType::DS && position.is_at(cut) { holding.next() } else { None };
    Some(parent.map_or(deepest, |(_, parent)| parent))
}

/// The nearest served zone above a cut.
fn above(served: &Served, cut: ZoneCut) -> Option<&Arc<ServedZone>> {
    let mut parent = cut.parent();
    while let Some(cut) = parent {
        if let Some(zone) = served.get(&cut) {
            return Some(zone);
        }
        parent = cut.parent();
    }
    None
}

fn lies_under(below: ZoneCut, cut: ZoneCut) -> bool {
    below.prefix_bits() > cut.prefix_bits()
        && (below.prefix() ^ cut.prefix()) >> (128 - cut.prefix_bits()) == 0
}
