//! Opening: fill the zones from a snapshot and the journal, follow the feed, complete what a crash left unfinished.

mod start;

use crate::{
    Clock, Entropy, IssuerFault, IssuerKeys, OurFault, Policy, PublicationFault, Registry, SystemEntropy,
    issue::intent_of, issuers::Issuers, locks::Locks, offline_cache::ReadyCaches, revocation::Revocation,
};
use dime_store::{Actor, RegistrationId, State, Store};
use dime_zone::{Zones, snapshot::shelf::Shelf};
use drip_cert::lite::ContentError;
use parking_lot::Mutex;
use std::sync::Arc;

/// Why a registry cannot open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store cannot be read.
    #[error(transparent)]
    Ours(#[from] OurFault),
    /// A key given is no issuer here.
    #[error(transparent)]
    Issuer(#[from] IssuerFault),
    /// The URI for certificates cannot be written into one.
    #[error("certificate_uri: {0}")]
    CertificateUri(#[from] ContentError),
    /// The names of our zones are none.
    #[error(transparent)]
    Publication(#[from] PublicationFault),
}

impl Registry {
    /// Opens a registry over a store, with the Issuing keys it signs with and the zones it fills.
    ///
    /// The zones are complete when this returns. What a crash left between intent and result is completed; what cannot be completed now
    /// is logged, and completed when its request is repeated or at the next start.
    pub fn open(
        store: Arc<Store>,
        keys: Vec<IssuerKeys>,
        policy: Policy,
        zones: Arc<Zones>,
        clock: Arc<dyn Clock>,
    ) -> Result<Registry, OpenError> {
        Self::open_with_entropy(store, keys, policy, zones, clock, Arc::new(SystemEntropy))
    }

    /// The same with a source of randomness of the caller's.
    pub fn open_with_entropy(
        store: Arc<Store>,
        keys: Vec<IssuerKeys>,
        policy: Policy,
        zones: Arc<Zones>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Registry, OpenError> {
        Self::open_from(store, keys, policy, zones, (clock, entropy), None)
    }

    /// The same from a [snapshot](Registry::keep_snapshot), if there is one on this shelf and it fits: then only the changes after it are
    /// followed. Whatever is on the shelf, the registry is the same.
    pub fn open_from(
        store: Arc<Store>,
        keys: Vec<IssuerKeys>,
        policy: Policy,
        zones: Arc<Zones>,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
        snapshots: Option<&dyn Shelf>,
    ) -> Result<Registry, OpenError> {
        let (follower, kept) = start::follow(&store, &zones, &policy.publication, snapshots)?;
        let follower = Arc::new(follower);
        let authorities = follower.authorities.clone();
        let issuers =
            Issuers::new(keys, authorities.clone(), |det| store.prospect(det)).map_err(OurFault::from)??;
        issuers.check_uri(policy.certificate_uri.as_deref())?;
        let following = follower.clone();
        store.subscribe(Box::new(move |entry| following.follow(entry)));
        let registry = Registry {
            store,
            zones,
            authorities,
            publisher: follower.publisher.clone(),
            revocation: Revocation { ledger: follower.ledger.clone(), ..Revocation::default() },
            follower,
            kept: Mutex::new(kept),
            issuers,
            policy,
            clock,
            entropy,
            locks: Locks::new(),
            imports: Mutex::default(),
            ready_caches: ReadyCaches::default(),
            told: Mutex::default(),
        };
        registry.issuers.tell_ends();
        registry.resume_cascades()?;
        registry.finish_unfinished()?;
        registry.refresh_chains()?;
        registry.tell_alerts();
        Ok(registry)
    }

    fn finish_unfinished(&self) -> Result<(), OurFault> {
        for id in self.publisher.unfinished() {
            if let Err(fault) = self.finish(&id) {
                match fault {
                    OurFault::StoreUnavailable(_) | OurFault::StoreUnknown(_) | OurFault::StoreCorrupt(_) => {
                        return Err(fault);
                    }
                    fault => {
                        tracing::error!(registration = %id, error = %fault, "an intent could not be completed")
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(&self, id: &RegistrationId) -> Result<(), OurFault> {
        let Some(record) = self.store.registration(id)? else { return Ok(()) };
        if record.state != State::Issuing && record.renewal.is_none() {
            return Ok(());
        }
        if intent_of(&record).not_after < self.clock.now() {
            // Its time passed before anybody was given it: there is nothing left to sign.
            return self.expire(vec![record]).map_err(OurFault::from).map(|_| ());
        }
        tracing::info!(registration = %id, det = %record.det, "completing what was intended before the last stop");
        self.complete(record, &Actor::System).map(|_| ())
    }
}
