//! Acting for an operator needs that operator's consent.

use crate::world::*;
use dime_registry::{Application, Caller, Kind, Policy, Role, State, Vouching};
use dime_store::Evidence;
use drip_det::Det;

fn det_of(name: &str) -> Det {
    Det::derive(hid(), key(name).hi())
}

#[track_caller]
fn refused(world: &World, application: Application, caller: &Caller, slug: &str, field: &str) {
    let before = (world.store.last_seq(), world.signer.count());
    let error = world.registry.register(application, caller).expect_err(slug);
    assert_eq!((error.slug(), error.field()), (slug, Some(field)), "{error}");
    assert_eq!((world.store.last_seq(), world.signer.count()), before);
}

#[test]
fn an_attestation_is_enough() {
    let world = World::new();
    let operator = world.operator("operator");
    let view = world.registered(session("operator", "session"), &Caller::Anonymous);
    assert_eq!(view.private.unwrap().operator, Some(operator));
    let record = world.store.registration(&view.id).unwrap().unwrap();
    let kept = attestation("operator", "session", START, START + DAY);
    assert_eq!(record.evidence, Some(Evidence::Attestation(kept)));
}

#[test]
fn a_signed_request_is_enough() {
    let world = World::new();
    let operator = world.operator("operator");
    let signed = Application { evidence: Some(b"base".to_vec()), ..application(Kind::Aircraft, "aircraft") };
    let view = world.registered(signed, &Caller::Det(operator));
    assert_eq!(view.private.unwrap().operator, Some(operator), "who signed is the operator");
    let record = world.store.registration(&view.id).unwrap().unwrap();
    assert_eq!(record.evidence, Some(Evidence::MessageSignature { operator, signed: b"base".to_vec() }));
}

#[test]
fn a_manager_vouches_where_policy_lets_him() {
    let world = World::new();
    let operator = world.operator("operator");
    let named = Application { operator: Some(operator), ..application(Kind::Session, "session") };
    let view = world.registered(named.clone(), &manager());
    let record = world.store.registration(&view.id).unwrap().unwrap();
    assert_eq!(record.evidence, Some(Evidence::Vouched { by: "token:manager-token".into() }));

    let world = World::with_policy(Policy { managers_vouch: Vouching::Refused, ..Policy::quickstart() });
    world.operator("operator");
    refused(&world, named, &manager(), "operator-proof-missing", "operator_attestation");
    refused(&world, application(Kind::Session, "session"), &manager(), "operator-missing", "operator");
    world.registered(session("operator", "session"), &manager());
}

#[test]
fn consent_that_is_missing_or_none() {
    let world = World::new();
    let operator = world.operator("operator");
    let good = || session("operator", "session");
    let attested = |octets: Vec<u8>| Application { operator_attestation: Some(octets), ..good() };
    let nobody = &Caller::Anonymous;
    let attestation_field = "operator_attestation";
    for kind in [Kind::Aircraft, Kind::Session] {
        refused(&world, application(kind, "session"), nobody, "operator-missing", "operator");
    }
    let silent = Application { operator_attestation: None, ..good() };
    refused(&world, silent.clone(), nobody, "operator-proof-missing", attestation_field);
    refused(&world, silent.clone(), &token(Role::Auditor, None), "operator-proof-missing", attestation_field);
    refused(&world, silent, &Caller::Det(det_of("aircraft")), "operator-proof-invalid", attestation_field);

    let proof = attestation("operator", "session", START, START + DAY);
    for at in 0..proof.len() {
        let mut changed = proof.clone();
        changed[at] ^= 1;
        refused(&world, attested(changed), nobody, "operator-proof-invalid", attestation_field);
    }
    for length in 0..proof.len() {
        refused(
            &world,
            attested(proof[..length].to_vec()),
            nobody,
            "operator-proof-invalid",
            attestation_field,
        );
    }
    for (operator, newcomer, from, until) in [
        ("session", "session", START, START + DAY),
        ("operator", "other", START, START + DAY),
        ("operator", "session", START - DAY, START - 1),
        ("operator", "session", START + 1, START + DAY),
    ] {
        let other =
            if operator == newcomer { vec![0; 136] } else { attestation(operator, newcomer, from, until) };
        refused(&world, attested(other), nobody, "operator-proof-invalid", attestation_field);
    }
    assert!(world.store.registration_by_det(operator).unwrap().is_some());
    world.registered(good(), nobody);
}

#[test]
fn operators_that_are_none() {
    let world = World::new();
    refused(&world, session("operator", "session"), &Caller::Anonymous, "unknown-operator", "operator");
    let operator = det_of("operator");
    let named = Application { operator: Some(operator), ..application(Kind::Session, "session") };
    refused(&world, named, &manager(), "unknown-operator", "operator");
    world.registered(application(Kind::Aircraft, "operator"), &manager());
    refused(&world, session("operator", "session"), &Caller::Anonymous, "not-an-operator", "operator");
}

#[test]
fn operators_that_are_not_in_force() {
    let world = World::new();
    world.waiting(application(Kind::Operator, "waiting"), &Caller::Anonymous);
    refused(&world, session("waiting", "session"), &Caller::Anonymous, "operator-not-valid", "operator");

    let revoked = world.operator("revoked");
    world.registry.revoke(revoked, "fraud", &manager()).unwrap();
    refused(&world, session("revoked", "session"), &Caller::Anonymous, "operator-not-valid", "operator");
    refused(&world, session("revoked", "session"), &manager(), "operator-not-valid", "operator");

    let short = Application {
        not_after: Some(drip_det::UnixTime(START + 10)),
        ..application(Kind::Operator, "expiring")
    };
    world.registered(short, &manager());
    world.clock.set(START + 10);
    world.registered(session("expiring", "in time"), &Caller::Anonymous);
    world.clock.set(START + 11);
    let error = world.registry.register(session("expiring", "late"), &Caller::Anonymous).unwrap_err();
    assert_eq!(error.slug(), "operator-not-valid");
    assert!(error.to_string().contains(State::Expired.name()), "expired although nobody swept: {error}");
}
