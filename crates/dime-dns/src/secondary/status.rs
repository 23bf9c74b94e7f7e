//! How copies stand, for people.

use super::{
    follow::{Follow, Kind},
    run::Secondary,
};
use dime_zone::{Name, Serial};
use drip_det::UnixTime;
use std::net::SocketAddr;

/// What a copy is good for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyState {
    /// There is none yet.
    Waiting,
    /// It is served.
    Served,
    /// It is too old: questions are answered SERVFAIL.
    Expired,
    /// A catalogue: followed, and not served.
    Catalog,
}

impl CopyState {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            CopyState::Waiting => "waiting",
            CopyState::Served => "served",
            CopyState::Expired => "expired",
            CopyState::Catalog => "catalog",
        }
    }
}

/// How one zone or catalogue stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyStatus {
    /// Its name.
    pub name: Name,
    /// What it is good for.
    pub state: CopyState,
    /// The serial of the copy.
    pub serial: Option<Serial>,
    /// The servers it is taken from.
    pub primaries: Vec<SocketAddr>,
    /// The catalogue that names it.
    pub catalog: Option<Name>,
    /// When a primary last said that the copy is right.
    pub checked: Option<UnixTime>,
    /// When one is asked next.
    pub next: UnixTime,
    /// Until when the copy is served.
    pub expires: Option<UnixTime>,
    /// What went wrong last, and when; nothing since all is well again.
    pub fault: Option<(UnixTime, String)>,
    /// Whole transfers, differences, answers that there is nothing new, failures.
    pub counts: [u64; 4],
}

impl Secondary {
    /// How everything that is followed stands, in order of names.
    pub fn status(&self) -> Vec<CopyStatus> {
        let now = self.now();
        self.book().0.values().map(|follow| self.status_of(follow, now)).collect()
    }

    fn status_of(&self, follow: &Follow, now: UnixTime) -> CopyStatus {
        let (serial, state) = match &follow.kind {
            Kind::Catalog { members, .. } => (members.serial, CopyState::Catalog),
            Kind::Zone(cut) => match self.zones().copy_of(*cut) {
                None => (None, CopyState::Waiting),
                Some(copy) if follow.times.is_good(now) => (Some(copy.serial()), CopyState::Served),
                Some(copy) => (Some(copy.serial()), CopyState::Expired),
            },
        };
        let counts = follow.counts;
        CopyStatus {
            name: follow.name.clone(),
            state,
            serial,
            primaries: follow.primaries.iter().map(|primary| primary.address).collect(),
            catalog: follow.catalog.as_ref().map(|(catalog, _)| catalog.clone()),
            checked: follow.times.checked(),
            next: follow.times.next(),
            expires: follow.times.expires(),
            fault: follow.fault.clone(),
            counts: [counts.whole, counts.differences, counts.nothing, counts.failures],
        }
    }
}
