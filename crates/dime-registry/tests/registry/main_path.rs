//! The main job: registered, endorsed by a chain of four, certified, and in the DNS when the answer comes.

use crate::world::*;
use dime_registry::{
    Application, Caller, IssuerKeys, Kind, OpenError, Policy, Profile, Publication, Registry, State,
};
use dime_zone::{Rcode, RecordType, Zones};
use drip_cert::lite::LiteCertificate;
use drip_det::{Det, EntityType, UnixTime};
use drip_wire::rdata::{Brid, BridShape, CertRecord, Hhit, Hip, Tlsa};
use drip_wire::{Endorsement, Variant};
use std::sync::Arc;

#[test]
fn an_aircraft_is_registered_and_published() {
    let world = World::new();
    let det = Det::derive(hid(), key("aircraft").hi());
    let view = world.registered(application(Kind::Aircraft, "aircraft"), &manager());
    assert_eq!(view.public.det, det);
    assert_eq!(view.public.state, State::Registered);
    assert_eq!(view.public.not_before, UnixTime(START));
    assert_eq!(view.public.not_after, UnixTime(START + 365 * DAY));

    // Trust anchor first: each link's parent is the child of the one before, and its key signed.
    let chain = &view.public.endorsements;
    assert_eq!(chain.len(), 4);
    assert!(chain[0].is_self_endorsement());
    let mut parent = chain[0];
    for link in chain {
        assert_eq!(link.parent, parent.child);
        link.verify(&parent.child_hi).unwrap();
        assert!(link.valid_at(UnixTime(START)));
        parent = *link;
    }
    assert_eq!((parent.child, parent.child_hi), (det, *key("aircraft").hi()));
    assert_eq!(world.registry.chain(det).unwrap(), *chain);

    let der = view.public.certificate.unwrap();
    let certificate = LiteCertificate::parse(&der).unwrap();
    certificate.verify(key("hda-i").hi()).unwrap();
    assert_eq!(certificate.tbs().subject.common_name(), None);
    assert_eq!(certificate.tbs().not_before.to_unix(), parent.vnb.to_unix());
    assert_eq!(certificate.tbs().not_after.to_unix(), parent.vna.to_unix());
    assert!(matches!(certificate.tbs().serial.as_bytes(), [1..=127]));
    assert_eq!(world.registry.certificate(det, Profile::Lite).unwrap(), der);

    let only = |record_type| {
        let (rcode, rdata) = world.query(det, record_type);
        assert_eq!((rcode, rdata.len()), (Rcode::NoError, 1));
        rdata[0].clone()
    };
    let hhit = Hhit::decode(&only(RecordType::HHIT)).unwrap();
    assert_eq!((hhit.entity_type, hhit.abbreviation.as_str()), (EntityType::UA, "3ff8 000a"));
    assert_eq!(hhit.certificate, der);
    let brid = Brid::decode(&only(RecordType::BRID)).unwrap();
    assert_eq!(brid.endorsements().unwrap(), *chain);
    assert_eq!(brid.shape(), BridShape::Nested);
    assert_eq!(Hip::decode(&only(RecordType::HIP)).unwrap(), Hip::for_det(det, key("aircraft").hi()));
    assert_eq!(Tlsa::decode(&only(RecordType::TLSA)).unwrap(), Tlsa::dane_ee_spki(key("aircraft").hi()));
    assert_eq!(CertRecord::decode(&only(RecordType::CERT)).unwrap(), CertRecord::pkix(der));

    let dns = view.public.dns.unwrap();
    assert_eq!(dns.owner, det.owner_name());
    assert_eq!(dns.zone, "a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.");
    assert_eq!(dns.serial, world.store.last_seq().0 as u32, "the serial is that of the commit");
    assert_eq!(dns.ttl, 60);
}

#[test]
fn every_kind_has_its_entity_type_and_only_what_flies_a_brid() {
    let world = World::new();
    for (kind, entity_type, flies) in [
        (Kind::Operator, EntityType::OPERATOR, false),
        (Kind::Aircraft, EntityType::UA, true),
        (Kind::Session, EntityType::UAS, true),
        (Kind::Service, EntityType::USS, false),
    ] {
        let view = world.registered(application(kind, kind.name()), &manager());
        let det = view.public.det;
        assert_eq!(view.public.entity_type, entity_type);
        assert_eq!(Hhit::decode(&world.query(det, RecordType::HHIT).1[0]).unwrap().entity_type, entity_type);
        assert_eq!(world.query(det, RecordType::BRID).1.len(), usize::from(flies), "{kind}");
    }
}

#[test]
fn settings_of_the_publication_and_certificates() {
    let mut policy = Policy::quickstart();
    policy.publication.brid_shape = BridShape::Flat;
    policy.publication.operational_ttl = 7;
    policy.certificate_uri = Some("https://hda.example.com".into());
    policy.service.as_mut().unwrap().entity_type = EntityType(26);
    let world = World::with_policy(policy);
    let view = world.registered(application(Kind::Session, "session"), &manager());
    let brid = Brid::decode(&world.query(view.public.det, RecordType::BRID).1[0]).unwrap();
    assert!(brid.variants().contains(&Variant::FlatPairs));
    assert_eq!(view.public.dns.unwrap().ttl, 7);
    let certificate = LiteCertificate::parse(&view.public.certificate.unwrap()).unwrap();
    assert_eq!(certificate.tbs().uri.as_deref(), Some("https://hda.example.com"));
    let service = world.registered(application(Kind::Service, "service"), &manager());
    assert_eq!(service.public.entity_type, EntityType(26));
}

#[test]
fn settings_that_cannot_be_are_told_at_the_start() {
    let world = World::new();
    let open = |policy| {
        let keys = vec![IssuerKeys::for_all_kinds(world.signer.clone())];
        Registry::open(world.store.clone(), keys, policy, Arc::new(Zones::new()), world.clock.clone())
            .err()
            .unwrap()
    };
    let uri = Policy { certificate_uri: Some("no uri".into()), ..Policy::quickstart() };
    assert!(matches!(open(uri), OpenError::CertificateUri(_)));
    let publication = Publication { name_servers: vec!["a..b.".into()], ..Publication::default() };
    assert!(matches!(open(Policy { publication, ..Policy::quickstart() }), OpenError::Publication(_)));
    let folder = tempfile::tempdir().unwrap();
    let empty = open_store(folder.path());
    let keys = vec![IssuerKeys::for_all_kinds(watched_signer(&empty, 0))];
    let opened =
        Registry::open(empty, keys, Policy::quickstart(), Arc::new(Zones::new()), world.clock.clone());
    assert!(matches!(opened.err().unwrap(), OpenError::Issuer(_)));
}

#[test]
fn the_request_may_name_its_det_and_serial_number() {
    let world = World::new();
    let key = key("aircraft");
    let det = Det::derive(hid(), key.hi());
    let request = csr(&key, Some("8653F02T7B8RA85D19LX".into()), Some(det));
    let view = world.registered(Application::new(Kind::Aircraft, request), &manager());
    assert_eq!(view.public.det, det);
    assert_eq!(view.private.unwrap().serial_number.as_deref(), Some("8653F02T7B8RA85D19LX"));
}

#[test]
fn an_end_asked_for_is_kept_to_the_second() {
    let world = World::new();
    let asked =
        Application { not_after: Some(UnixTime(START + 4711)), ..application(Kind::Session, "session") };
    let view = world.registered(asked, &manager());
    assert_eq!(view.public.not_after, UnixTime(START + 4711));
    assert_eq!(view.public.endorsements[3].vna.to_unix(), UnixTime(START + 4711));
}

/// A UA may know nothing but its manufacturer's serial number: place, DET and dates are the registrar's (draft-ietf-drip-dki, 003-50, 003-57).
#[test]
fn a_request_with_nothing_but_a_serial_number() {
    let mut policy = dime_registry::Policy::quickstart();
    let rules = policy.aircraft.as_mut().unwrap();
    (rules.default_lifetime, rules.maximum_lifetime) = (10 * DAY, 20 * DAY);
    let world = World::with_policy(policy);
    let request = |name: &str| csr(&key(name), Some(format!("8653F02T7B8RA85D19L{}", name.len())), None);
    let view = world.registered(Application::new(Kind::Aircraft, request("ua")), &manager());
    assert_eq!(view.public.det, Det::derive(hid(), key("ua").hi()));
    assert_eq!(view.private.unwrap().serial_number.as_deref(), Some("8653F02T7B8RA85D19L2"));
    let dated = |det| {
        let record = world.store.registration_by_det(det).unwrap().unwrap();
        let lite = LiteCertificate::parse(record.certificate.as_ref().unwrap()).unwrap().tbs().clone();
        let endorsement = Endorsement::decode(&record.endorsement.unwrap()).unwrap();
        let days = |from: UnixTime, to: UnixTime| (to.0 - from.0) / DAY;
        assert_eq!(
            (lite.not_before.to_unix(), endorsement.vnb.to_unix()),
            (UnixTime(START), UnixTime(START))
        );
        assert_eq!(lite.not_after.to_unix(), endorsement.vna.to_unix());
        days(lite.not_before.to_unix(), lite.not_after.to_unix())
    };
    assert_eq!(dated(view.public.det), 10, "by policy");
    // Dates beside the request are a wish within the policy.
    let wish = |name: &str, days: u64| Application {
        not_after: Some(UnixTime(START + days * DAY)),
        ..Application::new(Kind::Aircraft, request(name))
    };
    let view = world.registered(wish("another", 20), &manager());
    assert_eq!(dated(view.public.det), 20, "as wished");
    let refused = world.registry.register(wish("third", 21), &manager()).unwrap_err();
    assert_eq!(refused.field(), Some("not_after"), "{refused}");
}

#[test]
fn everything_is_there_after_a_restart() {
    let world = World::new();
    let operator = world.operator("operator");
    let view = world.registered(session("operator", "session"), &Caller::Anonymous);
    let det = view.public.det;
    let before = (
        world.query(det, RecordType::BRID),
        world.query(operator, RecordType::HHIT),
        view.public.dns.clone(),
    );
    let world = world.restarted();
    let again = world.registry.public_view(det).unwrap().unwrap();
    assert_eq!(again, view.public);
    let after = (world.query(det, RecordType::BRID), world.query(operator, RecordType::HHIT), again.dns);
    assert_eq!(after, before);
    assert_eq!(world.signer.count(), 0, "a restart signs nothing");
}
