//! Every way that must not be gone, each with the fault that says so.

use crate::world::{DAY, Key, NOW, Registry, bridge, days, judge, judge_at, sources, three};
use drip_client::chain::{Fault, Objects, Report, State, Trust, TrustSources, Way};
use drip_det::{DetClass, UnixTime};
use drip_wire::trust::{Role, Trusted};
use drip_wire::validity::Validity;

fn faults(report: &Report) -> Vec<&Fault> {
    report.broken().filter_map(|link| link.fault.as_ref()).collect()
}

/// The aircraft is not trusted, and one of the reasons is this fault.
fn refused(flown: &Registry, sources: &TrustSources, fault: &Fault) {
    let report = judge(&flown.flight(), sources);
    assert!(!report.is_trusted());
    assert!(faults(&report).contains(&fault), "{fault:?} is not among {:?}", faults(&report));
}

fn with_cross(user: &Registry, cross: Vec<drip_wire::Endorsement>) -> TrustSources {
    TrustSources { cross, ..sources(&user.raa) }
}

#[test]
fn expired_and_not_yet_valid() {
    let [first, second, _] = &three();
    let over = (NOW.0 - 10 * DAY, NOW.0 - DAY);
    let past = with_cross(first, vec![first.raa.endorse_for(&second.raa, over)]);
    refused(second, &past, &Fault::Expired(UnixTime(over.1)));
    assert_eq!(judge(&second.flight(), &past).state, State::Expired);
    let ahead = (NOW.0 + DAY, NOW.0 + 10 * DAY);
    let future = with_cross(first, vec![first.raa.endorse_for(&second.raa, ahead)]);
    refused(second, &future, &Fault::NotYetValid(UnixTime(ahead.0)));
    // Beside one that holds they do no harm.
    let both = vec![first.raa.endorse_for(&second.raa, over), first.raa.endorse(&second.raa)];
    assert!(judge(&second.flight(), &with_cross(first, both)).is_trusted());
}

#[test]
fn lists_that_do_not_count() {
    let [user, listed, foreign] = &three();
    let entry = listed.raa.trusted(Role::Registry);
    let with = |list| TrustSources { lists: vec![list], ..sources(&user.raa) };
    let ended = Validity::new(UnixTime(NOW.0 - 9 * DAY), UnixTime(NOW.0 - DAY)).unwrap();
    refused(listed, &with(user.raa.list(1, ended, &[entry])), &Fault::Expired(UnixTime(NOW.0 - DAY)));
    let begins = Validity::new(UnixTime(NOW.0 + DAY), UnixTime(NOW.0 + 9 * DAY)).unwrap();
    refused(listed, &with(user.raa.list(1, begins, &[entry])), &Fault::NotYetValid(UnixTime(NOW.0 + DAY)));
    // The list holds, the listed self-endorsement no longer does.
    let self_ended = Trusted { validity: Some(ended), ..entry };
    let list = user.raa.list(1, days(9), &[self_ended]);
    refused(listed, &with(list), &Fault::Expired(UnixTime(NOW.0 - DAY)));
    // Somebody else's list.
    let list = foreign.raa.list(1, days(9), &[entry]);
    refused(listed, &with(list), &Fault::ListUntrusted { issuer: foreign.raa.det });
    // A list that an RAA signed which is trusted only by a list.
    let chained = TrustSources {
        lists: vec![
            user.raa.list(1, days(9), &[foreign.raa.trusted(Role::Registry)]),
            foreign.raa.list(1, days(9), &[entry]),
        ],
        ..sources(&user.raa)
    };
    refused(listed, &chained, &Fault::ListUntrusted { issuer: foreign.raa.det });
    // An Issuing key's list, by its anchor.
    let class = Some(DetClass::Issuing);
    let issuing = TrustSources {
        anchors: vec![drip_client::Anchor { class, ..user.raa_issuing.anchor() }],
        lists: vec![user.raa_issuing.list(1, days(9), &[entry])],
        ..TrustSources::default()
    };
    let what = "a trust list";
    let fault = Fault::WrongClass { det: user.raa_issuing.det, class: DetClass::Issuing, what };
    refused(listed, &issuing, &fault);
}

#[test]
fn an_older_list_played_again() {
    let [user, dropped, kept] = &three();
    let older = user.raa.list(1, days(90), &[dropped.raa.trusted(Role::Registry)]);
    let newer = user.raa.list(2, days(90), &[kept.raa.trusted(Role::Registry)]);
    for lists in [vec![older.clone(), newer.clone()], vec![newer, older]] {
        let sources = TrustSources { lists, ..sources(&user.raa) };
        assert!(judge(&kept.flight(), &sources).is_trusted());
        refused(dropped, &sources, &Fault::Superseded { sequence: 1, newest: 2 });
    }
}

#[test]
fn trust_is_not_passed_on_but_over_a_bridge() {
    let [first, second, third] = &three();
    let cross = vec![first.raa.endorse(&second.raa), second.raa.endorse(&third.raa)];
    let bridged = Fault::CrossBridged { parent: second.raa.det };
    refused(third, &with_cross(first, cross.clone()), &bridged);
    assert!(judge(&second.flight(), &with_cross(first, cross.clone())).is_trusted());
    // Over a trust list it is the same.
    let lists = vec![first.raa.list(1, days(9), &[second.raa.trusted(Role::Registry)])];
    let listed = TrustSources { lists, cross: cross[1..].to_vec(), ..sources(&first.raa) };
    refused(third, &listed, &bridged);
    // In hand it is the same.
    let mut objects = third.flight();
    objects.endorsements.extend(cross);
    let report = judge(&objects, &sources(&first.raa));
    assert!(!report.is_trusted() && faults(&report).contains(&&bridged));
}

#[test]
fn behind_a_bridge_it_ends() {
    let [first, second, third] = &three();
    let (one, other) = (bridge(), Key::new(98, 16_378, 0));
    let bridges = vec![one.det, other.det];
    // Over a member.
    let cross = vec![first.raa.endorse(&one), one.endorse(&second.raa), second.raa.endorse(&third.raa)];
    let over = TrustSources { bridges: bridges.clone(), ..with_cross(first, cross) };
    assert!(judge(&second.flight(), &over).is_trusted());
    refused(third, &over, &Fault::CrossTooLong { parent: second.raa.det });
    // Over two bridges.
    let cross = vec![first.raa.endorse(&one), one.endorse(&other), other.endorse(&third.raa)];
    let over = TrustSources { bridges, ..with_cross(first, cross) };
    refused(third, &over, &Fault::CrossTooLong { parent: other.det });
}

#[test]
fn a_circle_leads_nowhere() {
    let [first, second, third] = &three();
    let cross = vec![second.raa.endorse(&third.raa), third.raa.endorse(&second.raa)];
    refused(third, &with_cross(first, cross.clone()), &Fault::CrossCycle { det: third.raa.det });
    // A circle that goes through the anchor is no harm, and nothing is gained by it.
    let mut cross = cross;
    cross.extend([first.raa.endorse(&second.raa), second.raa.endorse(&first.raa)]);
    let trust = Trust::settle(&with_cross(first, cross), NOW);
    let way = |key: &Key| trust.ways().find(|(det, ..)| *det == key.det).map(|(_, way, _)| way);
    assert_eq!(way(&first.raa), Some(Way::Given));
    assert_eq!(way(&second.raa), Some(Way::Crossed));
    assert_eq!(way(&third.raa), None);
}

/// Whoever sends a file full of circles does not keep anybody busy: each link costs the same, however many there are.
#[test]
fn three_thousand_in_a_circle() {
    let [first, ..] = &three();
    let template = first.raa.endorse(&first.raa);
    let det = |raa: u16| {
        let hid = drip_det::Hid::from_numbers(raa, 0).unwrap();
        drip_det::Det::from_parts(hid, drip_det::SuiteId::EDDSA_CSHAKE128, u64::from(raa))
    };
    let circle: Vec<drip_wire::Endorsement> = (0..3_000)
        .map(|at| drip_wire::Endorsement {
            parent: det(100 + at),
            child: det(100 + (at + 1) % 3_000),
            ..template
        })
        .collect();
    let start = std::time::Instant::now();
    let objects = Objects { endorsements: circle, ..Objects::default() };
    let report = judge(&objects, &sources(&first.raa));
    let taken = start.elapsed();
    assert!(!report.is_trusted());
    let cycles = faults(&report).iter().filter(|fault| matches!(fault, Fault::CrossCycle { .. })).count();
    assert_eq!(cycles, 3_000);
    assert!(taken < std::time::Duration::from_secs(20), "{taken:?}");
}

#[test]
fn wrong_parents_and_levels() {
    let [first, second, third] = &three();
    let stranger = with_cross(first, vec![third.raa.endorse(&second.raa)]);
    let report = judge(&second.flight(), &stranger);
    assert!(
        faults(&report)
            .iter()
            .any(|fault| matches!(fault, Fault::ParentUnknown { parent, .. } if *parent == third.raa.det))
    );
    // The right parent's name under another's signature.
    let mut forged = first.raa.endorse(&second.raa);
    forged.signature = third.raa.endorse(&second.raa).signature;
    refused(second, &with_cross(first, vec![forged]), &Fault::Signature { parent: first.raa.det });
    // An HDA cross-endorses nobody, and nobody cross-endorses an HDA or within one RAA.
    for (parent, child) in [
        (&first.hda, &second.raa),
        (&first.raa, &second.hda),
        (&first.raa, &first.raa_issuing),
        (&first.raa, &first.raa),
    ] {
        let trust = Trust::settle(&with_cross(first, vec![parent.endorse(child)]), NOW);
        assert!(trust.ways().all(|(_, way, _)| way == Way::Given));
        if child.det != first.raa.det {
            let (parent, child) = (parent.det, child.det);
            let fault = Some(Fault::NotCross { parent, child });
            assert!(trust.refused().iter().any(|link| link.fault == fault), "{:?}", trust.refused());
        }
    }
    // An anchor that is no Authorization DET.
    let class = Some(DetClass::Issuing);
    let issuing = TrustSources {
        anchors: vec![drip_client::Anchor { class, ..first.raa_issuing.anchor() }],
        cross: vec![first.raa_issuing.endorse(&second.raa)],
        ..TrustSources::default()
    };
    let what = "a cross-endorsement";
    refused(
        second,
        &issuing,
        &Fault::WrongClass { det: first.raa_issuing.det, class: DetClass::Issuing, what },
    );
}

#[test]
fn a_bridge_has_no_hdas() {
    let [first, ..] = &three();
    let both = Registry { raa: bridge(), hda: Key::new(97, 16_379, 10), ..Registry::new(9) };
    let below = Registry { issuing: Key::new(96, 16_379, 10), ua: Key::new(95, 16_379, 10), ..both.clone() };
    let fault = Fault::BridgeWithHda { bridge: below.raa.det, child: below.hda.det };
    let crossed = TrustSources {
        bridges: vec![below.raa.det],
        ..with_cross(first, vec![first.raa.endorse(&below.raa)])
    };
    refused(&below, &crossed, &fault);
    // Even for the bridge's own users.
    let own = TrustSources { bridges: vec![below.raa.det], ..sources(&below.raa) };
    refused(&below, &own, &fault);
    // As long as nobody says that it is one, it is an RAA like any other.
    assert!(judge(&below.flight(), &sources(&below.raa)).is_trusted());
}

#[test]
fn chains_too_deep_and_out_of_order() {
    let [first, second, _] = &three();
    let below = Key::new(55, 16_371, 10);
    let mut deep = first.flight();
    deep.endorsements.push(first.ua.endorse(&below));
    let report = judge(&deep, &sources(&first.raa));
    assert!(faults(&report).contains(&&Fault::TooDeep { parent: first.ua.det }));
    let foreign = Objects {
        endorsements: vec![first.raa.endorse(&second.hda), second.hda.endorse(&second.issuing)],
        ..Objects::default()
    };
    let report = judge(&foreign, &sources(&first.raa));
    assert!(faults(&report).iter().any(|fault| matches!(fault, Fault::NotPermitted { .. })));
    let report = judge_at(&first.flight(), &sources(&first.raa), UnixTime(NOW.0 + 400 * DAY));
    assert_eq!(report.state, State::Expired);
}

/// Every octet of list and cross-endorsement matters.
#[test]
fn no_changed_bit_is_trusted() {
    let [user, other, _] = &three();
    let octets = user.raa.list(1, days(9), &[other.raa.trusted(Role::Registry)]).encode();
    let mut read = 0;
    for place in 0..octets.len() {
        let mut octets = octets.clone();
        octets[place] ^= 1 << (place % 8);
        if let Ok(list) = drip_wire::trust::SignedTrustList::decode(&octets) {
            read += 1;
            let sources = TrustSources { lists: vec![list], ..sources(&user.raa) };
            assert!(!judge(&other.flight(), &sources).is_trusted(), "octet {place}");
        }
    }
    assert!(read > 64, "the signature's octets at least are read: {read}");
    let octets = user.raa.endorse(&other.raa).encode();
    for place in 0..octets.len() {
        let mut octets = octets;
        octets[place] ^= 1 << (place % 8);
        if let Ok(cross) = drip_wire::Endorsement::decode(&octets) {
            assert!(!judge(&other.flight(), &with_cross(user, vec![cross])).is_trusted(), "octet {place}");
        }
    }
}
