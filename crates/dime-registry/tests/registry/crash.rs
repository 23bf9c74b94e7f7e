//! A crash at every step: the journal is cut after each entry, and a registry opened over what is left.

use crate::world::*;
use dime_registry::{Caller, Kind, Policy, Renewal, State};
use dime_store::{ChangeKind, Seq, Store};
use drip_det::{Det, UnixTime};
use std::{collections::BTreeMap, sync::atomic::Ordering};

/// A store with the first entries of another's journal.
fn cut(store: &Store, length: u64) -> (tempfile::TempDir, std::sync::Arc<Store>) {
    let folder = tempfile::tempdir().unwrap();
    let copy = open_store(folder.path());
    for entry in store.changes(Seq::START).take(length as usize) {
        copy.commit(entry.unwrap().change).unwrap();
    }
    (folder, copy)
}

/// Everything that a stranger can learn.
fn public(world: &World, dets: &[Det]) -> BTreeMap<Det, (Option<dime_registry::PublicView>, bool)> {
    dets.iter().map(|&det| (det, (world.registry.public_view(det).unwrap(), world.is_in_dns(det)))).collect()
}

#[test]
fn after_every_entry_the_registry_comes_up_whole() {
    let world = World::new();
    let operator = world.operator("operator");
    let session_det = world.registered(session("operator", "session"), &Caller::Anonymous).public.det;
    let waiting = world.waiting(application(Kind::Service, "service"), &Caller::Anonymous);
    let service = world.registry.approve(&waiting.id, &manager()).unwrap().public.det;
    world.clock.set(START + 60);
    world.registry.renew(session_det, Renewal::default(), &Caller::Det(session_det)).unwrap();
    world.registry.revoke(service, "closed", &manager()).unwrap();
    let dets = [operator, session_det, service];
    let length = world.store.last_seq().0;
    let kinds: Vec<ChangeKind> =
        world.store.changes(Seq::START).map(|entry| entry.unwrap().change.kind).collect();

    let mut completed = 0;
    for step in 1..=length {
        let kind = kinds[step as usize - 1];
        let (folder, store) = cut(&world.store, step);
        let revived = World::over(folder, store, Policy::quickstart(), ManualClock::at(START + 3600));
        let intended = matches!(kind, ChangeKind::Issuing | ChangeKind::Renewing);
        completed += usize::from(intended);
        assert_eq!(revived.signer.count(), if intended { SIGNATURES } else { 0 }, "step {step}, {kind:?}");
        assert_eq!(revived.store.last_seq().0, step + u64::from(intended));
        // What was completed is, to the octet, what the entry after it says.
        if intended {
            let (_folder, next) = cut(&world.store, step + 1);
            let same = |store: &Store| dets.map(|det| store.registration_by_det(det).unwrap());
            assert_eq!(same(&revived.store), same(&next), "step {step}");
        }
        // The store and the DNS say the same, and nothing is half done.
        for (det, (view, in_dns)) in public(&revived, &dets) {
            let registered = view.as_ref().is_some_and(|view| view.state == State::Registered);
            assert_eq!(registered, in_dns, "{det} at step {step}");
            assert!(!registered || view.unwrap().endorsements.len() == 4);
        }
        let before = public(&revived, &dets);
        let revived = revived.restarted();
        assert_eq!(public(&revived, &dets), before, "a second start changes nothing");
        assert_eq!(revived.signer.count(), 0);
    }
    assert_eq!(completed, 4);
}

#[test]
fn an_intent_too_old_for_the_signer_is_decided_anew() {
    let world = World::new();
    world.signer.budget.store(1, Ordering::SeqCst);
    world.registry.register(application(Kind::Aircraft, "aircraft"), &manager()).unwrap_err();
    let det = Det::derive(hid(), key("aircraft").hi());
    world.clock.set(START + 30 * DAY);
    let world = world.restarted();
    let view = world.registry.public_view(det).unwrap().unwrap();
    assert_eq!((view.not_before, view.not_after), (UnixTime(START + 30 * DAY), UnixTime(START + 365 * DAY)));
    let kinds: Vec<_> = world.store.changes(Seq::START).map(|entry| entry.unwrap().change.kind).collect();
    assert!(
        kinds.ends_with(&[ChangeKind::Issuing, ChangeKind::Issuing, ChangeKind::Registered]),
        "{kinds:?}"
    );
}

#[test]
fn an_intent_whose_time_has_passed_is_ended_unsigned() {
    let world = World::new();
    world.signer.budget.store(0, Ordering::SeqCst);
    world.registry.register(application(Kind::Session, "session"), &manager()).unwrap_err();
    let det = Det::derive(hid(), key("session").hi());
    world.clock.set(START + 2 * DAY);
    let world = world.restarted();
    assert_eq!(world.signer.count(), 0);
    assert!(!world.is_in_dns(det));
    assert_eq!(world.registry.public_view(det).unwrap().unwrap().state, State::Expired);
    assert_eq!(world.registry.next_expiry().unwrap(), Some(issuers_end()), "nothing but the authorities");
}
