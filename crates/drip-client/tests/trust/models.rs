//! The three models: with each of them the aircraft of every RAA are trusted by the users of every other, and without it by none.

use crate::world::{Key, Registry, bridge, days, judge, sources, three};
use drip_client::chain::{State, Trust, TrustSources, Way};
use drip_wire::trust::Role;

/// Every user judges every aircraft.
fn all_fly_together(registries: &[Registry; 3], of: impl Fn(&Registry) -> TrustSources, way: Way) {
    for user in registries {
        let sources = of(user);
        for flown in registries {
            let report = judge(&flown.flight(), &sources);
            assert_eq!(report.state, State::VerifiedOffline, "{}", report.reason);
            assert!(report.is_trusted() && report.broken().next().is_none());
            let found = Trust::settle(&sources, crate::world::NOW);
            let (_, found, _) = found.ways().find(|(det, ..)| *det == flown.raa.det).unwrap();
            assert_eq!(found, if user.raa.det == flown.raa.det { Way::Given } else { way });
        }
    }
}

fn others<'a>(registries: &'a [Registry; 3], user: &Registry) -> Vec<&'a Key> {
    let own = user.raa.det;
    registries.iter().map(|registry| &registry.raa).filter(|raa| raa.det != own).collect()
}

#[test]
fn without_any_model_each_is_alone() {
    let registries = three();
    for user in &registries {
        for flown in &registries {
            let report = judge(&flown.flight(), &sources(&user.raa));
            let own = user.raa.det == flown.raa.det;
            assert_eq!(report.is_trusted(), own);
            assert_eq!(report.state, if own { State::VerifiedOffline } else { State::Unanchored });
        }
    }
}

#[test]
fn trust_lists() {
    let registries = three();
    let of = |user: &Registry| {
        let entries: Vec<_> =
            others(&registries, user).into_iter().map(|raa| raa.trusted(Role::Registry)).collect();
        let lists = vec![user.raa.list(1, days(90), &entries)];
        TrustSources { lists, ..sources(&user.raa) }
    };
    all_fly_together(&registries, of, Way::Listed);
}

#[test]
fn cross_endorsements() {
    let registries = three();
    let mut all = Vec::new();
    for user in &registries {
        all.extend(others(&registries, user).into_iter().map(|raa| user.raa.endorse(raa)));
    }
    let of = |user: &Registry| TrustSources { cross: all.clone(), ..sources(&user.raa) };
    all_fly_together(&registries, of, Way::Crossed);
    // One-way: the second trusts the first, and not the other way round.
    let [first, second, _] = &registries;
    let cross = vec![second.raa.endorse(&first.raa)];
    let by_second = TrustSources { cross: cross.clone(), ..sources(&second.raa) };
    assert!(judge(&first.flight(), &by_second).is_trusted());
    let by_first = TrustSources { cross, ..sources(&first.raa) };
    assert!(!judge(&second.flight(), &by_first).is_trusted());
}

#[test]
fn a_bridge() {
    let registries = three();
    let bridge = bridge();
    let mut cross = Vec::new();
    for member in &registries {
        cross.extend([bridge.endorse(&member.raa), member.raa.endorse(&bridge)]);
    }
    let bridges = vec![bridge.det];
    let of = |user: &Registry| TrustSources {
        cross: cross.clone(),
        bridges: bridges.clone(),
        ..sources(&user.raa)
    };
    all_fly_together(&registries, of, Way::Bridged);
    // Or the user's RAA says in its trust list that it is one.
    let of = |user: &Registry| TrustSources {
        cross: cross.clone(),
        lists: vec![user.raa.list(1, days(90), &[bridge.trusted(Role::Bridge)])],
        ..sources(&user.raa)
    };
    all_fly_together(&registries, of, Way::Bridged);
    // Who joins the bridge later is a member of all.
    let late = Registry::new(4);
    let mut with_late = cross.clone();
    with_late.extend([bridge.endorse(&late.raa), late.raa.endorse(&bridge)]);
    let [first, ..] = &registries;
    let sources = TrustSources { cross: with_late, bridges, ..sources(&first.raa) };
    assert!(judge(&late.flight(), &sources).is_trusted());
}

#[test]
fn an_raa_that_changes_its_key_stands_twice_in_a_list() {
    let [user, old, _] = &three();
    let new = Registry { raa: Key::new(77, 16_372, 0), ..old.clone() };
    let entries = [old.raa.trusted(Role::Registry), new.raa.trusted(Role::Registry)];
    let lists = vec![user.raa.list(1, days(90), &entries)];
    let sources = TrustSources { lists, ..sources(&user.raa) };
    assert!(judge(&old.flight(), &sources).is_trusted());
    assert!(judge(&new.flight(), &sources).is_trusted());
}

#[test]
fn cross_endorsements_may_come_with_the_objects() {
    let [first, second, _] = &three();
    let mut objects = second.flight();
    objects.endorsements.push(first.raa.endorse(&second.raa));
    let report = judge(&objects, &sources(&first.raa));
    assert_eq!(report.state, State::VerifiedOffline, "{}", report.reason);
}
