//! Approving and denying.

use crate::world::*;
use dime_registry::{Application, Caller, Kind, RegistrationId, Role, State};
use drip_det::{Hid, UnixTime};

#[test]
fn approved_it_is_as_if_decided_at_once() {
    let world = World::new();
    let asked =
        Application { not_after: Some(UnixTime(START + 9 * DAY)), ..application(Kind::Operator, "operator") };
    let waiting = world.waiting(asked, &Caller::Anonymous);
    let det = waiting.public.det;
    assert_eq!(waiting.public.state, State::Pending);
    assert!(waiting.public.endorsements.is_empty() && waiting.public.certificate.is_none());
    assert_eq!(world.signer.count(), 0, "nothing is signed before the decision");
    assert!(!world.is_in_dns(det));
    assert_eq!(world.registry.public_view(det).unwrap(), None, "that somebody waits is not public");

    world.clock.set(START + DAY);
    let approved = world.registry.approve(&waiting.id, &manager()).unwrap();
    assert_eq!(approved.public.state, State::Registered);
    assert_eq!(
        (approved.public.not_before, approved.public.not_after),
        (UnixTime(START + DAY), UnixTime(START + 9 * DAY))
    );
    assert_eq!(approved.public.endorsements.len(), 4);
    assert!(world.is_in_dns(det));
    let private = approved.private.unwrap();
    assert_eq!(private.decided_by.as_deref(), Some("token:manager-token"));
    assert_eq!(private.decided_at, Some(UnixTime(START + DAY)));
    let again = world.registry.approve(&waiting.id, &manager()).unwrap_err();
    assert_eq!(again.slug(), "not-pending");
}

#[test]
fn denied_it_leaves_its_key_free() {
    let world = World::new();
    let waiting = world.waiting(application(Kind::Operator, "operator"), &Caller::Anonymous);
    for reason in ["", "  ", &"x".repeat(501)] {
        assert_eq!(
            world.registry.deny(&waiting.id, reason, &manager()).unwrap_err().slug(),
            "malformed-field"
        );
    }
    let denied = world.registry.deny(&waiting.id, "no licence", &manager()).unwrap();
    assert_eq!((denied.public.state, denied.reason.as_deref()), (State::Denied, Some("no licence")));
    let seen = world.registry.registration(&waiting.id, &Caller::Anonymous).unwrap().unwrap();
    assert_eq!(seen.reason.as_deref(), Some("no licence"), "the applicant is told");
    assert_eq!(world.registry.approve(&waiting.id, &manager()).unwrap_err().slug(), "not-pending");
    assert_eq!(world.registry.deny(&waiting.id, "again", &manager()).unwrap_err().slug(), "not-pending");
    assert_eq!(world.signer.count(), 0);
    let again = world.waiting(application(Kind::Operator, "operator"), &Caller::Anonymous);
    assert_ne!(again.id, waiting.id);
    world.registry.approve(&again.id, &manager()).unwrap();
}

#[test]
fn only_managers_of_the_hda_decide() {
    let world = World::new();
    let waiting = world.waiting(application(Kind::Service, "service"), &Caller::Anonymous);
    let elsewhere = Hid::from_numbers(16376, 11).ok();
    let own = waiting.public.det;
    for caller in
        [Caller::Anonymous, Caller::Det(own), token(Role::Auditor, None), token(Role::Manager, elsewhere)]
    {
        assert_eq!(world.registry.approve(&waiting.id, &caller).unwrap_err().slug(), "forbidden");
        let error = world.registry.deny(&waiting.id, "no", &caller).unwrap_err();
        assert!(error.to_string().contains("registrations:decide"), "{error}");
    }
    let unknown = RegistrationId("019a0000-0000-7000-8000-000000000000".into());
    assert_eq!(world.registry.approve(&unknown, &manager()).unwrap_err().slug(), "not-found");
    world.registry.approve(&waiting.id, &token(Role::Manager, Some(hid()))).unwrap();
}

#[test]
fn what_became_impossible_while_it_waited() {
    let world = World::new();
    let operator = world.operator("operator");
    let asked = Application {
        operator: Some(operator),
        not_after: Some(UnixTime(START + 10)),
        operator_attestation: Some(attestation("operator", "service", START, START + DAY)),
        ..application(Kind::Service, "service")
    };
    let waiting = world.waiting(asked, &Caller::Anonymous);
    world.clock.set(START + 10);
    assert_eq!(world.registry.approve(&waiting.id, &manager()).unwrap_err().slug(), "validity-out-of-range");
    world.clock.set(START + 5);
    world.registry.revoke(operator, "fraud", &manager()).unwrap();
    assert_eq!(world.registry.approve(&waiting.id, &manager()).unwrap_err().slug(), "operator-not-valid");
    world.registry.deny(&waiting.id, "operator revoked", &manager()).unwrap();
}
