//! The registry: its parts, and what every operation needs of them.

use crate::{
    Alert, Clock, Entropy, OurFault, Policy, authorities::Authorities, follower::Follower, issuers::Issuers,
    locks::Locks, offline_cache::ReadyCaches, publisher::Publisher, revocation::Revocation,
};
use dime_store::{
    Actor, Change, ChangeKind, Committed, Conflict, Filter, Registration, Seq, State, Store, StoreError,
    Write,
};
use dime_zone::{Serial, Zones};
use drip_det::UnixTime;
use parking_lot::Mutex;
use std::{collections::BTreeSet, sync::Arc};

/// What a DIME does. See the crate's documentation.
pub struct Registry {
    pub(crate) store: Arc<Store>,
    pub(crate) zones: Arc<Zones>,
    pub(crate) authorities: Arc<Authorities>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) revocation: Revocation,
    /// What follows the feed: authorities, publisher and ledger.
    pub(crate) follower: Arc<Follower>,
    /// The change of the last snapshot. Held while one is written.
    pub(crate) kept: Mutex<Seq>,
    pub(crate) issuers: Issuers,
    pub(crate) policy: Policy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) locks: Locks,
    /// Held while authorities change: imports and administration come one after the other.
    pub(crate) imports: Mutex<()>,
    /// Offline caches that are signed already.
    pub(crate) ready_caches: ReadyCaches,
    /// The alerts that are in the log already.
    pub(crate) told: Mutex<BTreeSet<Alert>>,
}

/// Why a commit did not happen.
#[derive(Debug)]
pub(crate) enum CommitError {
    /// Something stands against it: look again.
    Conflict(Conflict),
    /// The store failed.
    Ours(OurFault),
}

impl Registry {
    /// The rules it works by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether it can register now: the store can be read and has not failed, and an issuer is valid.
    pub fn ready(&self) -> Result<(), OurFault> {
        let now = self.clock.now();
        self.store.check()?;
        self.store.expiring(UnixTime(0), 1)?;
        self.issuers.ready(now)
    }

    /// Publishes anew what shows a chain through an authority that got another endorsement.
    pub(crate) fn refresh_chains(&self) -> Result<(), OurFault> {
        const PAGE: usize = 500;
        let replaced = self.authorities.take_replaced();
        if replaced.is_empty() {
            return Ok(());
        }
        let filter = Filter { state: Some(State::Registered), ..Filter::default() };
        let mut after = None;
        loop {
            let page = self.store.registrations(filter, after.as_ref(), PAGE)?;
            let serial = Serial(self.store.last_seq().0 as u32);
            for record in &page.registrations {
                if replaced.iter().any(|above| self.authorities.is_below(record.issuer, *above)) {
                    self.as_it_stands(record, |record| self.publisher.republish(record, serial))?;
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        self.authorities.refreshed(&replaced);
        Ok(())
    }

    pub(crate) fn commit(
        &self,
        actor: Actor,
        at: UnixTime,
        kind: ChangeKind,
        writes: Vec<Write>,
    ) -> Result<Committed, CommitError> {
        self.store.commit(Change { actor, at, kind, writes }).map_err(|error| match error {
            StoreError::Conflict(conflict) => CommitError::Conflict(conflict),
            other => CommitError::Ours(other.into()),
        })
    }

    /// A time-ordered identifier (UUIDv7, RFC 9562, section 5.7).
    pub(crate) fn new_id(&self, now: UnixTime) -> Result<String, OurFault> {
        let mut random = [0; 10];
        self.entropy.fill(&mut random)?;
        let milliseconds = now.0.saturating_mul(1000);
        Ok(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid().to_string())
    }
}

impl From<StoreError> for OurFault {
    fn from(error: StoreError) -> Self {
        match error {
            // A conflict where none can be means that somebody else writes to the same records.
            StoreError::Conflict(_) => OurFault::Contention,
            StoreError::Unavailable { .. } => OurFault::StoreUnavailable(Box::new(error)),
            StoreError::Unknown { .. } => OurFault::StoreUnknown(Box::new(error)),
            StoreError::Corrupt(corruption) => OurFault::StoreCorrupt(corruption.to_string()),
        }
    }
}

/// Where nothing but the operation in hand could have changed the record, a conflict is contention.
impl From<CommitError> for OurFault {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict(_) => OurFault::Contention,
            CommitError::Ours(fault) => fault,
        }
    }
}

/// How a registration stands at a time: one whose end has passed is expired, whether or not it has been swept.
pub(crate) fn state_at(record: &Registration, now: UnixTime) -> State {
    match record.state {
        State::Registered if record.not_after < now => State::Expired,
        state => state,
    }
}
