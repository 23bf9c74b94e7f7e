//! Offline caches (draft-ietf-drip-dki, section 6): what this DIME knows of HDAs' Issuing DETs, chosen as asked, as a whole or as what
//! changed, signed by an Issuing DET of its own that is for that.
//!
//! A cache's sequence counts the contents: when the whole content, unchosen, is not the one of the newest snapshot, a new snapshot is
//! stored. The last [`KEPT`] are kept, so that a delta can be made against any of them however it is chosen; for older ones the
//! whole is given. A signed cache is given out again until half of its time is over.

mod choice;
mod content;
mod snapshot;

pub use choice::{CacheQuery, Chains, Near};

use crate::{CacheError, OurFault, Registry, issuers::Issuer};
use dime_sign::sign_cache;
use dime_store::IssuingUse;
use drip_det::{DetClass, UnixTime};
use drip_wire::cache::{Cache, Scope, SignedCache};
use drip_wire::validity::Validity;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// How many snapshots are kept.
pub(crate) const KEPT: u64 = 32;
/// For how long a cache may be used, in seconds: a week without a connection.
const LIFETIME: u64 = 7 * 86_400;
/// How many signed caches are kept ready.
const READY: usize = 64;

/// What was asked for, since when, and the sequence that it got.
type Asked = (String, Option<u64>, u64);

/// Signed caches, to be given out again.
#[derive(Default)]
pub(crate) struct ReadyCaches(Mutex<BTreeMap<Asked, SignedCache>>);

impl Registry {
    /// An offline cache as asked for; a delta when `since` is a sequence that is still kept, and it can be said so.
    pub fn offline_cache(&self, query: &CacheQuery) -> Result<SignedCache, CacheError> {
        let now = self.clock.now();
        let (sequence, whole) = self.newest_snapshot(now)?;
        let scope = Scope::new(&query.to_string()).map_err(|_| CacheError::TooMuch)?;
        let key = (query.to_string(), query.since, sequence);
        // What is asked of registrations changes without the snapshot's doing: it is not kept ready.
        if query.dets.is_empty()
            && let Some(ready) = self.ready_caches.0.lock().get(&key)
            && is_fresh(ready, now)
        {
            return Ok(ready.clone());
        }
        let issuer = self.cache_issuer(now)?;
        let content = self.chosen(&whole, query, &issuer)?;
        let validity = validity(&issuer, now);
        let base = query.since.filter(|_| query.dets.is_empty()).filter(|since| *since < sequence);
        let older = match base {
            Some(base) => self.snapshot(base)?.map(|older| (base, older)),
            None => None,
        };
        let delta = match older {
            Some((base, older)) => {
                let older = self.chosen(&older, query, &issuer)?;
                Cache::delta(issuer.det, scope.clone(), validity, (base, &older), (sequence, &content))
            }
            None => None,
        };
        let cache =
            delta.unwrap_or(Cache { issuer: issuer.det, sequence, validity, scope, delta: None, content });
        let signed =
            sign_cache(&*issuer.signer, cache, now).map_err(|error| OurFault::Signer(Box::new(error)))?;
        if query.dets.is_empty() {
            let mut ready = self.ready_caches.0.lock();
            ready.retain(|(_, _, of), cache| *of == sequence && is_fresh(cache, now));
            if ready.len() < READY {
                ready.insert(key, signed.clone());
            }
        }
        Ok(signed)
    }

    /// The Issuing DET for caches at the highest of our places that has one.
    fn cache_issuer(&self, now: UnixTime) -> Result<Issuer, OurFault> {
        let mut hids: Vec<_> = self
            .authorities
            .all()
            .into_iter()
            .filter(|authority| authority.class == DetClass::Issuing)
            .map(|authority| (authority.hid.raa, !authority.hid.hda.is_reserved_to_raa(), authority.hid))
            .collect();
        hids.sort_unstable();
        hids.dedup();
        hids.into_iter()
            .filter_map(|(.., hid)| self.issuers.for_use(IssuingUse::Cache, Some(hid), now))
            .find(|issuer| issuer.window.contains(now))
            .ok_or(OurFault::NoIssuer)
    }
}

fn validity(issuer: &Issuer, now: UnixTime) -> Validity {
    let end = UnixTime(now.0.saturating_add(LIFETIME)).min(issuer.window.not_after);
    // The issuer's window contains now; the other arm is never taken.
    Validity::new(now, end).unwrap_or_else(|_| Validity::at(now))
}

/// Whether more than half of its time is left.
fn is_fresh(signed: &SignedCache, now: UnixTime) -> bool {
    let validity = signed.cache().validity;
    let half = (validity.not_after().0 - validity.not_before().0) / 2;
    (validity.not_before().0..validity.not_before().0 + half).contains(&now.0)
}
