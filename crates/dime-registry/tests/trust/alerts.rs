//! What ends between RAAs is told in time: trust lists, and endorsements across.

use crate::world::{DAY, LOCAL, START, World, endorse, list, ours, raa};
use dime_registry::AlertCause;
use dime_sign::Signer;
use drip_det::UnixTime;

/// What is told of trust; the rest is told elsewhere.
fn causes(world: &World) -> Vec<AlertCause> {
    let alerts = world.registry.alerts().unwrap().into_iter();
    let of_trust = |cause: &AlertCause| matches!(cause.name(), "trust-list-ending" | "cross-ending");
    alerts
        .filter(|alert| of_trust(&alert.cause))
        .inspect(|alert| assert_eq!(alert.det, ours().det()))
        .map(|alert| alert.cause)
        .collect()
}

#[test]
fn a_trust_list_that_ends() {
    let world = World::new();
    world.registry.store_trust_list(&list(&ours(), 1, &[&raa("other", 16377)]).encode(), &LOCAL).unwrap();
    assert!(causes(&world).is_empty());
    // It holds for 91 days, so it is told of in the last quarter of them, and after its end until there is a newer one.
    let ending = [AlertCause::TrustListEnding(UnixTime(START + 90 * DAY))];
    world.clock.set(START + 60 * DAY);
    assert!(causes(&world).is_empty());
    for day in [70, 91] {
        world.clock.set(START + day * DAY);
        assert_eq!(causes(&world), ending, "day {day}");
    }
    let health = world.registry.dki_health().unwrap();
    assert_eq!(health.alerts["trust-list-ending"], 1);
    assert_eq!(health.alerts.len(), AlertCause::NAMES.len());
    let said: Vec<String> = world.registry.alerts().unwrap().iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|words| words.starts_with("the trust list by 2001:3f:fe00:5:")), "{said:?}");
}

#[test]
fn cross_endorsements_that_end() {
    let world = World::new();
    let (ours, other) = (ours(), raa("other", 16377));
    let (issued, received) = (endorse(&ours, &other, START, 40), endorse(&other, &ours, START, 80));
    // The same twice is the same.
    world.registry.receive_cross(&[issued, issued], &LOCAL).unwrap();
    world.registry.receive_cross(&[received], &LOCAL).unwrap();
    assert!(causes(&world).is_empty());
    let ending = |days| AlertCause::CrossEnding { other: other.det(), at: UnixTime(START + days * DAY) };
    world.clock.set(START + 35 * DAY);
    assert_eq!(causes(&world), [ending(40)]);
    world.clock.set(START + 70 * DAY);
    assert_eq!(causes(&world), [ending(40), ending(80)]);
    // What was withdrawn is nobody's concern any more.
    world.registry.withdraw_cross(issued.parent, issued.child, &LOCAL).unwrap();
    assert_eq!(causes(&world), [ending(80)]);
}
