//! A crash at every step: the journal is cut after each entry, and a registry opened over what is left.

use crate::world::*;
use dime_registry::{Caller, Kind, Policy, Renewal, State};
use dime_store::{Actor, Change, ChangeKind, Expect, Seq, Store, Write};
use drip_cert::full::KeyUsage;
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

/// What the configuration says between a decision and its signatures must not matter.
#[test]
fn an_intent_is_signed_as_it_was_decided_whatever_the_configuration_says_now() {
    let decided = || {
        let mut policy = Policy::quickstart();
        policy.certificate_uri = Some("https://before.example/".to_owned());
        policy.full_key_usage = KeyUsage::Present;
        policy.revocation.origin = Some("https://before.example".to_owned());
        policy.revocation.shards = 4;
        policy
    };
    let mut later = Policy::quickstart();
    later.certificate_uri = Some("https://after.example/".to_owned());
    later.revocation.origin = Some("https://after.example".to_owned());
    later.aircraft.as_mut().unwrap().profiles = dime_registry::ProfileSet::LITE;

    let world = World::with_policy(decided());
    let det = world.registered(application(Kind::Aircraft, "aircraft"), &manager()).public.det;
    world.clock.set(START + 60);
    world.registry.renew(det, Renewal::default(), &Caller::Det(det)).unwrap();
    let length = world.store.last_seq().0;
    let mut cuts = 0;
    for step in 1..=length {
        let entry = world.store.changes(Seq(step - 1)).next().unwrap().unwrap();
        if !matches!(entry.change.kind, ChangeKind::Issuing | ChangeKind::Renewing) {
            continue;
        }
        cuts += 1;
        let (folder, store) = cut(&world.store, step);
        let revived = World::over(folder, store, later.clone(), ManualClock::at(START + 3600));
        let (_folder, whole) = cut(&world.store, step + 1);
        let record = revived.store.registration_by_det(det).unwrap().unwrap();
        assert_eq!(Some(&record), whole.registration_by_det(det).unwrap().as_ref(), "entry {step}");
        assert_eq!((record.terms.clone(), record.renewal.clone()), (None, None));
        let text = |der: &[u8]| String::from_utf8_lossy(der).into_owned();
        let mtls = text(record.mtls.unwrap().der.as_ref().unwrap());
        assert!(mtls.contains("https://before.example/pki/") && !mtls.contains("after.example"));
        assert!(text(record.certificate.as_ref().unwrap()).contains("https://before.example/"));
        // Decided under the new configuration, it is signed under the new one.
        revived.clock.set(START + 7200);
        revived.registry.renew(det, Renewal::default(), &Caller::Det(det)).unwrap();
        let record = revived.store.registration_by_det(det).unwrap().unwrap();
        assert!(text(record.certificate.as_ref().unwrap()).contains("https://after.example/"));
        assert_eq!(record.full, None);
    }
    assert_eq!(cuts, 2);
}

/// Intents of before, which do not say what goes into certificates, are completed all the same.
#[test]
fn an_intent_of_an_older_version_is_signed_as_the_configuration_says() {
    let world = World::new();
    world.signer.budget.store(0, Ordering::SeqCst);
    world.registry.register(application(Kind::Aircraft, "aircraft"), &manager()).unwrap_err();
    let det = Det::derive(hid(), key("aircraft").hi());
    let mut record = world.store.registration_by_det(det).unwrap().unwrap();
    assert!(record.terms.take().is_some());
    let expect = Expect::Version(record.version);
    let writes = vec![Write::PutRegistration { record: Box::new(record), expect }];
    let change = Change { actor: Actor::System, at: UnixTime(START), kind: ChangeKind::Issuing, writes };
    world.store.commit(change).unwrap();
    let mut policy = Policy::quickstart();
    policy.certificate_uri = Some("https://now.example/".to_owned());
    let (folder, store) = cut(&world.store, world.store.last_seq().0);
    let world = World::over(folder, store, policy, ManualClock::at(START));
    let lite = world.registry.public_view(det).unwrap().unwrap().certificate.unwrap();
    assert!(String::from_utf8_lossy(&lite).contains("https://now.example/"));
}
