//! Renewing: same DET and key, everything else new.

use crate::world::*;
use dime_registry::{Application, Caller, IssuerKeys, Kind, Registry, Renewal, Role, State};
use dime_sign::{Issuing, LocalSigner, Signer, SigningPolicy, certify, endorse};
use dime_store::{Actor, Authority, AuthorityStatus, Change, ChangeKind, Expect, Ownership, Standing, Write};
use dime_zone::{RecordType, Zones};
use drip_cert::lite::{CertTime, CertificateSerial, LiteCertificate, LiteTbs, Subject};
use drip_det::{Det, DetClass, DripTime, EntityType, Hid, Level, UnixTime};
use drip_wire::EndorsementBody;
use drip_wire::rdata::Brid;
use std::sync::{Arc, atomic::Ordering};

#[test]
fn the_owner_the_operator_and_managers_renew() {
    let world = World::new();
    let operator = world.operator("operator");
    let first = world.registered(session("operator", "session"), &Caller::Anonymous);
    let det = first.public.det;
    let mut start = START;
    for caller in [Caller::Det(det), Caller::Det(operator), manager(), token(Role::Manager, Some(hid()))] {
        start += 3600;
        world.clock.set(start);
        let renewed = world.registry.renew(det, Renewal::default(), &caller).unwrap();
        assert_eq!((renewed.public.det, renewed.public.hi), (det, first.public.hi));
        assert_eq!(
            (renewed.public.not_before, renewed.public.not_after),
            (UnixTime(start), UnixTime(start + DAY))
        );
        let link = renewed.public.endorsements[3];
        link.verify(key("hda-i").hi()).unwrap();
        assert_eq!(link.vna.to_unix(), UnixTime(start + DAY));
        let certificate = LiteCertificate::parse(renewed.public.certificate.as_ref().unwrap()).unwrap();
        certificate.verify(key("hda-i").hi()).unwrap();
        assert_eq!(certificate.tbs().not_after.to_unix(), UnixTime(start + DAY));
        let brid = Brid::decode(&world.query(det, RecordType::BRID).1[0]).unwrap();
        assert_eq!(brid.endorsements().unwrap()[3], link, "the DNS has the new one");
    }
}

#[test]
fn others_do_not() {
    let world = World::new();
    let det = world.registered(application(Kind::Session, "session"), &manager()).public.det;
    let other = world.operator("operator");
    let elsewhere = Hid::from_numbers(16376, 11).ok();
    for caller in
        [Caller::Anonymous, Caller::Det(other), token(Role::Auditor, None), token(Role::Manager, elsewhere)]
    {
        let error = world.registry.renew(det, Renewal::default(), &caller).unwrap_err();
        assert_eq!(error.slug(), "forbidden");
    }
    let unknown = drip_det::Det::derive(hid(), key("unknown").hi());
    assert_eq!(
        world.registry.renew(unknown, Renewal::default(), &manager()).unwrap_err().slug(),
        "not-found"
    );
    let until = |end| Renewal { not_after: Some(UnixTime(end)), idempotency_key: None };
    for end in [START, START + 8 * DAY] {
        let error = world.registry.renew(det, until(end), &manager()).unwrap_err();
        assert_eq!((error.slug(), error.field()), ("validity-out-of-range", Some("not_after")));
    }
    world.clock.set(START + DAY + 1);
    let error = world.registry.renew(det, Renewal::default(), &manager()).unwrap_err();
    assert_eq!(error.slug(), "not-registered", "what has expired needs a new key, swept or not");
}

#[test]
fn nothing_of_a_revoked_operator_is_extended() {
    let world = World::new();
    let operator = world.operator("operator");
    let det = world.registered(session("operator", "session"), &Caller::Anonymous).public.det;
    world.registry.revoke(operator, "fraud", &manager()).unwrap();
    for caller in [manager(), Caller::Det(det)] {
        assert_eq!(
            world.registry.renew(det, Renewal::default(), &caller).unwrap_err().slug(),
            "operator-not-valid"
        );
    }
    assert_eq!(
        world.registry.renew(det, Renewal::default(), &Caller::Det(operator)).unwrap_err().slug(),
        "forbidden"
    );
}

/// The HDA gets a second Issuing DET, and the first is no longer loaded.
#[test]
fn a_new_issuer_takes_over() {
    let world = World::new();
    let first = world.registered(application(Kind::Aircraft, "aircraft"), &manager());
    let det = first.public.det;
    let successor = add_issuer(&world, "hda-i 2");
    let signer = LocalSigner::<Issuing>::new(key("hda-i 2"), hid(), SigningPolicy::ISSUING).unwrap();
    let keys = vec![IssuerKeys::for_all_kinds(Arc::new(signer))];
    let zones = Arc::new(Zones::new());
    let policy = world.registry.policy().clone();
    let registry = Registry::open(world.store.clone(), keys, policy, zones, world.clock.clone()).unwrap();
    let view = registry.public_view(det).unwrap().unwrap();
    assert_eq!(view.endorsements, first.public.endorsements, "what was issued stays as it was");
    let renewed = registry.renew(det, Renewal::default(), &manager()).unwrap();
    let chain = renewed.public.endorsements;
    assert_eq!((chain.len(), chain[2].child, chain[3].parent), (4, successor, successor));
    chain[3].verify(key("hda-i 2").hi()).unwrap();
    assert_eq!(registry.dki(&Caller::Local).unwrap().authorities.len(), 5);
}

fn add_issuer(world: &World, name: &str) -> Det {
    let hi = *key(name).hi();
    let det = Det::derive(hid(), &hi);
    let parent = authorization("hda-a", hid());
    let (from, until) = (UnixTime(START), UnixTime(START + 300 * DAY));
    let drip = |time| DripTime::from_unix(time).unwrap();
    let body =
        EndorsementBody { vnb: drip(from), vna: drip(until), child: det, child_hi: hi, parent: parent.det() };
    let tbs = LiteTbs {
        serial: CertificateSerial::from_random(7),
        issuer: parent.det(),
        not_before: CertTime::new(from).unwrap(),
        not_after: CertTime::new(until).unwrap(),
        subject: Subject::Ca { level: Level::Hda, class: DetClass::Issuing, hid: hid() },
        hi,
        det,
        uri: None,
        hardware_module: None,
    };
    let record = Authority {
        det,
        version: 0,
        hi,
        level: Level::Hda,
        class: DetClass::Issuing,
        hid: hid(),
        parent: parent.det(),
        entity_type: EntityType::of_authority(Level::Hda, DetClass::Issuing),
        endorsement: endorse(&parent, body, from).unwrap().encode(),
        certificate: certify(&parent, &tbs, from).unwrap(),
        full: None,
        mtls: None,
        standing: Standing::Test,
        status: AuthorityStatus::Active,
        own: Ownership::Own,
        uses: Vec::new(),
        not_before: from,
        not_after: until,
    };
    let writes = vec![Write::PutAuthority { record: Box::new(record), expect: Expect::Absent }];
    let change = Change { actor: Actor::Local, at: from, kind: ChangeKind::AuthorityChanged, writes };
    world.store.commit(change).unwrap();
    det
}

/// A policy that promises more than the signer keeps: nothing is left in the way.
#[test]
fn what_the_signer_refuses_is_taken_back() {
    let mut policy = dime_registry::Policy::quickstart();
    policy.aircraft.as_mut().unwrap().maximum_lifetime = 3 * 365 * DAY;
    let world = World::with_policy(policy);
    let until = Some(UnixTime(START + 3 * 365 * DAY - 2 * DAY));
    let long = Application { not_after: until, ..application(Kind::Aircraft, "aircraft") };
    assert_eq!(world.registry.register(long, &manager()).unwrap_err().slug(), "signer-failed");
    assert_eq!(world.signer.count(), 0);
    let first = world.registered(application(Kind::Aircraft, "aircraft"), &manager());
    let det = first.public.det;
    let renewal = Renewal { not_after: until, idempotency_key: None };
    assert_eq!(world.registry.renew(det, renewal, &manager()).unwrap_err().slug(), "signer-failed");
    let world = world.restarted();
    assert_eq!(world.signer.count(), 0, "nothing is left to complete");
    let view = world.registry.public_view(det).unwrap().unwrap();
    assert_eq!((view.state, view.not_after), (State::Registered, first.public.not_after));
    assert_eq!((view.endorsements, view.certificate), (first.public.endorsements, first.public.certificate));
}

#[test]
fn the_old_stays_in_force_until_the_new_is_signed() {
    let world = World::new();
    let first = world.registered(application(Kind::Session, "session"), &manager());
    let det = first.public.det;
    let dns = world.query(det, RecordType::BRID);
    world.clock.set(START + 100);
    world.signer.budget.store(1, Ordering::SeqCst);
    assert_eq!(
        world.registry.renew(det, Renewal::default(), &manager()).unwrap_err().slug(),
        "signer-failed"
    );
    let view = world.registry.public_view(det).unwrap().unwrap();
    assert_eq!((view.state, &view.endorsements), (State::Registered, &first.public.endorsements));
    assert_eq!(world.query(det, RecordType::BRID), dns);
    let world = world.restarted();
    let view = world.registry.public_view(det).unwrap().unwrap();
    assert_eq!(view.not_after, UnixTime(START + 100 + DAY), "the next start completed it");
    assert_ne!(world.query(det, RecordType::BRID), dns);
}
