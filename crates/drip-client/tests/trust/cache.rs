//! Offline caches: what is trusted by them and what is not, and hostile ones.

use crate::world::{DAY, Key, NOW, Registry, bridge, days, sources, three};
use drip_client::chain::{
    Conditions, Fault, Newest, Objects, OpenError, OpenedCache, Report, State, Trust, TrustSources,
    open_caches, recall, verify_objects_under,
};
use drip_det::{DetClass, UnixTime};
use drip_wire::Endorsement;
use drip_wire::cache::{ApplyError, Cache, CacheError, Content, Scope, SignedCache};
use drip_wire::trust::Role;

/// With everything above the Issuing keys.
fn chained(registry: &Registry) -> Content {
    Content::default()
        .with_issuing(vec![registry.hda.endorse(&registry.issuing)])
        .with_chains(registry.chains())
}

/// With what is above the signer alone.
fn bare(registry: &Registry) -> Content {
    let Registry { raa, raa_issuing, hda, issuing, .. } = registry;
    Content::default().with_issuing(vec![hda.endorse(issuing)]).with_chains(vec![raa.endorse(raa_issuing)])
}

fn open(caches: &[SignedCache], anchor: &Key) -> Result<(Vec<OpenedCache>, Trust), OpenError> {
    open_caches(caches, &Trust::settle(&sources(anchor), NOW), &Newest::none())
}

/// What an observer sees: one endorsement, that of the aircraft.
fn seen(registry: &Registry) -> Objects {
    Objects { endorsements: vec![registry.issuing.endorse(&registry.ua)], ..Objects::default() }
}

fn judge(objects: &Objects, trust: &Trust) -> Report {
    verify_objects_under(objects, trust, &Conditions::at(NOW))
}

#[test]
fn an_aircraft_is_verified_by_its_one_endorsement() {
    let [registry, other, _] = &three();
    for content in [chained(registry), bare(registry)] {
        let cache = registry.raa_issuing.cache(1, content);
        let (opened, trust) = open(&[cache], &registry.raa).unwrap();
        assert!(opened[0].refused.is_empty(), "{:?}", opened[0].refused);
        let report = judge(&seen(registry), &trust);
        assert_eq!(report.state, State::VerifiedOffline, "{}", report.reason);
        assert!(!judge(&seen(other), &trust).is_trusted());
    }
    // Without the cache the endorsement hangs in the air.
    let trust = Trust::settle(&sources(&registry.raa), NOW);
    assert_eq!(judge(&seen(registry), &trust).state, State::BrokenLink);
}

#[test]
fn the_cache_of_an_hda_is_by_its_own_issuing_key() {
    let [registry, ..] = &three();
    let Registry { raa, hda, issuing, .. } = registry;
    let second = Key::new(66, 16_371, 10);
    let content = Content::default()
        .with_issuing(vec![hda.endorse(issuing), hda.endorse(&second)])
        .with_chains(vec![raa.endorse(hda)]);
    let (_, trust) = open(&[issuing.cache(1, content)], raa).unwrap();
    assert!(judge(&seen(registry), &trust).is_trusted());
    // Of another HDA's Issuing key without what is above it, it may not say anything.
    let (foreign, foreign_issuing) = (Key::new(67, 16_371, 11), Key::new(68, 16_371, 11));
    let content = Content::default()
        .with_issuing(vec![hda.endorse(issuing), foreign.endorse(&foreign_issuing)])
        .with_chains(vec![raa.endorse(hda)]);
    let (opened, trust) = open(&[issuing.cache(1, content)], raa).unwrap();
    assert_eq!(opened[0].refused.len(), 1);
    assert!(trust.ways().all(|(det, ..)| det != foreign_issuing.det));
}

#[test]
fn recalling_a_det() {
    let [registry, other, _] = &three();
    let content = chained(registry).with_entities(vec![registry.issuing.endorse(&registry.ua)]);
    let (_, trust) = open(&[registry.raa_issuing.cache(1, content)], &registry.raa).unwrap();
    let state = |key: &Key| recall(key.det, &trust).state;
    assert_eq!(state(&registry.issuing), State::Trusted);
    assert_eq!(state(&registry.hda), State::Trusted);
    assert_eq!(state(&registry.ua), State::VerifiedOffline);
    assert_eq!(recall(registry.ua.det, &trust).links.len(), 3, "RAA, HDA, Issuing, aircraft");
    let unknown = Key::new(65, 16_371, 10);
    let report = recall(unknown.det, &trust);
    assert_eq!(report.state, State::NotInCache);
    assert!(!report.is_trusted() && report.reason.contains(&registry.issuing.det.to_string()));
    assert_eq!(state(&other.issuing), State::NotInCache);
    assert!(!recall(other.issuing.det, &trust).reason.contains("Issuing DET 2001"));
}

#[test]
fn a_cache_may_bring_trust_lists_crossings_and_bridges() {
    let [user, member, third] = &three();
    let bridge = bridge();
    let list = user.raa.list(1, days(9), &[third.raa.trusted(Role::Registry)]);
    let chains = [user.chains(), member.chains(), third.chains()].concat();
    let issuing: Vec<Endorsement> = three().iter().map(|one| one.hda.endorse(&one.issuing)).collect();
    let content = Content::default()
        .with_issuing(issuing)
        .with_chains(chains)
        .with_cross(vec![user.raa.endorse(&bridge), bridge.endorse(&member.raa)])
        .with_bridges(vec![bridge.det])
        .with_trust_list(Some(list.encode()));
    let (opened, trust) = open(&[user.raa_issuing.cache(1, content.clone())], &user.raa).unwrap();
    assert!(opened[0].refused.is_empty(), "{:?}", opened[0].refused);
    for flown in [user, member, third] {
        assert!(judge(&seen(flown), &trust).is_trusted());
    }
    // Without the word that it is a bridge, it passes nothing on.
    let content = content.with_bridges(Vec::new());
    let (_, trust) = open(&[user.raa_issuing.cache(1, content)], &user.raa).unwrap();
    assert!(!judge(&seen(member), &trust).is_trusted());
    assert!(judge(&seen(third), &trust).is_trusted());
}

#[test]
fn deltas_and_what_does_not_fit() {
    let [registry, ..] = &three();
    let signer = &registry.raa_issuing;
    let old = chained(registry);
    let second = Registry { issuing: Key::new(69, 16_371, 10), ..registry.clone() };
    let new = old.clone().with_issuing(vec![registry.hda.endorse(&second.issuing)]);
    let delta = |base, sequence| {
        let older = if base == 1 { &old } else { &new };
        signer.sign_cache(
            Cache::delta(signer.det, Scope::default(), days(30), (base, older), (sequence, &new)).unwrap(),
        )
    };
    let whole = signer.cache(1, old.clone());
    let (opened, trust) = open(&[whole.clone(), delta(1, 2), delta(2, 3)], &registry.raa).unwrap();
    assert_eq!((opened.len(), opened[0].cache.sequence), (1, 3));
    assert!(judge(&seen(&second), &trust).is_trusted());
    assert!(!judge(&seen(registry), &trust).is_trusted(), "its Issuing key is gone");

    let fails = |caches: &[SignedCache]| open(caches, &registry.raa).map(|_| ()).unwrap_err();
    let wrong_base = fails(&[whole.clone(), delta(2, 3)]);
    assert_eq!(wrong_base, OpenError::Delta(ApplyError::OtherBase { wanted: 2, found: 1 }));
    let again = fails(&[whole.clone(), delta(1, 2), delta(1, 2)]);
    assert_eq!(again, OpenError::Delta(ApplyError::OtherBase { wanted: 1, found: 2 }));
    let replayed = fails(&[whole.clone(), delta(1, 2), whole.clone()]);
    assert_eq!(replayed, OpenError::Replayed { sequence: 1, newest: 2 });
    let other_content = fails(&[signer.cache(1, bare(registry)), delta(1, 2)]);
    assert_eq!(other_content, OpenError::Delta(ApplyError::OtherContent));
    // A delta says nothing of what is above its signer, so alone it has no signer either.
    assert!(matches!(fails(&[delta(1, 2)]), OpenError::IssuerUnknown { .. }));
}

#[test]
fn an_older_cache_played_again() {
    let [registry, ..] = &three();
    let (older, newer) =
        (registry.raa_issuing.cache(4, chained(registry)), registry.raa_issuing.cache(5, chained(registry)));
    let trust = Trust::settle(&sources(&registry.raa), NOW);
    let mut newest = Newest::none();
    newest.remember(newer.cache());
    let error = open_caches(&[older], &trust, &newest).map(|_| ()).unwrap_err();
    assert_eq!(error, OpenError::Replayed { sequence: 4, newest: 5 });
    assert!(open_caches(&[newer], &trust, &newest).is_ok());
}

#[test]
fn wrong_signers() {
    let [registry, other, _] = &three();
    let Registry { raa, raa_issuing, issuing, ua, .. } = registry;
    let fails = |cache: SignedCache| open(&[cache], raa).map(|_| ()).unwrap_err();
    // Nobody's.
    assert!(matches!(
        fails(other.raa_issuing.cache(1, chained(other))),
        OpenError::IssuerUnknown { issuer, .. } if issuer == other.raa_issuing.det
    ));
    // An Authorization key, and an aircraft, with all that is above them.
    let error = fails(raa.cache(1, chained(registry)));
    assert_eq!(error, OpenError::IssuerClass { issuer: raa.det, class: DetClass::Authorization });
    let mut chains = registry.chains();
    chains.push(issuing.endorse(ua));
    let error = fails(ua.cache(1, chained(registry).with_chains(chains)));
    assert_eq!(error, OpenError::IssuerClass { issuer: ua.det, class: DetClass::Operational });
    // The right name over another's signature.
    let stolen = raa_issuing.cache(1, chained(registry)).cache().clone();
    let forged = other.raa_issuing.sign_cache(stolen);
    assert!(matches!(fails(forged), OpenError::Cache(CacheError::Signature(_))));
    // A signer whose endorsement ran out: the link says why.
    let chains = vec![raa.endorse_for(raa_issuing, (NOW.0 - 9 * DAY, NOW.0 - DAY))];
    match fails(raa_issuing.cache(1, chained(registry).with_chains(chains))) {
        OpenError::IssuerUnknown { why: Some(why), .. } => assert!(why.contains("ended"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn out_of_its_time() {
    let [registry, ..] = &three();
    let cache = registry.raa_issuing.cache(1, chained(registry));
    let at = |at| {
        let trust = Trust::settle(&sources(&registry.raa), at);
        open_caches(std::slice::from_ref(&cache), &trust, &Newest::none()).map(|_| ()).unwrap_err()
    };
    let end = UnixTime(NOW.0 + 30 * DAY);
    assert_eq!(at(UnixTime(end.0 + 1)), OpenError::Cache(CacheError::Expired(end)));
    // An Issuing key in it whose time is over is not trusted, the rest is.
    let Registry { hda, issuing, .. } = registry;
    let over = hda.endorse_for(issuing, (NOW.0 - 9 * DAY, NOW.0 - DAY));
    for content in [chained(registry), bare(registry)] {
        let cache = registry.raa_issuing.cache(1, content.with_issuing(vec![over]));
        let (opened, trust) = open(&[cache], &registry.raa).unwrap();
        let fault = Some(Fault::Expired(UnixTime(NOW.0 - DAY)));
        assert!(opened[0].refused.iter().any(|link| link.fault == fault));
        assert!(!judge(&seen(registry), &trust).is_trusted());
        assert_eq!(recall(issuing.det, &trust).state, State::Expired);
    }
    // Nor does the signer's word help where what is above has run out.
    let mut chains = registry.chains();
    chains.pop();
    chains.push(registry.raa.endorse_for(hda, (NOW.0 - 9 * DAY, NOW.0 - DAY)));
    let cache = registry.raa_issuing.cache(1, chained(registry).with_chains(chains));
    let (_, trust) = open(&[cache], &registry.raa).unwrap();
    assert!(!judge(&seen(registry), &trust).is_trusted());
    assert_eq!(recall(issuing.det, &trust).state, State::Expired);
}

/// Neither a changed bit nor a cut makes anything trusted.
#[test]
fn damage_is_never_trusted() {
    let [registry, ..] = &three();
    let octets = registry.raa_issuing.cache(1, bare(registry)).encode();
    let trusted = |octets: &[u8]| {
        SignedCache::decode(octets).is_ok_and(|cache| {
            open(&[cache], &registry.raa).is_ok_and(|(_, trust)| judge(&seen(registry), &trust).is_trusted())
        })
    };
    assert!(trusted(&octets));
    for place in 0..octets.len() {
        assert!(!trusted(&octets[..place]));
        let mut octets = octets.clone();
        octets[place] ^= 1 << (place % 8);
        assert!(!trusted(&octets), "octet {place}");
    }
}

/// A cache lets nobody in whose parent has signed nothing.
#[test]
fn a_signer_vouches_for_what_is_below_it_alone() {
    let [registry, other, _] = &three();
    let Registry { raa, raa_issuing, .. } = registry;
    let content = Content::default()
        .with_issuing(vec![other.hda.endorse(&other.issuing)])
        .with_chains(vec![raa.endorse(raa_issuing)]);
    let (opened, trust) = open(&[raa_issuing.cache(1, content)], raa).unwrap();
    assert!(matches!(opened[0].refused[0].fault, Some(Fault::ParentUnknown { .. })));
    assert!(!judge(&seen(other), &trust).is_trusted());
    // Nor for an aircraft that endorses itself as one of its HDA's Issuing keys: it can, and the signer says so; but a forged
    // endorsement of a bridge's HDA it cannot.
    let bridge = bridge();
    let (hda, issuing) = (Key::new(97, 16_379, 10), Key::new(96, 16_379, 10));
    let signer = Key::new(94, 16_379, 0);
    let content = Content::default()
        .with_issuing(vec![hda.endorse(&issuing)])
        .with_chains(vec![bridge.endorse(&signer)])
        .with_bridges(vec![bridge.det]);
    let sources = TrustSources { bridges: vec![bridge.det], ..sources(&bridge) };
    let trust = Trust::settle(&sources, NOW);
    let (opened, trust) = open_caches(&[signer.cache(1, content)], &trust, &Newest::none()).unwrap();
    assert!(matches!(opened[0].refused[0].fault, Some(Fault::BridgeWithHda { .. })));
    assert_eq!(recall(issuing.det, &trust).state, State::BrokenLink);
}
