//! The authorities that the store knows, in memory: small, and needed for every chain.

use crate::{AuthorityView, place::seat};
use dime_store::{Authority, Ownership};
use drip_det::{Det, DetClass, Hid, HostIdentity, UnixTime};
use drip_wire::{Endorsement, WireError};
use parking_lot::RwLock;
use std::collections::{BTreeMap, BTreeSet};

/// The most links a chain may have: Apex, RAA-A, HDA-A, HDA-I and some room for cross-endorsements.
const CHAIN_MAX: usize = 8;

/// Authorities by DET. It follows the store's feed.
#[derive(Default)]
pub(crate) struct Authorities(RwLock<Known>);

#[derive(Default)]
struct Known {
    by_det: BTreeMap<Det, AuthorityView>,
    /// How many endorsements each has given that the store knows of.
    signatures: BTreeMap<Det, u64>,
    /// Authorities that got another endorsement while chains through them were in the zones.
    replaced: BTreeSet<Det>,
    /// Those of them whose chains somebody is publishing anew, and how many are at it.
    refreshing: BTreeMap<Det, u32>,
    /// How often any authority was put: what was made of a chain is good as long as this is the same.
    generation: u64,
}

/// What is known of authorities, as a snapshot keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KnownAuthorities {
    pub(crate) authorities: Vec<AuthorityView>,
    /// How many endorsements each has given.
    pub(crate) signatures: BTreeMap<Det, u64>,
    /// Those whose chains are, at least in part, still published with their endorsement before the last.
    pub(crate) replaced: BTreeSet<Det>,
}

impl Authorities {
    /// Authorities that are known already.
    pub(crate) fn of(known: KnownAuthorities) -> Self {
        let KnownAuthorities { authorities, signatures, replaced } = known;
        let by_det = authorities.into_iter().map(|authority| (authority.det, authority)).collect();
        Authorities(RwLock::new(Known { by_det, signatures, replaced, ..Known::default() }))
    }

    /// A copy of what is known.
    pub(crate) fn known(&self) -> KnownAuthorities {
        let known = self.0.read();
        KnownAuthorities {
            authorities: known.by_det.values().cloned().collect(),
            signatures: known.signatures.clone(),
            replaced: known.replaced.iter().chain(known.refreshing.keys()).copied().collect(),
        }
    }

    pub(crate) fn put(&self, authority: AuthorityView) {
        let mut known = self.0.write();
        let before = known.by_det.get(&authority.det);
        let same = before.is_some_and(|before| before.endorsement == authority.endorsement);
        if before.is_some() && !same {
            known.replaced.insert(authority.det);
        }
        if !same {
            *known.signatures.entry(authority.parent).or_default() += 1;
        }
        known.by_det.insert(authority.det, authority);
        known.generation += 1;
    }

    /// Another number after any authority was put.
    pub(crate) fn generation(&self) -> u64 {
        self.0.read().generation
    }

    /// One more endorsement by an authority.
    pub(crate) fn count_signature(&self, by: Det) {
        *self.0.write().signatures.entry(by).or_default() += 1;
    }

    /// How many endorsements an authority has given that the store knows of.
    pub(crate) fn signatures(&self, by: Det) -> u64 {
        self.0.read().signatures.get(&by).copied().unwrap_or_default()
    }

    /// The authorities whose endorsement was replaced since this was last asked. Who asks publishes their chains anew and says
    /// [when that is done](Self::refreshed).
    pub(crate) fn take_replaced(&self) -> BTreeSet<Det> {
        let mut known = self.0.write();
        let replaced = std::mem::take(&mut known.replaced);
        for det in &replaced {
            *known.refreshing.entry(*det).or_default() += 1;
        }
        replaced
    }

    /// Whether chains are to be published anew.
    pub(crate) fn awaits_refresh(&self) -> bool {
        let known = self.0.read();
        !known.replaced.is_empty() || !known.refreshing.is_empty()
    }

    /// The chains through these have been published anew.
    pub(crate) fn refreshed(&self, replaced: &BTreeSet<Det>) {
        let mut known = self.0.write();
        for det in replaced {
            if let Some(count) = known.refreshing.get_mut(det) {
                *count -= 1;
                if *count == 0 {
                    known.refreshing.remove(det);
                }
            }
        }
    }

    pub(crate) fn find(&self, det: Det) -> Option<AuthorityView> {
        self.0.read().by_det.get(&det).cloned()
    }

    /// Whether a key is an authority's, wherever it sits.
    pub(crate) fn has_key(&self, hi: &HostIdentity) -> bool {
        self.0.read().by_det.values().any(|authority| authority.hi == *hi)
    }

    /// The endorsements from the trust anchor down to this authority; `None` when it, or one above it, is not known.
    pub(crate) fn chain(&self, det: Det) -> Option<Vec<Endorsement>> {
        let authorities = self.0.read();
        let mut chain = Vec::new();
        let mut at = det;
        while chain.len() < CHAIN_MAX {
            let authority = authorities.by_det.get(&at)?;
            chain.push(authority.endorsement);
            if authority.parent == at {
                chain.reverse();
                return Some(chain);
            }
            at = authority.parent;
        }
        None
    }

    /// Whether an authority's chain leads through another, or begins with it.
    pub(crate) fn is_below(&self, det: Det, above: Det) -> bool {
        let authorities = self.0.read();
        let mut at = det;
        for _ in 0..CHAIN_MAX {
            if at == above {
                return true;
            }
            match authorities.by_det.get(&at) {
                Some(authority) if authority.parent != at => at = authority.parent,
                _ => return false,
            }
        }
        false
    }

    /// All of them, parents before children.
    pub(crate) fn all(&self) -> Vec<AuthorityView> {
        let mut all: Vec<_> = self.0.read().by_det.values().cloned().collect();
        all.sort_by_cached_key(|authority| {
            (self.chain(authority.det).map_or(usize::MAX, |chain| chain.len()), authority.det)
        });
        all
    }

    /// The first that fits, or that comes before all others by this key.
    pub(crate) fn least<K: Ord>(&self, key: impl Fn(&AuthorityView) -> Option<K>) -> Option<K> {
        self.0.read().by_det.values().filter_map(key).min()
    }
}

/// The own Authorization DET in force at a place: the newest, while several overlap.
pub(crate) fn signing_at(authorities: &Authorities, place: Hid, now: UnixTime) -> Option<AuthorityView> {
    let candidates = authorities.all().into_iter().filter(|authority| {
        authority.own == Ownership::Own
            && authority.class == DetClass::Authorization
            && seat(authority.hid) == place
            && authority.in_force(now)
    });
    candidates.max_by_key(|authority| (authority.not_before, authority.det))
}

impl AuthorityView {
    /// The record that says the same, as if it were the first.
    pub(crate) fn to_record(&self) -> Authority {
        Authority {
            det: self.det,
            version: 1,
            hi: self.hi,
            level: self.level,
            class: self.class,
            hid: self.hid,
            parent: self.parent,
            entity_type: self.entity_type,
            endorsement: self.endorsement.encode(),
            certificate: self.certificate.clone(),
            full: self.full.clone(),
            mtls: self.mtls.clone(),
            standing: self.standing,
            status: self.status.clone(),
            own: self.own,
            uses: self.uses.clone(),
            not_before: self.not_before,
            not_after: self.not_after,
        }
    }

    pub(crate) fn of(authority: &Authority) -> Result<Self, WireError> {
        Ok(AuthorityView {
            det: authority.det,
            hi: authority.hi,
            level: authority.level,
            class: authority.class,
            hid: authority.hid,
            parent: authority.parent,
            entity_type: authority.entity_type,
            not_before: authority.not_before,
            not_after: authority.not_after,
            endorsement: Endorsement::decode(&authority.endorsement)?,
            certificate: authority.certificate.clone(),
            full: authority.full.clone(),
            mtls: authority.mtls.clone(),
            status: authority.status.clone(),
            own: authority.own,
            uses: authority.uses.clone(),
            standing: authority.standing,
        })
    }
}
