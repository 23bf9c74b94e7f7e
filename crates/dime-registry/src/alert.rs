//! What an administrator should know before it hurts: authorities that end soon, keys without a ceremony, keys that have signed much.

use crate::{OurFault, Registry};
use dime_store::{AuthorityStatus, Ownership};
use drip_det::{Det, DetClass, UnixTime};
use std::collections::BTreeSet;

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
}

impl AlertCause {
    /// The word: `ending`, `ended`, `ceremony-awaited`, `much-signing`.
    pub const fn name(self) -> &'static str {
        match self {
            AlertCause::Ending(_) => "ending",
            AlertCause::Ended(_) => "ended",
            AlertCause::CeremonyAwaited => "ceremony-awaited",
            AlertCause::MuchSigning(_) => "much-signing",
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
        }
        for key in self.store.prospects()? {
            if key.dropped_at.is_none() && self.authorities.find(key.det).is_none() {
                alerts.insert(Alert { det: key.det, cause: AlertCause::CeremonyAwaited });
            }
        }
        Ok(alerts)
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
