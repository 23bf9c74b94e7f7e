//! What follows the store's feed: the ledger of revocations and the publisher, both at the same change.

use crate::{
    authorities::Authorities,
    publisher::{Ahead, Publisher},
    revocation::Ledger,
    snapshot::State,
};
use dime_store::{Entry, Seq};
use parking_lot::Mutex;
use std::sync::Arc;

/// Everything in memory that is made of the feed.
pub(crate) struct Follower {
    pub(crate) authorities: Arc<Authorities>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) ledger: Arc<Ledger>,
    /// The last change taken in. Held while one is, so that who holds it sees all of them at the same.
    at: Mutex<Seq>,
}

impl Follower {
    /// Begins after a change, whose state the parts have.
    pub(crate) fn new(
        authorities: Arc<Authorities>,
        publisher: Arc<Publisher>,
        ledger: Arc<Ledger>,
        at: Seq,
    ) -> Self {
        Follower { authorities, publisher, ledger, at: Mutex::new(at) }
    }

    /// Takes one change in.
    pub(crate) fn follow(&self, entry: &Entry) {
        self.follow_prepared(entry, Ahead::default());
    }

    /// Takes one change in of which the publisher has prepared something.
    pub(crate) fn follow_prepared(&self, entry: &Entry, ahead: Ahead) {
        let mut at = self.at.lock();
        self.ledger.follow(entry);
        self.publisher.follow_prepared(entry, ahead);
        *at = entry.seq;
    }

    /// Looks at everything between two changes. Meanwhile no commit returns: it has to be quick.
    pub(crate) fn between_changes<T>(&self, look: impl FnOnce(Seq) -> T) -> T {
        let at = self.at.lock();
        look(*at)
    }

    /// A copy of everything but the zones.
    pub(crate) fn state(&self) -> State {
        let kept = self.publisher.kept();
        State {
            authorities: self.authorities.known(),
            unfinished: kept.unfinished,
            crossing: kept.crossing,
            ledger: self.ledger.books(),
        }
    }

    /// The last change taken in.
    pub(crate) fn at(&self) -> Seq {
        *self.at.lock()
    }
}
