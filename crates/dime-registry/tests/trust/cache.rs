//! Offline caches: opened by the client with nothing but the trust anchor.

use crate::world::{DAY, LOCAL, START, World, det, endorse, hid, list, ours, raa, raa_hid};
use dime_registry::{CacheError, CacheQuery, Chains, DelegationState, Near};
use dime_sign::Signer;
use dime_store::{Actor, Change, ChangeKind, Delegation, Expect, RegistrationId, Write};
use drip_client::chain::{Anchor, Newest, State, Trust, TrustSources, open_caches, recall};
use drip_det::{Hid, UnixTime};
use drip_wire::cache::SignedCache;
use drip_wire::coverage::Coverage;
use std::collections::BTreeSet;

fn anchored(at: u64) -> Trust {
    let ours = ours();
    let anchors = vec![Anchor::new(ours.det(), *ours.hi()).unwrap()];
    Trust::settle(&TrustSources { anchors, ..TrustSources::default() }, UnixTime(at))
}

fn open(caches: &[SignedCache]) -> Trust {
    let (opened, trust) = open_caches(caches, &anchored(START), &Newest::none()).unwrap();
    assert!(opened.iter().all(|cache| cache.refused.is_empty()));
    trust
}

#[test]
fn the_whole_with_and_without_chains() {
    let world = World::new();
    for chains in [Chains::Full, Chains::Signer] {
        let query = CacheQuery { chains, ..CacheQuery::default() };
        let signed = world.registry.offline_cache(&query).unwrap();
        let cache = signed.cache();
        assert_eq!((cache.issuer, cache.sequence), (det("raa-i", raa_hid()), 1));
        assert_eq!(cache.content.issuing().len(), 1);
        assert_eq!(cache.content.chains().len(), if chains == Chains::Full { 3 } else { 2 });
        let trust = open(std::slice::from_ref(&signed));
        assert_eq!(recall(det("hda-i", hid()), &trust).state, State::Trusted);
    }
}

#[test]
fn what_changed_is_a_delta() {
    let world = World::new();
    let everything = CacheQuery::default();
    let first = world.registry.offline_cache(&everything).unwrap();
    assert_eq!(world.registry.offline_cache(&everything).unwrap(), first, "it is given out again");
    let (ours, other) = (ours(), raa("other", 16377));
    world.registry.receive_cross(&[endorse(&ours, &other, START, 30)], &LOCAL).unwrap();
    world.registry.store_trust_list(&list(&ours, 1, &[&other]).encode(), &LOCAL).unwrap();
    let since = |since| CacheQuery { since: Some(since), ..CacheQuery::default() };
    let delta = world.registry.offline_cache(&since(1)).unwrap();
    assert_eq!(delta.cache().sequence, 2);
    assert_eq!(delta.cache().delta.as_ref().map(|delta| delta.base()), Some(1));
    assert!(delta.encode().len() < first.encode().len() + 136 * 2);
    let trust = open(&[first.clone(), delta]);
    assert_eq!(recall(other.det(), &trust).state, State::Trusted);
    // Withdrawn, it goes by a delta too; who has a sequence that is not kept gets the whole.
    world.registry.withdraw_cross(ours.det(), other.det(), &LOCAL).unwrap();
    let third = world.registry.offline_cache(&since(2)).unwrap();
    assert_eq!(third.cache().delta.as_ref().unwrap().removed(), [(other.det(), ours.det())]);
    let whole = world.registry.offline_cache(&since(77)).unwrap();
    assert!(whole.cache().delta.is_none() && whole.cache().sequence == 3);
    // Nothing new: a delta that says so would be against itself, so it is the whole.
    assert!(world.registry.offline_cache(&since(3)).unwrap().cache().delta.is_none());
    // Only so many snapshots are kept.
    for round in 0..40_u64 {
        world.clock.set(START + round);
        let cross = endorse(&ours, &other, START + round, 30);
        world.registry.receive_cross(&[cross], &LOCAL).unwrap();
        world.registry.offline_cache(&everything).unwrap();
    }
    let newest = world.registry.offline_cache(&everything).unwrap().cache().sequence;
    assert_eq!(newest, 43);
    assert!(world.registry.offline_cache(&since(newest - 1)).unwrap().cache().delta.is_some());
    assert!(world.registry.offline_cache(&since(1)).unwrap().cache().delta.is_none());
    assert!(world.registry.documents("cache/").unwrap().len() <= 32);
}

#[test]
fn a_fresh_one_is_signed_when_half_of_its_time_is_over() {
    let world = World::new();
    let query = CacheQuery::default();
    let first = world.registry.offline_cache(&query).unwrap();
    world.clock.set(START + 3 * DAY);
    assert_eq!(world.registry.offline_cache(&query).unwrap(), first);
    world.clock.set(START + 4 * DAY);
    let second = world.registry.offline_cache(&query).unwrap();
    assert_eq!(second.cache().sequence, first.cache().sequence);
    assert!(second.cache().validity > first.cache().validity);
}

/// Two HDAs' coverages: one around Zürich, one around Geneva.
fn delegate(world: &World, hid: Hid, coverage: &str) {
    let coverage: Coverage = coverage.parse().unwrap();
    let record = Delegation {
        hid,
        version: 0,
        registration: RegistrationId(format!("of {hid}")),
        state: DelegationState::Active,
        name_servers: Vec::new(),
        glue: Vec::new(),
        ds: Vec::new(),
        coverage: Some(coverage.encode()),
        contact: None,
        uri: None,
        since: None,
    };
    let write = Write::PutDelegation { record: Box::new(record), expect: Expect::Absent };
    let (actor, at, kind) = (Actor::System, UnixTime(START), ChangeKind::DelegationChanged);
    world.store.commit(Change { actor, at, kind, writes: vec![write] }).unwrap();
}

#[test]
fn by_place_and_by_list() {
    let world = World::new();
    delegate(&world, hid(), "47.3769,8.5417 30km");
    let near = |text: &str, km: u32| CacheQuery {
        near: Some(Near { position: text.parse().unwrap(), metres: km * 1000 }),
        ..CacheQuery::default()
    };
    let count = |query: &CacheQuery| {
        let signed = world.registry.offline_cache(query).unwrap();
        let content = &signed.cache().content;
        assert_eq!(content.issuing().len(), content.coverage().len());
        assert_eq!(signed.cache().scope.as_str(), query.to_string());
        content.issuing().len()
    };
    assert_eq!(count(&near("47.3769,8.5417", 0)), 1, "in the middle");
    assert_eq!(count(&near("47.0502,8.3093", 100)), 1, "Luzern");
    assert_eq!(count(&near("46.2044,6.1432", 100)), 0, "Genève");
    assert_eq!(count(&near("46.2044,6.1432", 200)), 1, "194 km from the edge");
    let only = |hids: &[Hid]| CacheQuery { hids: hids.iter().copied().collect(), ..CacheQuery::default() };
    assert_eq!(count(&only(&[hid()])), 1);
    assert_eq!(count(&only(&[raa_hid()])), 1, "all of the RAA's");
    let unknown = Hid::from_numbers(16376, 11).unwrap();
    assert!(matches!(
        world.registry.offline_cache(&only(&[hid(), unknown])),
        Err(CacheError::UnknownHda(hid)) if hid == unknown
    ));
    let stranger = CacheQuery { dets: BTreeSet::from([det("ua", hid())]), ..CacheQuery::default() };
    assert!(matches!(world.registry.offline_cache(&stranger), Err(CacheError::NotRegistered(_))));
}
