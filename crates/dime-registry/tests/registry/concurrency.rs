//! Many threads at once.

use crate::world::*;
use dime_registry::{Application, Caller, Kind, Outcome, Renewal};
use std::{collections::BTreeSet, sync::Barrier, thread};

const THREADS: usize = 8;

fn all_at_once<T: Send>(act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        let (act, barrier) = (&act, &barrier);
        let started: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    barrier.wait();
                    act(thread)
                })
            })
            .collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn identical_requests_give_one_registration() {
    let world = World::new();
    for round in 0..10 {
        let name = format!("aircraft {round}");
        let before = (world.store.last_seq().0, world.signer.count());
        let ids: BTreeSet<_> =
            all_at_once(|_| world.registered(application(Kind::Aircraft, &name), &manager()).id)
                .into_iter()
                .collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(
            (world.store.last_seq().0, world.signer.count()),
            (before.0 + 2, before.1 + SIGNATURES),
            "two commits, the signatures of one issuance"
        );
    }
}

#[test]
fn one_key_with_different_requests_gives_one_registration() {
    let world = World::new();
    for round in 0..10 {
        let results = all_at_once(|thread| {
            let name = format!("aircraft {round} {thread}");
            let keyed = Application {
                idempotency_key: Some(format!("key {round}")),
                ..application(Kind::Aircraft, &name)
            };
            world.registry.register(keyed, &manager()).map_err(|error| error.slug())
        });
        let (good, bad): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(good.len(), 1);
        assert!(bad.into_iter().all(|result| result.unwrap_err() == "idempotency-key-reused"));
    }
}

#[test]
fn different_requests_all_succeed() {
    let world = World::new();
    world.operator("operator");
    let dets: BTreeSet<_> = all_at_once(|thread| {
        (0..10)
            .map(|number| {
                world
                    .registered(session("operator", &format!("{thread} {number}")), &Caller::Anonymous)
                    .public
                    .det
            })
            .collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    assert_eq!(dets.len(), THREADS * 10);
    assert!(dets.iter().all(|&det| world.is_in_dns(det)));
}

#[test]
fn no_session_slips_past_its_operators_revocation() {
    let world = World::new();
    for round in 0..10 {
        let name = format!("operator {round}");
        let operator = world.operator(&name);
        let results = all_at_once(|thread| {
            if thread == 0 {
                let dependants = world.registry.revoke(operator, "fraud", &manager()).unwrap().dependants;
                return Err(dependants);
            }
            let session = session(&name, &format!("{round} {thread}"));
            Ok(world.registry.register(session, &Caller::Anonymous).ok())
        });
        let mut dependants = Vec::new();
        let mut registered = BTreeSet::new();
        for result in results {
            match result {
                Err(listed) => dependants = listed,
                Ok(Some(Outcome::Registered(view))) => {
                    registered.insert(view.public.det);
                }
                Ok(_) => {}
            }
        }
        assert_eq!(
            dependants.into_iter().collect::<BTreeSet<_>>(),
            registered,
            "whoever came first is on the list"
        );
    }
}

#[test]
fn renewals_and_expiry_meet_without_loss() {
    let world = World::new();
    let dets: Vec<_> = (0..40)
        .map(|number| {
            world.registered(application(Kind::Session, &number.to_string()), &manager()).public.det
        })
        .collect();
    world.clock.set(START + DAY);
    all_at_once(|thread| {
        for &det in dets.iter().skip(thread).step_by(THREADS).take(2) {
            world.registry.renew(det, Renewal::default(), &manager()).unwrap();
        }
        world.registry.expire_due().unwrap()
    });
    world.clock.set(START + DAY + 1);
    let ended: usize = all_at_once(|_| world.registry.expire_due().unwrap()).into_iter().sum();
    assert_eq!(ended, 40 - 2 * THREADS);
    assert_eq!(dets.iter().filter(|&&det| world.is_in_dns(det)).count(), 2 * THREADS);
}
