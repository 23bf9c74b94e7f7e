//! The lists that were made last, until something changes or half their time is over.

use super::RevocationList;
use dime_store::Seq;
use drip_cert::crl::{CrlNumber, Shard};
use drip_det::{Det, UnixTime};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// An issuer's own certificates.
    Own,
    /// Those of the Authorization DETs of its RAA.
    Authorities,
}

/// The signer, what about, and which part of it.
pub(crate) type ListKey = (Det, About, Option<Shard>);

/// One list's past.
#[derive(Default)]
pub(crate) struct Past {
    /// The last complete one.
    pub(crate) complete: Option<Made>,
    /// The last delta.
    pub(crate) delta: Option<Made>,
    /// The complete one that deltas start from.
    pub(crate) base: Option<Base>,
}

/// A list, and until when it need not be made anew.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) list: RevocationList,
    pub(crate) revision: Seq,
    pub(crate) refresh_at: UnixTime,
}

/// Where deltas start.
#[derive(Clone, Copy)]
pub(crate) struct Base {
    pub(crate) number: CrlNumber,
    pub(crate) revision: Seq,
    pub(crate) renew_at: UnixTime,
}

/// The lists. Whoever makes one holds that one alone: others are made and given out meanwhile.
#[derive(Default)]
pub(crate) struct Lists(Mutex<BTreeMap<ListKey, Arc<Mutex<Past>>>>);

impl Lists {
    pub(crate) fn past(&self, key: ListKey) -> Arc<Mutex<Past>> {
        Arc::clone(self.0.lock().entry(key).or_default())
    }
}

impl Made {
    /// Whether it is still what would be made now. A clock that was put back makes it anew.
    pub(crate) fn holds(&self, revision: Seq, now: UnixTime) -> bool {
        self.revision == revision && (self.list.this_update..self.refresh_at).contains(&now)
    }
}
