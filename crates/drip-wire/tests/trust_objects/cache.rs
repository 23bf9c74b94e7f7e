//! Offline caches and their deltas.

use crate::keys::{DAY, Key, NOW, validity};
use crate::laws::{kept, never_accepted};
use drip_det::UnixTime;
use drip_wire::cache::{ApplyError, Cache, CacheError, Content, Scope, SignedCache};
use drip_wire::coverage::Coverage;
use drip_wire::{Endorsement, Fault};

struct World {
    raa: Key,
    issuer: Key,
    hda: Key,
    issuing: Key,
    ua: Key,
    other_raa: Key,
}

fn world() -> World {
    World {
        raa: Key::new(1, 16376, 0),
        issuer: Key::new(2, 16376, 0),
        hda: Key::new(3, 16376, 10),
        issuing: Key::new(4, 16376, 10),
        ua: Key::new(5, 16376, 10),
        other_raa: Key::new(6, 16377, 0),
    }
}

fn content(world: &World) -> Content {
    let World { raa, issuer, hda, issuing, ua, other_raa } = world;
    let coverage: Coverage = "47.3769,8.5417 30km; 47,8 47,9 48,9".parse().unwrap();
    Content::default()
        .with_issuing(vec![hda.endorse(issuing)])
        .with_chains(vec![raa.endorse(raa), raa.endorse(hda), raa.endorse(issuer), raa.endorse(raa)])
        .with_entities(vec![issuing.endorse(ua)])
        .with_cross(vec![raa.endorse(other_raa)])
        .with_coverage(vec![(hda.det.hid(), coverage)])
        .with_bridges(vec![other_raa.det])
        .with_trust_list(Some(vec![0xd2, 0x84]))
}

fn cache(issuer: &Key, sequence: u64, content: Content) -> Cache {
    let scope = Scope::new("near=47.4,8.5 km=100").unwrap();
    Cache { issuer: issuer.det, sequence, validity: validity(NOW.0, 30), scope, delta: None, content }
}

fn signed(issuer: &Key, cache: Cache) -> SignedCache {
    let signature = issuer.sign(&cache.envelope().to_be_signed(b""));
    cache.sign_with(signature)
}

#[test]
fn keeps_the_laws() {
    let world = world();
    kept(&cache(&world.issuer, 3, content(&world)), Cache::encode, Cache::decode);
    let sparse = Content::default().with_issuing(vec![world.hda.endorse(&world.issuing)]);
    kept(&cache(&world.issuer, 0, sparse), Cache::encode, Cache::decode);
    kept(&cache(&world.issuer, 0, Content::default()), Cache::encode, Cache::decode);
    kept(&delta(&world, &content(&world), &newer(&world)).unwrap(), Cache::encode, Cache::decode);
}

#[test]
fn only_the_issuer_only_in_time_and_undamaged() {
    let world = world();
    let issuer = &world.issuer;
    let cache = cache(issuer, 3, content(&world));
    let signed_cache = signed(issuer, cache.clone());
    assert_eq!(signed_cache.verify(&issuer.hi, NOW), Ok(&cache));
    let end = UnixTime(NOW.0 + 30 * DAY);
    assert_eq!(signed_cache.verify(&issuer.hi, UnixTime(end.0 + 1)), Err(CacheError::Expired(end)));
    assert_eq!(signed_cache.verify(&issuer.hi, UnixTime(0)), Err(CacheError::NotYetValid(NOW)));
    assert!(matches!(signed_cache.verify(&world.raa.hi, NOW), Err(CacheError::Signature(_))));
    never_accepted(&signed_cache.encode(), |octets| {
        SignedCache::decode(octets).is_ok_and(|cache| cache.verify(&issuer.hi, NOW).is_ok())
    });
    let mut envelope = cache.envelope();
    envelope.kid = world.raa.det;
    let error = SignedCache::decode(&envelope.sign_with([1; 64]).encode()).unwrap_err();
    assert_eq!(error, CacheError::OtherSigner { issuer: issuer.det, signer: world.raa.det });
}

/// Another Issuing key, the first one's endorsement renewed, and the aircraft gone.
fn newer(world: &World) -> Content {
    let second = Key::new(7, 16376, 10);
    let renewed = Endorsement { signature: [9; 64], ..world.hda.endorse(&world.issuing) };
    content(world)
        .with_issuing(vec![renewed, world.hda.endorse(&second)])
        .with_entities(Vec::new())
        .with_coverage(vec![(world.hda.det.hid(), "1,1 5km".parse().unwrap())])
}

fn delta(world: &World, older: &Content, newer: &Content) -> Option<Cache> {
    let Cache { scope, validity, .. } = cache(&world.issuer, 3, Content::default());
    Cache::delta(world.issuer.det, scope, validity, (3, older), (4, newer))
}

#[test]
fn a_delta_makes_the_newer_out_of_the_older() {
    let world = world();
    let (old, new) = (content(&world), newer(&world));
    let change = delta(&world, &old, &new).unwrap();
    let applied = cache(&world.issuer, 3, old.clone()).apply(&change).unwrap();
    assert_eq!(applied, cache(&world.issuer, 4, new.clone()));
    assert!(change.encode().len() < applied.encode().len());
    let back = Cache::delta(world.issuer.det, change.scope.clone(), change.validity, (4, &new), (5, &old));
    assert_eq!(applied.apply(&back.unwrap()).unwrap().content, old);
    let nothing = delta(&world, &old, &old).unwrap();
    assert_eq!(nothing.content, Content::default());
    assert!(nothing.delta.as_ref().is_some_and(|delta| delta.removed().is_empty() && delta.base() == 3));
}

#[test]
fn a_delta_that_cannot_say_it_is_none() {
    let world = world();
    let old = content(&world);
    for new in [
        old.clone().with_trust_list(None),
        old.clone().with_bridges(Vec::new()),
        old.clone().with_coverage(Vec::new()),
    ] {
        assert_eq!(delta(&world, &old, &new), None);
    }
    let Cache { scope, validity, .. } = cache(&world.issuer, 3, Content::default());
    assert_eq!(Cache::delta(world.issuer.det, scope, validity, (4, &old), (4, &old)), None);
}

#[test]
fn a_delta_fits_one_cache_only() {
    let world = world();
    let (old, new) = (content(&world), newer(&world));
    let change = delta(&world, &old, &new).unwrap();
    let base = cache(&world.issuer, 3, old.clone());
    assert_eq!(base.apply(&base), Err(ApplyError::NotADelta));
    assert_eq!(change.apply(&change), Err(ApplyError::BaseIsDelta));
    let older = cache(&world.issuer, 2, old.clone());
    assert_eq!(older.apply(&change), Err(ApplyError::OtherBase { wanted: 3, found: 2 }));
    let again = base.apply(&change).unwrap();
    assert_eq!(again.apply(&change), Err(ApplyError::OtherBase { wanted: 3, found: 4 }));
    let foreign = cache(&world.raa, 3, old.clone());
    assert!(matches!(foreign.apply(&change), Err(ApplyError::OtherIssuer { .. })));
    let everything = Cache { scope: Scope::default(), ..base.clone() };
    assert_eq!(everything.apply(&change), Err(ApplyError::OtherScope));
    // The right number, another content: as after a signer began anew.
    let different = cache(&world.issuer, 3, old.with_cross(Vec::new()));
    assert_eq!(different.apply(&change), Err(ApplyError::OtherContent));
}

#[test]
fn refuses_other_forms() {
    let world = world();
    let whole = cache(&world.issuer, 3, content(&world)).encode();
    let place = |octets: &[u8]| octets.iter().position(|octet| *octet == 0x00).unwrap() + 1;
    let mut version = whole.clone();
    assert_eq!(version[place(&whole)], 0x01);
    version[place(&whole)] = 0x02;
    assert_eq!(Cache::decode(&version).unwrap_err().what, "version");
    assert_eq!(Cache::decode(&[0xa1, 0x01]).unwrap_err().fault, Fault::Expected("the version, key 0"));
    assert_eq!(Cache::decode(&[0xa2, 0x00, 0x01, 0x00]).unwrap_err().fault, Fault::NotDeterministic);
    let mut base = delta(&world, &content(&world), &newer(&world)).unwrap();
    base.sequence = 3;
    assert_eq!(Cache::decode(&base.encode()).unwrap_err().what, "base");
    assert!(Scope::new(&"x".repeat(4097)).is_err());
}
