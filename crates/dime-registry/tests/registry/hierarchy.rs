//! The founding of a hierarchy (spec of the DKI, sections 2, 3 and 7.2).

use crate::world::*;
use dime_registry::{Caller, FoundError, Foundation, SystemEntropy};
use dime_sign::Signer;
use dime_store::Standing;
use dime_zone::{Class, Name, Question, Rcode, RecordType};
use drip_cert::{full::Policies, lite::LiteCertificate};
use drip_det::{Hda, Hid, UnixTime, ZoneCut};
use drip_wire::{
    Endorsement,
    rdata::{Brid, Hhit, Uri},
};

#[test]
fn four_dets_endorsed_and_certified() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let authorities = found(&store, START);
    let [raa_a, raa_i, hda_a, hda_i] = &authorities;
    for (authority, parent, entity_type, name) in [
        (raa_a, raa_a, 10, "DRIP-RAA-A-16376"),
        (raa_i, raa_a, 11, "DRIP-RAA-I-16376"),
        (hda_a, raa_a, 14, "DRIP-HDA-A-16376-10"),
        (hda_i, hda_a, 15, "DRIP-HDA-I-16376-10"),
    ] {
        assert_eq!(authority.entity_type.0, entity_type);
        assert_eq!(authority.parent, parent.det);
        assert_eq!(authority.standing, Standing::Test);
        authority.det.check(&authority.hi).unwrap();
        let endorsement = Endorsement::decode(&authority.endorsement).unwrap();
        endorsement.verify(&parent.hi).unwrap();
        assert_eq!((endorsement.child, endorsement.child_hi), (authority.det, authority.hi));
        let certificate = LiteCertificate::parse(&authority.certificate).unwrap();
        certificate.verify(&parent.hi).unwrap();
        assert_eq!(certificate.tbs().subject.common_name().as_deref(), Some(name));
        assert_eq!(certificate.tbs().det, authority.det);
        assert_eq!(certificate.tbs().serial.as_bytes().len(), 1);
        assert_eq!(certificate.tbs().not_before.to_unix(), endorsement.vnb.to_unix());
        assert_eq!(certificate.tbs().not_after.to_unix(), endorsement.vna.to_unix());
    }
    assert_eq!(raa_a.not_after.0 - raa_a.not_before.0, 5 * 365 * DAY);
    assert_eq!(raa_a.det.hid(), Hid::new(hid().raa, Hda::OF_RAA));
    assert_eq!(store.authorities().unwrap().len(), 4);
}

#[test]
fn a_store_has_one_hierarchy() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    found(&store, START);
    let raa = authorization("raa-a", Hid::new(hid().raa, Hda::OF_RAA));
    let hda = authorization("other", hid());
    let mut foundation = Foundation {
        hid: hid(),
        raa_authorization: &raa,
        raa_issuing: *key("raa-i").hi(),
        hda_authorization: &hda,
        hda_issuing: *key("hda-i").hi(),
        authorization_lifetime: DAY,
        issuing_lifetime: DAY,
        certificate_uri: None,
        origin: None,
        policies: Policies::default(),
    };
    let founded = |foundation: &Foundation<'_>| foundation.found(&store, &SystemEntropy, UnixTime(START));
    assert!(matches!(founded(&foundation), Err(FoundError::Exists)));
    foundation.hda_issuing = *raa.hi();
    assert!(matches!(founded(&foundation), Err(FoundError::SameKey)));
    foundation.hid = Hid::from_numbers(16376, 11).unwrap();
    assert!(matches!(founded(&foundation), Err(FoundError::Place { .. })));
    foundation.hid = Hid::from_numbers(16376, 4096).unwrap();
    assert!(matches!(founded(&foundation), Err(FoundError::ReservedHda(_))));
}

#[test]
fn its_zones_are_served_and_hold_its_dets() {
    let world = World::new();
    let dki = world.registry.dki(&Caller::Local).unwrap();
    assert_eq!(dki.authorities.len(), 4);
    assert_eq!(dki.authorities[0].det, dki.anchor, "parents come first");
    for cut in ZoneCut::raa_zones(hid().raa).into_iter().chain(ZoneCut::hda_of(hid())) {
        let name: Name = cut.name().parse().unwrap();
        let question = Question { name: &name, class: Class::IN, record_type: RecordType::SOA };
        let answer = world.zones.lookup(question);
        assert_eq!((answer.rcode, answer.answers.len()), (Rcode::NoError, 1), "{}", cut.name());
    }
    for authority in &dki.authorities {
        let (_, rdata) = world.query(authority.det, RecordType::HHIT);
        let hhit = Hhit::decode(&rdata[0]).unwrap();
        assert_eq!(hhit.certificate, authority.certificate);
        assert_eq!(hhit.entity_type, authority.entity_type);
        assert_eq!(hhit.abbreviation, authority.hid.abbreviation());
        let (_, brid) = world.query(authority.det, RecordType::BRID);
        let endorsements = Brid::decode(&brid[0]).unwrap().endorsements().unwrap();
        assert_eq!(endorsements, [authority.endorsement], "the endorsement by the level above");
        let (_, uri) = world.query(authority.det, RecordType::URI);
        assert_eq!(uri, [Uri::only(SERVICES).unwrap().encode()], "what its certificate names");
        assert_eq!(
            world.registry.certificate(authority.det, dime_registry::Profile::Lite).unwrap(),
            authority.certificate
        );
    }
    assert_eq!(world.registry.chain(dki.issuers[0]).unwrap().len(), 3);
}
