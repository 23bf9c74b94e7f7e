//! Cross-endorsements in the DNS: in the zone of who gave them, signed with it, found by who trusts that RAA, gone when withdrawn.

use crate::world::{LOCAL, START, World, endorse, ours, raa};
use dime_registry::{Policy, Registry};
use dime_sign::Signer;
use dime_zone::{Class, Name, Question, RecordType, Zones};
use drip_client::chain::{Anchor, Conditions, Lookup, LookupError, Published, State, Trust, verify_under};
use drip_det::{Det, UnixTime};
use drip_wire::{Endorsement, rdata::Brid};
use std::sync::Arc;

struct Dns(Arc<Zones>);

impl Lookup for Dns {
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        let name: Name = det.owner_name().parse().unwrap();
        let mut published = Published::default();
        for (_, number) in Published::TYPES {
            let question = Question { name: &name, class: Class::IN, record_type: RecordType(number) };
            let records = self.0.lookup(question).answers.into_iter().map(|record| record.rdata);
            *published.of_type_mut(number).unwrap() = records.collect();
        }
        if published.is_empty() { Err(LookupError::NotRegistered("NODATA".into())) } else { Ok(published) }
    }
}

fn shown(zones: &Arc<Zones>, det: Det) -> Vec<Endorsement> {
    let published = Dns(zones.clone()).records(det).unwrap();
    Brid::decode(&published.brid[0]).unwrap().endorsements().unwrap()
}

#[test]
fn those_given_are_shown_by_who_gave_them_until_they_are_withdrawn() {
    let world = World::new();
    let (ours, other, third) = (ours(), raa("other", 16377), raa("third", 16378));
    let before = shown(&world.zones, ours.det());
    assert_eq!(before.len(), 1, "the endorsement of itself");
    let serial = || world.zones.serial(drip_det::ZoneCut::raa_of(ours.det().hid())).unwrap();
    let first = serial();
    let (to_other, to_third) = (endorse(&ours, &other, START, 30), endorse(&ours, &third, START, 30));
    world.registry.receive_cross(&[to_other, to_third], &LOCAL).unwrap();
    world.registry.receive_cross(&[endorse(&other, &ours, START, 30)], &LOCAL).unwrap();
    let mut given = vec![to_other, to_third];
    given.sort_by_key(|each| each.child);
    let expected = |given: &[Endorsement]| [before.as_slice(), given].concat();
    assert_eq!(shown(&world.zones, ours.det()), expected(&given), "what others gave is for them to show");
    assert!(serial() != first, "secondaries see it by the serial");

    // A user who has our anchor, or finds it, still believes the RAA that shows them.
    let anchor = Anchor::new(ours.det(), *ours.hi()).unwrap();
    let now = UnixTime(START);
    let trust = Trust::of_anchors(&[anchor], now);
    let report = verify_under(ours.det(), &Dns(world.zones.clone()), &trust, &Conditions::at(now));
    assert_eq!(report.state, State::Registered, "{}", report.reason);

    // After a restart they are there still.
    let zones = Arc::new(Zones::new());
    let policy = Policy::quickstart();
    let _registry =
        Registry::open(world.store.clone(), Vec::new(), policy, zones.clone(), world.clock.clone()).unwrap();
    assert_eq!(shown(&zones, ours.det()), expected(&given));

    world.registry.withdraw_cross(to_other.parent, to_other.child, &LOCAL).unwrap();
    assert_eq!(shown(&world.zones, ours.det()), expected(&[to_third]));
    world.registry.withdraw_cross(to_third.parent, to_third.child, &LOCAL).unwrap();
    assert_eq!(shown(&world.zones, ours.det()), before);
    // Given again, it is shown again.
    world.registry.receive_cross(&[to_other], &LOCAL).unwrap();
    assert_eq!(shown(&world.zones, ours.det()), expected(&[to_other]));
}
