//! What an administrator should know before it hurts: authorities, trust lists and cross-endorsements that end soon, keys without a
//! ceremony, keys that have signed much, revocation lists that an offline key has to sign.

use crate::{
    OurFault, Registry,
    trust::{CROSS, TRUST_LIST},
};
use dime_store::{AuthorityStatus, Document, Ownership};
use drip_det::{Det, DetClass, Hid, UnixTime};
use drip_wire::{Endorsement, trust::SignedTrustList};
use std::collections::{BTreeMap, BTreeSet};

/// How long before its end an authority is worth an alert, in seconds: a ceremony takes its time.
pub const NOTICE: u64 = 90 * 86_400;
/// How many endorsements of an Authorization key are worth a thought about a new one: it should do very little signing.
pub const MUCH_SIGNING: u64 = 1000;

/// Something an administrator should see to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alert {
    /// The DET it is about.
    pub det: Det,
    /// What it is.
    pub cause: AlertCause,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertCause {
    /// It ends soon.
    Ending(UnixTime),
    /// It has ended, and something here depends on it.
    Ended(UnixTime),
    /// A key of ours waits for its ceremony.
    CeremonyAwaited,
    /// An Authorization key has signed so much that it should be replaced.
    MuchSigning(u64),
    /// The newest trust list by it ends soon, or has ended.
    TrustListEnding(UnixTime),
    /// Its endorsement of another RAA, or another RAA's of it, ends soon or has ended.
    CrossEnding {
        /// The other RAA's Authorization DET.
        other: Det,
        /// When.
        at: UnixTime,
    },
    /// An Authorization key has to sign a new revocation list.
    ListDue,
}

/// How the authorities stand, for the counters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DkiHealth {
    /// Those that have not ended, by place and class.
    pub authorities: Vec<PlaceHealth>,
    /// How many alerts there are, for every cause.
    pub alerts: BTreeMap<&'static str, u64>,
}

/// The authorities of one class at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceHealth {
    /// The place.
    pub hid: Hid,
    /// The class.
    pub class: DetClass,
    /// When the first of them ends.
    pub first_end: UnixTime,
    /// How many endorsements that one has given that gave most.
    pub most_signatures: u64,
}

impl AlertCause {
    /// The words for the causes.
    pub const NAMES: [&'static str; 7] = [
        "ending",
        "ended",
        "ceremony-awaited",
        "much-signing",
        "trust-list-ending",
        "cross-ending",
        "list-due",
    ];

    /// The word, one of [`NAMES`](Self::NAMES).
    pub const fn name(self) -> &'static str {
        match self {
            AlertCause::Ending(_) => "ending",
            AlertCause::Ended(_) => "ended",
            AlertCause::CeremonyAwaited => "ceremony-awaited",
            AlertCause::MuchSigning(_) => "much-signing",
            AlertCause::ListDue => "list-due",
            AlertCause::TrustListEnding(_) => "trust-list-ending",
            AlertCause::CrossEnding { .. } => "cross-ending",
        }
    }
}

impl std::fmt::Display for Alert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let det = self.det;
        match self.cause {
            AlertCause::Ending(at) => write!(f, "{det} ends at {at}: hold a ceremony before"),
            AlertCause::Ended(at) => write!(f, "{det} ended at {at}"),
            AlertCause::CeremonyAwaited => write!(f, "{det} waits for its ceremony"),
            AlertCause::MuchSigning(count) => write!(f, "{det} has signed {count} times: think of a new key"),
            AlertCause::ListDue => write!(
                f,
                "the revocation list of {det} is missing, lacks something or ends soon: have it sign one in a ceremony"
            ),
            AlertCause::TrustListEnding(at) => write!(f, "the trust list by {det} ends at {at}"),
            AlertCause::CrossEnding { other, at } => {
                write!(f, "the cross-endorsement between {det} and {other} ends at {at}")
            }
        }
    }
}

impl Registry {
    /// What an administrator should see to now.
    pub fn alerts(&self) -> Result<BTreeSet<Alert>, OurFault> {
        let now = self.clock.now();
        let mut alerts = BTreeSet::new();
        for authority in self.authorities.all() {
            let det = authority.det;
            let in_use =
                matches!(authority.status, AuthorityStatus::Active | AuthorityStatus::Suspended { .. });
            if in_use && authority.not_after < now && authority.own == Ownership::Above {
                alerts.insert(Alert { det, cause: AlertCause::Ended(authority.not_after) });
            } else if in_use && authority.not_after.0 < now.0.saturating_add(NOTICE) {
                alerts.insert(Alert { det, cause: AlertCause::Ending(authority.not_after) });
            }
            let signatures = self.authorities.signatures(det);
            if in_use && authority.class == DetClass::Authorization && signatures >= MUCH_SIGNING {
                alerts.insert(Alert { det, cause: AlertCause::MuchSigning(signatures) });
            }
            let says_what_it_revoked = authority.own == Ownership::Own
                && authority.class == DetClass::Authorization
                && authority.status.is_published()
                && authority.not_after >= now;
            if says_what_it_revoked && self.list_is_due(det, now)? {
                alerts.insert(Alert { det, cause: AlertCause::ListDue });
            }
        }
        for key in self.store.prospects()? {
            if key.dropped_at.is_none() && self.authorities.find(key.det).is_none() {
                alerts.insert(Alert { det: key.det, cause: AlertCause::CeremonyAwaited });
            }
        }
        self.alert_of_trust(now, &mut alerts)?;
        Ok(alerts)
    }

    /// Of trust between RAAs: what of ours is in force, but not for long.
    fn alert_of_trust(&self, now: UnixTime, alerts: &mut BTreeSet<Alert>) -> Result<(), OurFault> {
        let ours = |det: Det| {
            let authority = self.authorities.find(det);
            authority.is_some_and(|known| known.own == Ownership::Own && known.in_force(now))
        };
        for Document { name, octets, .. } in self.store.documents()? {
            // What was withdrawn has no octets, and ends no more.
            if octets.is_empty() {
                continue;
            }
            let corrupt = |error: &dyn std::fmt::Display| OurFault::StoreCorrupt(format!("{name}: {error}"));
            if name.starts_with(TRUST_LIST) {
                let signed = SignedTrustList::decode(&octets).map_err(|error| corrupt(&error))?;
                let (det, at) = (signed.list().issuer(), signed.list().validity().not_after());
                if ours(det) && is_soon(at, signed.list().validity().not_before(), now) {
                    alerts.insert(Alert { det, cause: AlertCause::TrustListEnding(at) });
                }
            } else if name.starts_with(CROSS) {
                let cross = Endorsement::decode(&octets).map_err(|error| corrupt(&error))?;
                let (from, at) = (cross.vnb.to_unix(), cross.vna.to_unix());
                let (det, other) = if ours(cross.parent) {
                    (cross.parent, cross.child)
                } else {
                    (cross.child, cross.parent)
                };
                if ours(det) && is_soon(at, from, now) {
                    alerts.insert(Alert { det, cause: AlertCause::CrossEnding { other, at } });
                }
            }
        }
        Ok(())
    }

    /// How the authorities stand now.
    pub fn dki_health(&self) -> Result<DkiHealth, OurFault> {
        let mut places: BTreeMap<(Hid, DetClass), PlaceHealth> = BTreeMap::new();
        for authority in self.authorities.all().iter().filter(|authority| !authority.status.has_ended()) {
            let (hid, class, end) = (authority.hid, authority.class, authority.not_after);
            let signatures = self.authorities.signatures(authority.det);
            let place = places.entry((hid, class)).or_insert(PlaceHealth {
                hid,
                class,
                first_end: end,
                most_signatures: signatures,
            });
            place.first_end = place.first_end.min(end);
            place.most_signatures = place.most_signatures.max(signatures);
        }
        let mut alerts: BTreeMap<&'static str, u64> =
            AlertCause::NAMES.into_iter().map(|cause| (cause, 0)).collect();
        for alert in self.alerts()? {
            *alerts.entry(alert.cause.name()).or_default() += 1;
        }
        Ok(DkiHealth { authorities: places.into_values().collect(), alerts })
    }

    /// Writes alerts that are new into the log. Whoever runs the registry calls it now and then.
    pub fn tell_alerts(&self) {
        match self.alerts() {
            Ok(alerts) => {
                let mut told = self.told.lock();
                for alert in alerts.difference(&told) {
                    tracing::warn!(det = %alert.det, cause = alert.cause.name(), "{alert}");
                }
                *told = alerts;
            }
            Err(error) => tracing::error!(%error, "the alerts cannot be read"),
        }
    }
}

/// Whether something that holds from one time to another ends within the notice; of what holds for a short time alone, within the last
/// quarter of it.
fn is_soon(end: UnixTime, begin: UnixTime, now: UnixTime) -> bool {
    let notice = NOTICE.min(end.0.saturating_sub(begin.0) / 4);
    end.0 < now.0.saturating_add(notice)
}
