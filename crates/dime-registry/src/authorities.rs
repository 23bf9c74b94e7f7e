//! The authorities that the store knows, in memory: small, and needed for every chain.

use crate::AuthorityView;
use dime_store::Authority;
use drip_det::{Det, HostIdentity};
use drip_wire::{Endorsement, WireError};
use parking_lot::RwLock;
use std::collections::BTreeMap;

/// The most links a chain may have: Apex, RAA-A, HDA-A, HDA-I and some room for cross-endorsements.
const CHAIN_MAX: usize = 8;

/// Authorities by DET. It follows the store's feed.
#[derive(Default)]
pub(crate) struct Authorities(RwLock<BTreeMap<Det, AuthorityView>>);

impl Authorities {
    pub(crate) fn put(&self, authority: AuthorityView) {
        self.0.write().insert(authority.det, authority);
    }

    pub(crate) fn find(&self, det: Det) -> Option<AuthorityView> {
        self.0.read().get(&det).cloned()
    }

    /// Whether a key is an authority's, wherever it sits.
    pub(crate) fn has_key(&self, hi: &HostIdentity) -> bool {
        self.0.read().values().any(|authority| authority.hi == *hi)
    }

    /// The endorsements from the trust anchor down to this authority; `None` when it, or one above it, is not known.
    pub(crate) fn chain(&self, det: Det) -> Option<Vec<Endorsement>> {
        let authorities = self.0.read();
        let mut chain = Vec::new();
        let mut at = det;
        while chain.len() < CHAIN_MAX {
            let authority = authorities.get(&at)?;
            chain.push(authority.endorsement);
            if authority.parent == at {
                chain.reverse();
                return Some(chain);
            }
            at = authority.parent;
        }
        None
    }

    /// All of them, parents before children.
    pub(crate) fn all(&self) -> Vec<AuthorityView> {
        let mut all: Vec<_> = self.0.read().values().cloned().collect();
        all.sort_by_cached_key(|authority| {
            (self.chain(authority.det).map_or(usize::MAX, |chain| chain.len()), authority.det)
        });
        all
    }
}

impl AuthorityView {
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
