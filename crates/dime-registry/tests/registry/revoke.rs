//! Revoking: gone at once, for ever.

use crate::world::*;
use dime_registry::{Caller, Kind, Profile, Role, State};
use dime_zone::{Rcode, RecordType};
use drip_det::{Hid, UnixTime};

#[test]
fn gone_from_the_dns_and_spent_for_ever() {
    let world = World::new();
    let det = world.registered(application(Kind::Aircraft, "aircraft"), &manager()).public.det;
    world.clock.set(START + 5);
    let revoked = world.registry.revoke(det, "stolen", &manager()).unwrap();
    let check = |world: &World| {
        for record_type in
            [RecordType::HHIT, RecordType::BRID, RecordType::HIP, RecordType::CERT, RecordType::TLSA]
        {
            assert_eq!(world.query(det, record_type), (Rcode::NxDomain, Vec::new()));
        }
        let view = world.registry.public_view(det).unwrap().unwrap();
        assert_eq!(view.state, State::Revoked);
        assert!(view.endorsements.is_empty() && view.certificate.is_none() && view.dns.is_none());
        assert_eq!(world.registry.chain(det).unwrap_err().slug(), "not-registered");
        assert_eq!(world.registry.certificate(det, Profile::Lite).unwrap_err().slug(), "not-registered");
        let error = world.registry.register(application(Kind::Aircraft, "aircraft"), &manager()).unwrap_err();
        assert_eq!(error.slug(), "hi-collision");
        let other_csr = csr(&key("aircraft"), Some("SN2".into()), None);
        let again = dime_registry::Application::new(Kind::Session, other_csr);
        assert_eq!(world.registry.register(again, &manager()).unwrap_err().slug(), "hi-collision");
    };
    assert_eq!(revoked.registration.reason.as_deref(), Some("stolen"));
    assert_eq!(revoked.registration.private.unwrap().ended_at, Some(UnixTime(START + 5)));
    check(&world);
    let before = world.store.last_seq();
    let again = world.registry.revoke(det, "stolen again", &manager()).unwrap();
    assert_eq!(again.registration.reason.as_deref(), Some("stolen"), "once is enough");
    assert_eq!(world.store.last_seq(), before);
    check(&world.restarted());
}

#[test]
fn the_owner_and_the_operator_may_and_others_may_not() {
    let world = World::new();
    let operator = world.operator("operator");
    let one = world.registered(session("operator", "one"), &Caller::Anonymous).public.det;
    let two = world.registered(session("operator", "two"), &Caller::Anonymous).public.det;
    let elsewhere = Hid::from_numbers(16376, 11).ok();
    for caller in
        [Caller::Anonymous, Caller::Det(two), token(Role::Auditor, None), token(Role::Manager, elsewhere)]
    {
        let error = world.registry.revoke(one, "mine now", &caller).unwrap_err();
        assert_eq!(error.slug(), "forbidden");
        assert!(error.to_string().contains("registrations:revoke"), "{error}");
    }
    assert_eq!(world.registry.revoke(one, "", &Caller::Det(one)).unwrap_err().slug(), "malformed-field");
    world.registry.revoke(one, "landed", &Caller::Det(one)).unwrap();
    world.registry.revoke(two, "landed", &Caller::Det(operator)).unwrap();
    let unknown = drip_det::Det::derive(hid(), key("unknown").hi());
    assert_eq!(world.registry.revoke(unknown, "x", &manager()).unwrap_err().slug(), "not-found");
    let waiting = world.waiting(application(Kind::Service, "service"), &Caller::Anonymous).public.det;
    assert_eq!(world.registry.revoke(waiting, "x", &manager()).unwrap_err().slug(), "not-registered");
}

#[test]
fn an_operators_fleet_is_listed_and_not_ended() {
    let world = World::new();
    let operator = world.operator("operator");
    world.operator("other");
    let mut fleet: Vec<_> = (0..5)
        .map(|number| {
            world.registered(session("operator", &format!("session {number}")), &Caller::Anonymous).public.det
        })
        .collect();
    let foreign = world.registered(session("other", "foreign"), &Caller::Anonymous).public.det;
    let landed = fleet.pop().unwrap();
    world.registry.revoke(landed, "landed", &manager()).unwrap();
    let mut dependants = world.registry.revoke(operator, "fraud", &manager()).unwrap().dependants;
    dependants.sort_unstable();
    fleet.sort_unstable();
    assert_eq!(dependants, fleet);
    assert!(fleet.iter().chain([&foreign]).all(|&det| world.is_in_dns(det)));
    assert!(!world.is_in_dns(operator));
    // The operator's key opens nothing any more.
    let error = world.registry.revoke(fleet[0], "by the revoked", &Caller::Det(operator)).unwrap_err();
    assert_eq!(error.slug(), "forbidden");
    assert_eq!(world.registry.authenticate_det(operator).unwrap_err().slug(), "operator-not-valid");
}
