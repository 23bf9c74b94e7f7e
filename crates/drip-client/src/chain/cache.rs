//! Opening offline caches: whose word they are, how deltas change them, and what is trusted by them (draft-ietf-drip-dki, section 6).
//!
//! A cache is believed when its signer is an Issuing DET that hangs from somebody trusted, by the endorsements in the cache itself.
//! Then every endorsement in it is settled like any other object. For endorsements of HDAs' Issuing DETs that come without what is
//! above them, the signer's signature over the whole stands in: the Apex's for all, an RAA's for its HDAs, an HDA's for its own.

use std::collections::BTreeMap;

use drip_det::{Det, DetClass, Hid, Raa, UnixTime};
use drip_wire::cache::{ApplyError, Cache, CacheError, SignedCache};
use drip_wire::trust::SignedTrustList;
use drip_wire::{Endorsement, Epoch};

use super::Conditions;
use super::fault::Fault;
use super::ground::{Ground, Object};
use super::permitted;
use super::report::{Link, LinkKind, Report, State};
use super::trust::Trust;

/// Why an offline cache is not used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// The cache by itself.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Nobody trusted stands above the signer.
    #[error("the offline cache is by {issuer}, which no trust anchor given vouches for{}", .why.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    IssuerUnknown {
        /// The signer.
        issuer: Det,
        /// The link above it that does not hold, where there is one.
        why: Option<String>,
    },
    /// The signer is no Issuing DET.
    #[error("the offline cache is by {issuer}, an {class} DET: only Issuing DETs sign caches")]
    IssuerClass {
        /// The signer.
        issuer: Det,
        /// What it is.
        class: DetClass,
    },
    /// A delta does not fit what came before it.
    #[error("a delta of the offline cache does not fit: {0}")]
    Delta(#[from] ApplyError),
    /// A delta came, and nothing that it could change.
    #[error("a delta against sequence {base} of {issuer}'s cache came without that cache")]
    DeltaAlone {
        /// The signer.
        issuer: Det,
        /// What it changes.
        base: u64,
    },
    /// There is a newer one of the same signer and scope.
    #[error("the offline cache has sequence {sequence}, and one with {newest} is known")]
    Replayed {
        /// Its sequence.
        sequence: u64,
        /// The newest known.
        newest: u64,
    },
}

/// An offline cache that is believed.
#[derive(Clone, Debug)]
pub struct OpenedCache {
    /// The cache, deltas applied.
    pub cache: Cache,
    /// What in it does not hold, each link with its fault.
    pub refused: Vec<Link>,
}

/// The newest cache known of each signer and scope, so that an older one that is played again is noticed.
#[derive(Clone, Debug, Default)]
pub struct Newest(BTreeMap<(Det, String), u64>);

impl Newest {
    /// Nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// A cache with this sequence is known.
    pub fn remember(&mut self, cache: &Cache) {
        let entry = self.0.entry((cache.issuer, cache.scope.as_str().to_owned())).or_default();
        *entry = cache.sequence.max(*entry);
    }

    fn check(&self, cache: &Cache) -> Result<(), OpenError> {
        match self.0.get(&(cache.issuer, cache.scope.as_str().to_owned())) {
            Some(&newest) if newest > cache.sequence => {
                Err(OpenError::Replayed { sequence: cache.sequence, newest })
            }
            _ => Ok(()),
        }
    }
}

/// Open caches and their deltas, in the order in which they were made, and say who is trusted by them besides `trust`.
///
/// # Errors
///
/// [`OpenError`] for the first that is not believed: a cache with a fault is not used in part.
pub fn open_caches(
    signed: &[SignedCache],
    trust: &Trust,
    newest: &Newest,
) -> Result<(Vec<OpenedCache>, Trust), OpenError> {
    let mut newest = newest.clone();
    let mut whole: Vec<Cache> = Vec::new();
    for signed in signed {
        newest.check(signed.cache())?;
        // A delta lacks most of what is above its signer; what it changes has it.
        let known = whole.iter().find(|cache| is_of(cache, signed.cache()));
        let issuer = issuer(signed.cache(), known, trust)?;
        let cache = signed.verify(&issuer, trust.at())?;
        newest.remember(cache);
        match (cache.delta.as_ref(), known) {
            (Some(_), Some(known)) => {
                let cache = known.apply(cache)?;
                whole.retain(|other| !is_of(other, &cache));
                whole.push(cache);
            }
            (Some(delta), None) => {
                return Err(OpenError::DeltaAlone { issuer: cache.issuer, base: delta.base() });
            }
            (None, _) => {
                whole.retain(|other| !is_of(other, cache));
                whole.push(cache.clone());
            }
        }
    }
    let mut trust = trust.clone();
    let mut opened = Vec::new();
    for cache in whole {
        let refused = take(&cache, &mut trust);
        opened.push(OpenedCache { cache, refused });
    }
    Ok((opened, trust))
}

fn is_of(one: &Cache, other: &Cache) -> bool {
    one.issuer == other.issuer && one.scope == other.scope
}

/// The key of the cache's signer, when it is an Issuing DET below somebody trusted.
fn issuer(cache: &Cache, known: Option<&Cache>, trust: &Trust) -> Result<drip_det::HostIdentity, OpenError> {
    let trust = brought(cache, trust);
    let conditions = Conditions::at(trust.at());
    let mut ground = Ground::new(&trust);
    let contents = || core::iter::once(cache).chain(known).map(|cache| &cache.content);
    let above: Vec<Object<'_>> = contents()
        .flat_map(|content| content.chains().iter().chain(content.issuing()))
        .map(Object::Endorsement)
        .collect();
    let mut links = Vec::new();
    let rest = ground.settle_all(above, &conditions, &mut links);
    links.extend(rest.iter().map(Object::orphan));
    let issuer = cache.issuer;
    let Some(hi) = ground.anchored_key(issuer) else {
        let why = links
            .iter()
            .find(|link| link.child == issuer && !link.is_ok())
            .and_then(|link| link.fault.as_ref().map(|fault| format!("{link}: {fault}")));
        return Err(OpenError::IssuerUnknown { issuer, why });
    };
    match ground.class(issuer) {
        Some(DetClass::Issuing) | None => Ok(hi),
        Some(class) => Err(OpenError::IssuerClass { issuer, class }),
    }
}

/// Who is trusted with the trust list and cross-endorsements that a cache brings along: their own signers answer for those.
fn brought(cache: &Cache, trust: &Trust) -> Trust {
    let list = cache.content.trust_list().and_then(|octets| SignedTrustList::decode(octets).ok());
    let trust = list.map_or_else(|| trust.clone(), |list| trust.with_list(&list));
    trust.with_cross(cache.content.cross())
}

/// Settle what a believed cache holds. Who is reached joins `trust`; what does not hold is given back.
fn take(cache: &Cache, trust: &mut Trust) -> Vec<Link> {
    let content = &cache.content;
    let with_ways = brought(cache, trust).with_bridges(content.bridges());
    let conditions = Conditions::at(trust.at());
    let mut links = Vec::new();
    let mut ground = Ground::new(&with_ways);
    let all = content.chains().iter().chain(content.issuing()).chain(content.entities());
    let mut rest = ground.settle_all(all.map(Object::Endorsement).collect(), &conditions, &mut links);
    // Issuing DETs whose parent's key nobody has are the signer's to vouch for; what is below them settles after that.
    rest.retain(|object| match object {
        Object::Endorsement(endorsement)
            if content.issuing().contains(endorsement)
                && may_vouch(cache.issuer, endorsement.child.hid()) =>
        {
            let fault = fault_without_parent(endorsement, trust.at())
                .or_else(|| with_ways.bridges().check(cache.issuer, endorsement.child).err());
            let (parent, child) = (Some(cache.issuer), endorsement.child);
            let link = Link { parent, child, kind: LinkKind::Cache, fault };
            if link.is_ok() {
                ground.take_on_trust(endorsement, link.clone());
            }
            links.push(link);
            false
        }
        _ => true,
    });
    let rest = ground.settle_all(rest, &conditions, &mut links);
    links.extend(rest.iter().map(Object::orphan));
    let reached: Vec<_> = ground.reached().collect();
    *trust = with_ways.clone();
    for (anchor, path) in reached {
        trust.remember(anchor, path);
    }
    let refused: Vec<Link> = links.into_iter().filter(|link| !link.is_ok()).collect();
    trust.refuse(refused.clone());
    refused
}

/// For whom a signer's signature over a cache stands in: for what is below its own place.
fn may_vouch(issuer: Det, place: Hid) -> bool {
    let own = issuer.hid();
    own.raa == Raa::APEX || (own.raa == place.raa && (own.hda.is_reserved_to_raa() || own.hda == place.hda))
}

/// What can be checked of an endorsement without its parent's key.
fn fault_without_parent(endorsement: &Endorsement, at: UnixTime) -> Option<Fault> {
    let (parent, child) = (endorsement.parent, endorsement.child);
    if let Err(mismatch) = child.check(&endorsement.child_hi) {
        return Some(Fault::KeyMismatch(mismatch.to_string()));
    }
    if parent.hid() != child.hid() {
        let (parent, child) = (parent.hid(), child.hid());
        return Some(Fault::NotPermitted { parent, child });
    }
    if let Err(fault) = permitted::check(parent.hid(), child.hid(), LinkKind::Endorsement) {
        return Some(fault);
    }
    if endorsement.epoch() == Epoch::UnixSuspected {
        return Some(Fault::Epoch);
    }
    if endorsement.valid_at(at) {
        None
    } else if at < endorsement.vnb.to_unix() {
        Some(Fault::NotYetValid(endorsement.vnb.to_unix()))
    } else {
        Some(Fault::Expired(endorsement.vna.to_unix()))
    }
}

/// What is known of `det` without asking anybody: from the anchors, and from the caches that `trust` came from.
pub fn recall(det: Det, trust: &Trust) -> Report {
    if let Some(known) = trust.known(det) {
        let links = known.path.clone();
        let operational = known.anchor.class == Some(DetClass::Operational);
        let success = if operational {
            let reason = format!(
                "{} links hold up to the trust anchor; that {det} is still registered only DNS can confirm",
                links.len()
            );
            (State::VerifiedOffline, reason)
        } else {
            (State::Trusted, format!("{} links hold up to the trust anchor", links.len()))
        };
        return Report::judge(links, success);
    }
    let refused: Vec<Link> = trust.refusals_of(det).cloned().collect();
    if !refused.is_empty() {
        return Report::judge(refused, (State::NotInCache, String::new()));
    }
    let beside: Vec<String> = trust
        .everybody()
        .filter(|known| known.anchor.det.hid() == det.hid() && known.anchor.class == Some(DetClass::Issuing))
        .map(|known| known.anchor.det.to_string())
        .collect();
    let hid = det.hid();
    let reason = if beside.is_empty() {
        format!("neither {det} nor an Issuing DET of its registry {hid} is in the offline cache")
    } else {
        format!(
            "{det} is not in the offline cache; its registry {hid} is, with the Issuing DET {}: an endorsement by that one can be \
             verified, and whether {det} is registered only DNS can say",
            beside.join(", ")
        )
    };
    Report::without_links(State::NotInCache, reason)
}
