//! The disk fails, in every operation and in every way: nothing acknowledged is lost, nothing is half done, and a repeat mends it.

use crate::world::*;
use dime_registry::{Caller, Kind, Policy, Renewal, State};
use dime_store::{
    MemoryIndex, Options, Store,
    battery::{Fault, SimulatedDisk},
};
use drip_det::{Det, UnixTime};
use std::sync::Arc;

fn world_on(disk: &SimulatedDisk) -> World {
    let options = Options { segment_size: 8 << 10, ..Options::default() };
    let store =
        Arc::new(Store::open_on(Box::new(disk.clone()), Box::new(MemoryIndex::new()), options).unwrap());
    if store.authorities().unwrap().is_empty() {
        found(&store, START - DAY);
    }
    World::over(tempfile::tempdir().unwrap(), store, Policy::quickstart(), ManualClock::at(START))
}

/// How far the work came before something failed.
#[derive(Default, Debug)]
struct Acknowledged {
    registered: Vec<Det>,
    renewed: Option<Det>,
    revoked: Option<Det>,
}

/// Registers an operator and three sessions, renews one and revokes another, until something fails.
fn work(world: &World, done: &mut Acknowledged) -> Result<(), &'static str> {
    let operator = world.registry.register(application(Kind::Operator, "operator"), &manager());
    done.registered.push(operator.map_err(|error| error.slug())?.registration().public.det);
    for name in ["one", "two", "three"] {
        let outcome = world.registry.register(session("operator", name), &Caller::Anonymous);
        done.registered.push(outcome.map_err(|error| error.slug())?.registration().public.det);
    }
    let [_, one, two, ..] = done.registered[..] else { panic!() };
    let renewal =
        Renewal { not_after: Some(UnixTime(START + 3 * DAY)), idempotency_key: Some("renewal".into()) };
    world.registry.renew(one, renewal, &Caller::Det(one)).map_err(|error| error.slug())?;
    done.renewed = Some(one);
    world.registry.revoke(two, "landed", &Caller::Det(two)).map_err(|error| error.slug())?;
    done.revoked = Some(two);
    Ok(())
}

fn check(world: &World, done: &Acknowledged) {
    for &det in &done.registered {
        let view = world.registry.public_view(det).unwrap().expect("an acknowledged registration is lost");
        match view.state {
            State::Registered => assert_eq!(view.endorsements.len(), 4),
            // A revocation that was asked for and not acknowledged may have happened.
            state => assert_eq!((state, det), (State::Revoked, done.registered[2])),
        }
        assert_eq!(world.is_in_dns(det), view.state == State::Registered);
    }
    if let Some(det) = done.renewed {
        assert_eq!(world.registry.public_view(det).unwrap().unwrap().not_after, UnixTime(START + 3 * DAY));
    }
    if let Some(det) = done.revoked {
        assert_eq!(world.registry.public_view(det).unwrap().unwrap().state, State::Revoked);
    }
}

#[test]
fn every_operation_of_the_disk_fails() {
    for fault in [Fault::NotDone, Fault::DoneButReported, Fault::HalfDone] {
        for operation in 0.. {
            let disk = SimulatedDisk::new();
            let world = world_on(&disk);
            disk.fail_after(operation, fault);
            let mut done = Acknowledged::default();
            let result = work(&world, &mut done);
            if disk.disarm() {
                assert!(operation > 5, "the fault never came: {operation}");
                break;
            }
            // Renewing and revoking work on what is there, so a repeat in the same process may succeed or not; it never lies.
            let slug = result.expect_err("a fault of the disk went unnoticed");
            assert!(["store-unavailable", "store-unknown"].contains(&slug), "{slug}");
            assert_eq!(
                world.registry.ready().is_err(),
                slug == "store-unknown",
                "ready until only a restart helps"
            );
            drop(world);

            let world = world_on(&disk);
            check(&world, &done);
            let mut again = Acknowledged::default();
            match work(&world, &mut again) {
                Ok(()) => check(&world, &again),
                // The revocation happened without being acknowledged: its session cannot be registered again.
                Err(slug) => assert_eq!((slug, done.renewed.is_some()), ("hi-collision", true)),
            }
        }
    }
}

#[test]
fn a_full_disk_refuses_and_recovers() {
    let disk = SimulatedDisk::new();
    let world = world_on(&disk);
    // Room for a few segments of the journal.
    disk.limit_space(Some(disk.used() + (32 << 10)));
    let mut registered = Vec::new();
    let error = loop {
        let name = registered.len().to_string();
        match world.registry.register(application(Kind::Aircraft, &name), &manager()) {
            Ok(outcome) => registered.push(outcome.registration().public.det),
            Err(error) => break error,
        }
    };
    assert_eq!(error.slug(), "store-unavailable");
    assert!(
        !registered.is_empty() && registered.iter().all(|&det| world.is_in_dns(det)),
        "the DNS answers on"
    );
    assert!(world.registry.public_view(registered[0]).unwrap().is_some(), "and reads do");
    disk.limit_space(None);
    let name = registered.len().to_string();
    let view = world.registered(application(Kind::Aircraft, &name), &manager());
    assert!(world.is_in_dns(view.public.det), "the same request succeeds when there is room again");
}
