//! The whole content, and what of it was asked for.

use super::choice::{CacheQuery, Chains, Near};
use crate::{Bridge, CacheError, OurFault, Registry, issuers::Issuer};
use dime_store::{DelegationState, Ownership};
use drip_det::{Det, DetClass, Hid, Level, UnixTime};
use drip_wire::Endorsement;
use drip_wire::cache::Content;
use drip_wire::coverage::Coverage;
use std::collections::BTreeSet;

impl Registry {
    /// Everything that this DIME knows and that holds now.
    pub(super) fn whole_content(&self, now: UnixTime) -> Result<Content, OurFault> {
        let in_force = |authority: &crate::AuthorityView| authority.in_force(now);
        let (issuing, chains): (Vec<_>, Vec<_>) = self
            .authorities
            .all()
            .into_iter()
            .filter(in_force)
            .partition(|authority| authority.level == Level::Hda && authority.class == DetClass::Issuing);
        let endorsements =
            |of: Vec<crate::AuthorityView>| of.into_iter().map(|one| one.endorsement).collect();
        let coverage = self
            .store
            .delegations()?
            .into_iter()
            .filter(|delegation| delegation.state == DelegationState::Active)
            .filter_map(|delegation| Some((delegation.hid, Coverage::decode(&delegation.coverage?).ok()?)))
            .collect();
        let cross = self.cross_endorsements().map_err(ours)?;
        let cross = cross.into_iter().filter(|view| view.in_time).map(|view| view.endorsement).collect();
        let bridges = match self.policy.bridge {
            Bridge::Yes => self.own_anchors(),
            Bridge::No => Vec::new(),
        };
        let trust_list = self.trust_list().map_err(ours)?.map(|list| list.encode());
        Ok(Content::default()
            .with_issuing(endorsements(issuing))
            .with_chains(endorsements(chains))
            .with_coverage(coverage)
            .with_cross(cross)
            .with_bridges(bridges)
            .with_trust_list(trust_list))
    }

    /// What of the whole content was asked for.
    pub(super) fn chosen(
        &self,
        whole: &Content,
        query: &CacheQuery,
        issuer: &Issuer,
    ) -> Result<Content, CacheError> {
        let known: BTreeSet<Hid> = whole.issuing().iter().map(|each| each.child.hid()).collect();
        if let Some(unknown) =
            query.hids.iter().find(|hid| !hid.hda.is_reserved_to_raa() && !known.contains(hid))
        {
            return Err(CacheError::UnknownHda(*unknown));
        }
        let near = |hid: Hid| match &query.near {
            None => true,
            Some(near) => is_near(whole, hid, near),
        };
        let wanted = |hid: Hid| query.wants(hid) && near(hid);
        let issuing: Vec<Endorsement> =
            whole.issuing().iter().filter(|each| wanted(each.child.hid())).copied().collect();
        let entities = query.dets.iter().map(|det| self.entity(*det)).collect::<Result<Vec<_>, _>>()?;
        let mut lowest: Vec<Det> = vec![issuer.det];
        if query.chains == Chains::Full {
            lowest.extend(issuing.iter().map(|each| each.parent));
        }
        let coverage = whole.coverage().iter().filter(|(hid, _)| wanted(*hid)).cloned().collect();
        Ok(Content::default()
            .with_chains(above(whole, &lowest))
            .with_issuing(issuing)
            .with_entities(entities)
            .with_coverage(coverage)
            .with_cross(whole.cross().to_vec())
            .with_bridges(whole.bridges().to_vec())
            .with_trust_list(whole.trust_list().map(<[u8]>::to_vec)))
    }

    /// The endorsement of a registered DET by its issuer.
    fn entity(&self, det: Det) -> Result<Endorsement, CacheError> {
        let chain = self.chain(det).map_err(|error| match error {
            crate::CertificateError::Ours(fault) => CacheError::Ours(fault),
            _ => CacheError::NotRegistered(det),
        })?;
        chain.last().copied().filter(|last| last.child == det).ok_or(CacheError::NotRegistered(det))
    }

    fn own_anchors(&self) -> Vec<Det> {
        let own = self.authorities.all().into_iter().filter(|authority| authority.own == Ownership::Own);
        own.filter(|authority| authority.class == DetClass::Authorization && authority.level == Level::Raa)
            .map(|authority| authority.det)
            .collect()
    }
}

fn is_near(whole: &Content, hid: Hid, near: &Near) -> bool {
    let covers = |(of, coverage): &(Hid, Coverage)| {
        *of == hid && coverage.distance_m(near.position) <= f64::from(near.metres)
    };
    whole.coverage().iter().any(covers)
}

/// The endorsements of these and of all above them. The issuer may be an HDA's Issuing DET, which is among those.
fn above(whole: &Content, lowest: &[Det]) -> Vec<Endorsement> {
    let all: Vec<&Endorsement> = whole.chains().iter().chain(whole.issuing()).collect();
    let mut found: BTreeSet<Det> = BTreeSet::new();
    let mut waiting = lowest.to_vec();
    while let Some(det) = waiting.pop() {
        if found.insert(det) {
            waiting.extend(all.iter().filter(|each| each.child == det).map(|each| each.parent));
        }
    }
    all.into_iter().filter(|each| found.contains(&each.child)).copied().collect()
}

fn ours(error: crate::ReadError) -> OurFault {
    match error {
        crate::ReadError::Ours(fault) => fault,
        other => OurFault::StoreCorrupt(other.to_string()),
    }
}
