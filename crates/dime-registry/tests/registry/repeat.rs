//! The same request gives the same result, once.

use crate::world::*;
use dime_registry::{Application, Caller, Kind, Outcome, Renewal};
use drip_cert::pem;
use drip_det::UnixTime;

fn keyed(key: &str, name: &str) -> Application {
    Application { idempotency_key: Some(key.into()), ..application(Kind::Aircraft, name) }
}

#[test]
fn the_same_request_signs_nothing_new() {
    let world = World::new();
    world.operator("operator");
    let first = world.registered(session("operator", "session"), &Caller::Anonymous);
    let before = (world.store.last_seq(), world.signer.count());
    world.clock.set(START + 100);
    let again = world.registered(session("operator", "session"), &Caller::Anonymous);
    assert_eq!(again, first);
    let pem = pem::encode(pem::Label::CertificateRequest, &csr(&key("session"), None, None));
    let as_text = Application { csr: pem.into_bytes(), ..session("operator", "session") };
    assert_eq!(world.registered(as_text, &Caller::Anonymous), first);
    assert_eq!((world.store.last_seq(), world.signer.count()), before);
}

#[test]
fn what_waits_waits_once() {
    let world = World::new();
    let first = world.waiting(application(Kind::Operator, "operator"), &Caller::Anonymous);
    let before = world.store.last_seq();
    assert_eq!(world.waiting(application(Kind::Operator, "operator"), &Caller::Anonymous), first);
    assert_eq!(world.store.last_seq(), before);
}

#[test]
fn a_key_stands_for_one_content() {
    let world = World::new();
    let first = world.registered(keyed("k1", "aircraft"), &manager());
    let before = (world.store.last_seq(), world.signer.count());
    assert_eq!(world.registered(keyed("k1", "aircraft"), &manager()), first);
    for other in [
        keyed("k1", "other"),
        Application { not_after: Some(UnixTime(START + 100)), ..keyed("k1", "aircraft") },
        Application { contact: Some("mailto:x@example.com".into()), ..keyed("k1", "aircraft") },
        Application { kind: Kind::Session, ..keyed("k1", "aircraft") },
    ] {
        let error = world.registry.register(other, &manager()).unwrap_err();
        assert_eq!((error.slug(), error.field()), ("idempotency-key-reused", Some("idempotency_key")));
    }
    assert_eq!((world.store.last_seq(), world.signer.count()), before);

    // Another key for the same request: from then on it stands for this registration too.
    assert_eq!(world.registered(keyed("k2", "aircraft"), &manager()), first);
    let error = world.registry.register(keyed("k2", "other"), &manager()).unwrap_err();
    assert_eq!(error.slug(), "idempotency-key-reused");
    let world = world.restarted();
    assert_eq!(world.registered(keyed("k1", "aircraft"), &manager()).id, first.id);
}

#[test]
fn a_key_tells_how_it_ended() {
    let world = World::new();
    let view = world.registered(keyed("k", "aircraft"), &manager());
    world.registry.revoke(view.public.det, "lost", &manager()).unwrap();
    let outcome = world.registry.register(keyed("k", "aircraft"), &manager()).unwrap();
    assert!(matches!(outcome, Outcome::Ended(_)), "{outcome:?}");
    // Without the key it is an attempt to register a spent key.
    let error = world.registry.register(application(Kind::Aircraft, "aircraft"), &manager()).unwrap_err();
    assert_eq!(error.slug(), "hi-collision");
}

#[test]
fn an_intent_that_was_not_signed_is_completed_by_the_repeat() {
    let world = World::new();
    for budget in 0..SIGNATURES {
        let name = format!("aircraft {budget}");
        world.signer.budget.store(budget, std::sync::atomic::Ordering::SeqCst);
        let error = world.registry.register(application(Kind::Aircraft, &name), &manager()).unwrap_err();
        assert_eq!(error.slug(), "signer-failed");
        let det = drip_det::Det::derive(hid(), key(&name).hi());
        assert!(!world.is_in_dns(det) && world.registry.public_view(det).unwrap().is_none());
        world.signer.budget.store(usize::MAX, std::sync::atomic::Ordering::SeqCst);
        world.clock.set(START + 60);
        let view = world.registered(application(Kind::Aircraft, &name), &manager());
        assert_eq!(view.public.not_before, UnixTime(START), "as it was intended");
        assert!(world.is_in_dns(det));
        world.clock.set(START);
    }
}

#[test]
fn a_renewal_under_a_key_happens_once() {
    let world = World::new();
    let det = world.registered(application(Kind::Session, "session"), &manager()).public.det;
    world.clock.set(START + 100);
    let renewal = || Renewal { not_after: None, idempotency_key: Some("r1".into()) };
    let first = world.registry.renew(det, renewal(), &manager()).unwrap();
    let before = (world.store.last_seq(), world.signer.count());
    world.clock.set(START + 200);
    assert_eq!(world.registry.renew(det, renewal(), &manager()).unwrap(), first);
    let other = Renewal { not_after: Some(UnixTime(START + 1000)), ..renewal() };
    assert_eq!(world.registry.renew(det, other, &manager()).unwrap_err().slug(), "idempotency-key-reused");
    assert_eq!((world.store.last_seq(), world.signer.count()), before);
}
