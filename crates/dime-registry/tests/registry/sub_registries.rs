//! Registries below: numbers, the wait for a person and for the ceremony, delegations (draft-ietf-drip-dki, sections 2 and 4).

use crate::node::*;
use crate::world::*;
use dime_registry::{
    Application, Bridge, Caller, Kind, Novelty, Outcome, Policy, PrivateRaas, RegisterError, Role, State,
    SubRegistry, WaitingFor, Wanted,
};
use dime_zone::{Rcode, RecordType};
use drip_det::{Det, Hid, UnixTime};
use drip_wire::{
    Endorsement,
    rdata::{Brid, Hhit},
};

fn application_at(name: &str, hid: Option<Hid>) -> Application {
    let registry = SubRegistry { hid, ..SubRegistry::default() };
    Application { registry: Some(registry), ..Application::new(Kind::Hda, csr(&key(name), None, None)) }
}

#[test]
fn an_hda_from_its_request_to_its_first_aircraft() {
    let raa = raa(Policy::quickstart());
    let hid = place(16376, 10);
    let det = Det::derive(hid, key("hda-a").hi());

    // A person, then the ceremony.
    let view = raa.waiting(hda_application("hda-a", hid), &Caller::Anonymous);
    assert_eq!((view.public.state, view.waiting_for), (State::Pending, Some(WaitingFor::Person)));
    assert_eq!(view.public.det, det);
    let approved = raa.registry.approve(&view.id, &manager()).unwrap();
    assert_eq!((approved.public.state, approved.waiting_for), (State::Pending, Some(WaitingFor::Ceremony)));
    assert_eq!(raa.registry.bundle_of(&view.id).unwrap_err().slug(), "not-registered");
    assert_eq!(raa.ask(&zone_of(hid), RecordType::NS).rcode, Rcode::NxDomain, "not yet delegated");

    let request = raa.registry.ceremony_request(&Wanted::all(), &manager()).unwrap();
    let answer = sign(&request, "raa-a", place(16376, 0), UnixTime(START));
    let imported = raa.registry.ceremony_import(&answer, &manager()).unwrap();
    assert_eq!(
        (imported.authorities.as_slice(), imported.registrations.as_slice()),
        (&[det][..], &[view.id.clone()][..])
    );
    assert_eq!(imported.novelty, Novelty::New);
    let last = raa.store.last_seq();
    let again = raa.registry.ceremony_import(&answer, &manager()).unwrap();
    assert_eq!((again.novelty, raa.store.last_seq()), (Novelty::Repeated, last), "the same answer again");

    // Delegated: name servers, glue, DS.
    let raa = check_delegation(raa, hid).restarted();
    let raa = check_delegation(raa, hid);
    let registered = raa.registry.registration(&view.id, &manager()).unwrap().unwrap();
    assert_eq!((registered.public.state, registered.waiting_for), (State::Registered, None));
    assert_eq!(registered.public.endorsements.len(), 2);

    // The HDA takes its chain in, has its Issuing key endorsed, and registers.
    let hda = Node::new(vec![issuing("hda-i", hid)], Policy::quickstart());
    assert_eq!(hda.registry.ready().unwrap_err().slug(), "ceremony-awaited");
    let bundle = raa.registry.bundle_of(&view.id).unwrap();
    // A manager does not decide whom to hang from; an administrator does, and from then on the chain is a manager's to renew.
    let last = hda.store.last_seq();
    assert_eq!(hda.registry.bundle_import(&bundle, &manager()).unwrap_err().slug(), "forbidden");
    assert_eq!(hda.store.last_seq(), last, "nothing of it is taken in");
    let imported = hda.registry.bundle_import(&bundle, &token(Role::Admin, None)).unwrap();
    assert_eq!((imported.novelty, imported.authorities.len()), (Novelty::New, 2));
    assert_eq!(hda.registry.bundle_import(&bundle, &manager()).unwrap().novelty, Novelty::Repeated);
    hda.ceremony(&Wanted::all(), "hda-a", hid);
    hda.registry.ready().unwrap();
    let aircraft = hda.registered(application(Kind::Aircraft, "aircraft"));
    let chain = aircraft.public.endorsements;
    assert_eq!(chain.len(), 4);
    assert_eq!((chain[0].parent, chain[0].child), (chain[0].child, chain[1].parent));
    let hda = hda.restarted();
    assert!(hda.is_in_dns(aircraft.public.det) && hda.is_in_dns(det), "its own records are in its own zone");
    let brid = hda.ask(&det.owner_name(), RecordType::BRID).answers;
    let brid = Brid::decode(&brid[0].rdata).unwrap();
    let endorsements: Vec<Endorsement> = brid.endorsements().unwrap();
    assert_eq!((endorsements.len(), endorsements[0].child), (1, det), "the endorsement by the level above");
}

fn check_delegation(raa: Node, hid: Hid) -> Node {
    let zone = zone_of(hid);
    let referral = raa.ask(&Det::derive(hid, key("hda-a").hi()).owner_name(), RecordType::HHIT);
    assert!(!referral.authoritative);
    let of = |record_type| {
        referral.authority.iter().filter(move |record| record.record_type == record_type).count()
    };
    assert_eq!(of(RecordType::NS), 2);
    assert!(referral.additional.iter().any(|record| record.rdata == [127, 0, 0, 2]), "glue");
    let ds = raa.ask(&zone, RecordType::DS);
    assert!(ds.authoritative);
    assert_eq!(ds.answers[0].rdata[..4], [0x12, 0x67, 15, 2]);
    raa
}

#[test]
fn without_name_servers_the_raa_serves_the_zone() {
    let raa = raa(Policy::quickstart());
    let hid = place(16376, 20);
    let view = raa.waiting(application_at("hosted", Some(hid)), &manager());
    raa.ceremony(&Wanted::all(), "raa-a", place(16376, 0));
    let det = view.public.det;
    let check = |raa: &Node| {
        let answer = raa.ask(&det.owner_name(), RecordType::HHIT);
        assert!(answer.authoritative);
        assert_eq!(Hhit::decode(&answer.answers[0].rdata).unwrap().abbreviation, hid.abbreviation());
        assert_eq!(raa.ask(&det.owner_name(), RecordType::BRID).answers.len(), 1);
        assert_eq!(raa.ask(&zone_of(hid), RecordType::SOA).answers.len(), 1);
    };
    check(&raa);
    let raa = raa.restarted();
    check(&raa);
    raa.registry.suspend_authority(det, "unpaid", &manager()).unwrap();
    assert!(!raa.is_in_dns(det));
    raa.registry.resume_authority(det, &manager()).unwrap();
    check(&raa);
}

#[test]
fn numbers_are_given_once_and_reserved_ones_never() {
    let raa = raa(Policy::quickstart());
    let refused = |application: Application| raa.registry.register(application, &manager()).unwrap_err();
    for hda in [0, 4096, 8192, 12288] {
        assert_eq!(refused(application_at("reserved", Some(place(16376, hda)))).slug(), "reserved-hda");
    }
    assert_eq!(refused(application_at("foreign", Some(place(16377, 10)))).slug(), "foreign-hid");
    assert_eq!(refused(Application::new(Kind::Raa, csr(&key("r"), None, None))).slug(), "kind-not-offered");

    let one = raa.waiting(application_at("one", Some(place(16376, 1))), &Caller::Anonymous);
    let error = refused(application_at("other", Some(place(16376, 1))));
    assert_eq!((error.slug(), error.field()), ("number-taken", Some("hid")));
    // The same request again is the same registration; without a number the lowest free one is assigned.
    let again = raa.waiting(application_at("one", Some(place(16376, 1))), &Caller::Anonymous);
    assert_eq!(again.id, one.id);
    let two = raa.waiting(application_at("two", None), &Caller::Anonymous);
    assert_eq!(two.public.det.hid(), place(16376, 2));
    // A denial frees the number.
    raa.registry.deny(&one.id, "no", &manager()).unwrap();
    let next = raa.waiting(application_at("next", None), &Caller::Anonymous);
    assert_eq!(next.public.det.hid(), place(16376, 1));
    let raa = raa.restarted();
    let error = raa.registry.register(application_at("late", Some(place(16376, 1))), &manager()).unwrap_err();
    assert_eq!(error.slug(), "number-taken");
}

#[test]
fn two_at_once_for_one_number() {
    let raa = raa(Policy::quickstart());
    for number in 100..120 {
        let apply = |name: String| {
            let registry = &raa.registry;
            move || registry.register(application_at(&name, Some(place(16376, number))), &Caller::Anonymous)
        };
        let results: Vec<Result<Outcome, RegisterError>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|n| scope.spawn(apply(format!("{number}-{n}")))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert!(
            results
                .iter()
                .filter_map(|result| result.as_ref().err())
                .all(|error| error.slug() == "number-taken")
        );
    }
    // Without a number everybody gets one of their own.
    let assigned: std::collections::BTreeSet<Hid> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|n| {
                let registry = &raa.registry;
                scope.spawn(move || {
                    let application = application_at(&format!("assigned-{n}"), None);
                    registry
                        .register(application, &Caller::Anonymous)
                        .unwrap()
                        .registration()
                        .public
                        .det
                        .hid()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(assigned.len(), 6);
}

#[test]
fn a_bridge_has_no_hdas() {
    let bridge = raa(Policy { bridge: Bridge::Yes, ..Policy::quickstart() });
    let error = bridge.registry.register(application_at("hda", None), &manager()).unwrap_err();
    assert_eq!((error.slug(), error.field()), ("bridge-raa", Some("kind")));
}

#[test]
fn an_apex_gives_the_numbers_of_rfc_9886() {
    let hid = place(0, 0);
    let apex = |private_raas| {
        let policy = Policy { private_raas, ..Policy::quickstart() };
        let node = Node::new(vec![issuing("apex-i", hid)], policy);
        let own = csr(&key("apex-a"), None, None);
        node.ceremony(&Wanted { authorizations: vec![own], ..Wanted::all() }, "apex-a", hid);
        node
    };
    let raa_at =
        |name: &str, raa| Application { kind: Kind::Raa, ..application_at(name, Some(place(raa, 0))) };
    let node = apex(PrivateRaas::Refused);
    for number in [1, 3, 4000, 8191, 15360, 16383] {
        let error = node.registry.register(raa_at("no", number), &manager()).unwrap_err();
        assert_eq!(error.slug(), "raa-not-allocatable", "{number}");
    }
    let error = node
        .registry
        .register(Application { kind: Kind::Raa, ..application_at("no", Some(place(932, 1))) }, &manager());
    assert_eq!(error.unwrap_err().slug(), "raa-not-allocatable");
    for number in [4, 3999, 8192, 15359] {
        node.waiting(raa_at(&format!("raa {number}"), number), &manager());
    }
    let assigned = node.waiting(Application { kind: Kind::Raa, ..application_at("free", None) }, &manager());
    assert_eq!(assigned.public.det.hid(), place(8193, 0));

    // Of its four zones, each is delegated.
    let node = apex(PrivateRaas::Allowed);
    let raa = Application { kind: Kind::Raa, ..hda_application("raa-a", place(16376, 0)) };
    let mut registry = raa.registry.clone().unwrap();
    registry.ds[0].zone = Some("3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.".into());
    let view = node.waiting(Application { registry: Some(registry), ..raa }, &manager());
    node.ceremony(&Wanted::all(), "apex-a", hid);
    for block in 0..4 {
        let zone = format!("{block}.e.f.f.3.0.0.1.0.0.2.ip6.arpa.");
        let referral = node.ask(&format!("x.{zone}"), RecordType::HHIT);
        assert!(!referral.authoritative && !referral.authority.is_empty(), "{zone}");
        assert_eq!(node.ask(&zone, RecordType::DS).answers.len(), usize::from(block == 3));
    }
    // The RAA below takes its chain in, and has four links for its own HDA's customers.
    let below = Node::new(vec![issuing("raa-i", place(16376, 0))], Policy::quickstart());
    below.registry.bundle_import(&node.registry.bundle_of(&view.id).unwrap(), &Caller::Local).unwrap();
    below.ceremony(&Wanted::all(), "raa-a", place(16376, 0));
    assert_eq!(below.registry.chain(below.keys[0].det()).unwrap().len(), 3);
}

#[test]
fn what_a_registry_says_of_itself_is_checked_before_anything_is_stored() {
    let raa = raa(Policy::quickstart());
    let before = raa.store.last_seq();
    let mut servers = hda_application("hda-a", place(16376, 10));
    servers.registry.as_mut().unwrap().name_servers[0].addresses.clear();
    let error = raa.registry.register(servers, &manager()).unwrap_err();
    assert_eq!((error.slug(), error.field()), ("malformed-field", Some("name_servers")));
    let coverage = SubRegistry { coverage: Some(vec![1, 2, 3]), ..SubRegistry::default() };
    let covered = Application { registry: Some(coverage), ..hda_application("hda-a", place(16376, 10)) };
    assert_eq!(raa.registry.register(covered, &manager()).unwrap_err().field(), Some("coverage"));
    let other = Application {
        registry: Some(SubRegistry { hid: Some(place(16376, 11)), ..SubRegistry::default() }),
        ..hda_application("hda-a", place(16376, 10))
    };
    assert_eq!(raa.registry.register(other, &manager()).unwrap_err().field(), Some("hid"));
    let aircraft =
        Application { registry: Some(SubRegistry::default()), ..application(Kind::Service, "service") };
    assert_eq!(raa.registry.register(aircraft, &manager()).unwrap_err().slug(), "malformed-field");
    assert_eq!(raa.store.last_seq(), before);
}

#[test]
fn several_hdas_in_one_process() {
    let raa = raa(Policy::quickstart());
    let hids = [place(16376, 10), place(16376, 11)];
    let bundles = [raa.hda_below("hda-a", hids[0]), raa.hda_below("hda-b", hids[1])];
    let node = Node::new(vec![issuing("hda-i", hids[0]), issuing("hda-j", hids[1])], Policy::quickstart());
    for bundle in &bundles {
        node.registry.bundle_import(bundle, &Caller::Local).unwrap();
    }
    let error = node.registry.ceremony_request(&Wanted::all(), &Caller::Local).unwrap_err();
    assert!(error.to_string().contains("16376/10, 16376/11"), "{error}");
    for (hid, authorization) in hids.iter().zip(["hda-a", "hda-b"]) {
        node.ceremony(&Wanted { by: Some(*hid), ..Wanted::all() }, authorization, *hid);
        let name = format!("aircraft {hid}");
        let det = Det::derive(*hid, key(&name).hi());
        let aircraft = Application::new(Kind::Aircraft, csr(&key(&name), None, Some(det)));
        assert_eq!(node.registered(aircraft).public.det, det);
        assert!(node.is_in_dns(det));
    }
    let node = node.restarted();
    for hid in hids {
        assert_eq!(node.ask(&zone_of(hid), RecordType::SOA).answers.len(), 1);
    }
    // The one may fall without the other.
    node.registry.revoke_authority(Det::derive(hids[0], key("hda-a").hi()), "closed", &manager()).unwrap();
    assert!(node.is_in_dns(Det::derive(hids[1], key("aircraft 16376/11").hi())));
}
