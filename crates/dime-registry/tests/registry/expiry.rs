//! Expiry: out of the DNS on time, and said so in the journal.

use crate::world::*;
use dime_registry::{Application, Caller, Kind, Renewal, State};
use dime_store::{Actor, ChangeKind, Seq};
use drip_det::UnixTime;

fn until(name: &str, end: u64) -> Application {
    Application { not_after: Some(UnixTime(end)), ..application(Kind::Session, name) }
}

#[test]
fn valid_through_its_last_second_and_gone_after_it() {
    let world = World::new();
    assert_eq!(world.registry.next_expiry().unwrap(), Some(issuers_end()), "the authorities end, too");
    let one = world.registered(until("one", START + 100), &manager()).public.det;
    let two = world.registered(until("two", START + 200), &manager()).public.det;
    assert_eq!(world.registry.next_expiry().unwrap(), Some(UnixTime(START + 101)));
    world.clock.set(START + 100);
    assert_eq!(world.registry.expire_due().unwrap(), 0);
    assert_eq!(world.registry.public_view(one).unwrap().unwrap().state, State::Registered);
    world.clock.set(START + 101);
    assert_eq!(world.registry.public_view(one).unwrap().unwrap().state, State::Expired, "swept or not");
    assert_eq!(world.registry.expire_due().unwrap(), 1);
    assert!(!world.is_in_dns(one) && world.is_in_dns(two));
    assert_eq!(world.registry.next_expiry().unwrap(), Some(UnixTime(START + 201)));
    let last = world.store.changes(Seq(world.store.last_seq().0 - 1)).next().unwrap().unwrap();
    assert_eq!((last.change.kind, last.change.actor), (ChangeKind::Expired, Actor::System));

    let world = world.restarted();
    assert!(!world.is_in_dns(one) && world.is_in_dns(two));
    let error = world.registry.register(until("one", START + 500), &manager()).unwrap_err();
    assert_eq!(error.slug(), "hi-collision", "its key is spent");
    assert_eq!(world.registry.revoke(one, "late", &manager()).unwrap_err().slug(), "not-registered");
}

#[test]
fn many_at_once_and_what_was_renewed_stays() {
    let world = World::new();
    for number in 0..250 {
        world.registered(until(&format!("session {number}"), START + 100), &manager());
    }
    let renewed = world.registered(until("renewed", START + 100), &manager()).public.det;
    world.clock.set(START + 50);
    world.registry.renew(renewed, Renewal::default(), &Caller::Det(renewed)).unwrap();
    world.clock.set(START + 101);
    let before = world.store.last_seq().0;
    assert_eq!(world.registry.expire_due().unwrap(), 250);
    assert!(world.store.last_seq().0 - before <= 2, "in few commits");
    assert!(world.is_in_dns(renewed));
    assert_eq!(world.registry.expire_due().unwrap(), 0);
}
