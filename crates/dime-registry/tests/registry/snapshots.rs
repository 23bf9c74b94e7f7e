//! Snapshots: a registry that starts from one is the same as one that starts from the whole feed, whatever happened before, after and to it.

use crate::world::*;
use dime_registry::{
    Caller, IssuerKeys, KeepError, Kind, ListForm, Policy, Registry, Renewal, SystemEntropy,
};
use dime_store::{Checked, MemoryIndex, Options, Seq, Store, battery::SimulatedDisk};
use dime_zone::{
    ExportForm, Published, Serial, Zones,
    snapshot::{
        battery::{SimulatedShelf, Unsynced},
        shelf::Shelf,
    },
};
use drip_det::Det;
use std::sync::Arc;

const MANIFEST: &str = "registry.snapshot";

/// A registry over a store and a shelf.
fn open(store: &Arc<Store>, policy: &Policy, shelf: Option<&dyn Shelf>) -> World {
    let clock = ManualClock::at(START + 3600);
    let signer = watched_signer(store, usize::MAX);
    let zones = Arc::new(Zones::new());
    let keys = vec![IssuerKeys::for_all_kinds(signer.clone())];
    let sources: (Arc<dyn dime_registry::Clock>, Arc<dyn dime_registry::Entropy>) =
        (clock.clone(), Arc::new(SystemEntropy));
    let registry =
        Registry::open_from(store.clone(), keys, policy.clone(), zones.clone(), sources, shelf).unwrap();
    World { folder: tempfile::tempdir().unwrap(), store: store.clone(), zones, clock, signer, registry }
}

/// Everything that the DNS, the lists and the managers see.
fn said(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for summary in world.zones.summaries() {
        let mut text = Vec::new();
        world.zones.export(summary.cut, ExportForm::Native, &mut text).unwrap();
        all.push(format!("{} {} {}", summary.dets, summary.delegations, summary.templates));
        all.push(String::from_utf8(text).unwrap());
    }
    for report in world.registry.authorities(&manager()).unwrap() {
        all.push(format!("{report:?}"));
    }
    for authority in world.registry.authorities(&manager()).unwrap() {
        if let Ok(list) = world.registry.revocation_list(authority.authority.det, None, ListForm::Complete) {
            all.push(format!("{:?}", list.der));
        }
    }
    all
}

/// A store in which everything happened once.
fn history() -> World {
    let world = World::new();
    let operator = world.operator("operator");
    let session_det = world.registered(session("operator", "session"), &Caller::Anonymous).public.det;
    let waiting = world.waiting(application(Kind::Service, "service"), &Caller::Anonymous);
    let service = world.registry.approve(&waiting.id, &manager()).unwrap().public.det;
    let denied = world.waiting(application(Kind::Service, "denied"), &Caller::Anonymous);
    world.registry.deny(&denied.id, "no", &manager()).unwrap();
    world.clock.set(START + 60);
    world.registry.renew(session_det, Renewal::default(), &Caller::Det(session_det)).unwrap();
    world.registry.revoke(service, "closed", &manager()).unwrap();
    let aircraft = world.registered(application(Kind::Aircraft, "aircraft"), &manager()).public.det;
    world.registry.revoke(aircraft, "lost", &manager()).unwrap();
    world.registered(application(Kind::Aircraft, "another"), &manager());
    assert!(world.is_in_dns(operator) && !world.is_in_dns(aircraft));
    world
}

/// The first changes of a journal as a store of its own.
fn first(of: &Store, length: u64) -> Arc<Store> {
    let disk = SimulatedDisk::new();
    let store = Store::open_on(Box::new(disk), Box::new(MemoryIndex::new()), Options::default()).unwrap();
    for entry in of.changes(Seq::START).take(length as usize) {
        store.commit(entry.unwrap().change).unwrap();
    }
    Arc::new(store)
}

/// A snapshot after so many changes: followed as they come, without what a registry does when it opens.
fn snapshot_after(of: &Store, length: u64) -> SimulatedShelf {
    let shelf = SimulatedShelf::default();
    let world = open(&first(of, length), &Policy::quickstart(), None);
    world.registry.keep_snapshot(&shelf).unwrap();
    shelf
}

/// Every snapshot with every length of the journal: after it, at it, and before it, as after a backup was restored.
#[test]
fn a_snapshot_is_nothing_but_a_shortcut() {
    let world = history();
    let last = world.store.last_seq().0;
    let policy = Policy::quickstart();
    let mut used = 0;
    for length in (4..=last).rev().step_by(2) {
        let store = first(&world.store, length);
        // What opening commits is there for both.
        drop(open(&store, &policy, None));
        let expected = said(&open(&store, &policy, None));
        for of in 4..=last {
            let shelf = snapshot_after(&world.store, of);
            let read = shelf.octets_read();
            let revived = open(&store, &policy, Some(&shelf));
            assert_eq!(said(&revived), expected, "{length} changes and a snapshot of {of}");
            assert!(shelf.octets_read() > read);
            used += usize::from(revived.registry.changes_since_snapshot() < revived.store.last_seq().0);
        }
    }
    assert!(used > 20, "{used}");
}

#[test]
fn what_was_revoked_after_the_snapshot_stays_revoked() {
    let world = World::new();
    let shelf = SimulatedShelf::default();
    let dets: Vec<Det> = (0..30)
        .map(|number| {
            world.registered(application(Kind::Aircraft, &format!("{number}")), &manager()).public.det
        })
        .collect();
    let kept = world.registry.keep_snapshot(&shelf).unwrap().unwrap();
    assert_eq!((kept.seq, kept.dets), (world.store.last_seq(), 30 + 4));
    assert_eq!(world.registry.changes_since_snapshot(), 0);
    for det in &dets[..10] {
        world.registry.revoke(*det, "lost", &manager()).unwrap();
    }
    let revived = open(&world.store, &Policy::quickstart(), Some(&shelf));
    assert_eq!(revived.registry.changes_since_snapshot(), 10, "it began with the snapshot");
    for (index, det) in dets.iter().enumerate() {
        assert_eq!(revived.is_in_dns(*det), index >= 10);
    }
    assert_eq!(said(&revived), said(&open(&world.store, &Policy::quickstart(), None)));
}

/// Whatever happened to the files, the registry is the same.
#[test]
fn a_damaged_snapshot_is_passed_over() {
    let world = history();
    let policy = Policy::quickstart();
    let shelf = SimulatedShelf::default();
    world.registry.keep_snapshot(&shelf).unwrap();
    let expected = said(&open(&world.store, &policy, None));
    let mut passed_over = 0;
    for name in shelf.names().unwrap() {
        let good = shelf.octets(&name);
        let step = (good.len() / 150).max(1);
        for at in (0..good.len()).step_by(step) {
            let mut octets = good.clone();
            octets[at] ^= 1 << (at % 8);
            for damaged in [octets, good[..at].to_vec()] {
                shelf.place(&name, damaged);
                let revived = open(&world.store, &policy, Some(&shelf));
                assert_eq!(
                    revived.registry.changes_since_snapshot(),
                    world.store.last_seq().0,
                    "{name} {at}"
                );
                assert_eq!(said(&revived), expected, "{name}, octet {at}");
                passed_over += 1;
            }
        }
        // Each as if it belonged to another snapshot.
        let other = snapshot_after(&world.store, world.store.last_seq().0 - 1);
        if name != MANIFEST && other.names().unwrap().contains(&name) && other.octets(&name) != good {
            shelf.place(&name, other.octets(&name));
            assert_eq!(said(&open(&world.store, &policy, Some(&shelf))), expected, "{name} of another");
        }
        shelf.place(&name, good.clone());
        shelf.remove(&name).unwrap();
        assert_eq!(said(&open(&world.store, &policy, Some(&shelf))), expected, "{name} is missing");
        shelf.place(&name, good);
    }
    assert!(passed_over > 500, "{passed_over}");
    assert_eq!(open(&world.store, &policy, Some(&shelf)).registry.changes_since_snapshot(), 0, "mended");
}

#[test]
fn another_configuration_makes_other_zones() {
    let world = history();
    let shelf = SimulatedShelf::default();
    world.registry.keep_snapshot(&shelf).unwrap();
    let mut policy = Policy::quickstart();
    policy.publication.operational_ttl = 7;
    policy.publication.name_servers = vec!["elsewhere.example.".to_owned()];
    let revived = open(&world.store, &policy, Some(&shelf));
    let all = said(&revived);
    assert_eq!(all, said(&open(&world.store, &policy, None)));
    assert!(
        all.iter().any(|text| text.contains("elsewhere.example.") && text.contains(" 7 IN HHIT")),
        "{all:?}"
    );
}

/// A snapshot that fits in every respect and is not true: its zone has a DET that nobody registered.
#[test]
fn a_snapshot_that_the_store_contradicts_is_passed_over() {
    let world = history();
    let det = Det::derive(hid(), key("nobody").hi());
    let record = world.store.registration_by_det(Det::derive(hid(), key("another").hi())).unwrap().unwrap();
    let false_det = Published {
        det,
        hi: *key("nobody").hi(),
        ttl: 60,
        entity_type: record.entity_type,
        abbreviation: hid().abbreviation(),
        certificate: record.certificate.unwrap(),
        brid: None,
        uri: None,
        vnb: drip_det::DripTime(1),
        vna: drip_det::DripTime(2),
    };
    world.zones.publish(&false_det, Serial(1)).unwrap();
    let shelf = SimulatedShelf::default();
    world.registry.keep_snapshot(&shelf).unwrap();
    let revived = open(&world.store, &Policy::quickstart(), Some(&shelf));
    assert!(!revived.is_in_dns(det));
    assert_eq!(said(&revived), said(&open(&world.store, &Policy::quickstart(), None)));
}

/// The process is killed, or the power fails, before every step of replacing a snapshot.
#[test]
fn there_is_always_a_whole_snapshot() {
    let world = history();
    let policy = Policy::quickstart();
    let expected = said(&open(&world.store, &policy, None));
    let last = world.store.last_seq().0;
    for steps in 0.. {
        let shelf = snapshot_after(&world.store, last - 3);
        shelf.stop_after(steps);
        let finished = world.registry.keep_snapshot(&shelf).is_ok();
        for unsynced in [Unsynced::Lost, Unsynced::Torn, Unsynced::Kept] {
            let left = shelf.after_power_cut(unsynced);
            let revived = open(&world.store, &policy, Some(&left));
            assert_eq!(said(&revived), expected, "step {steps}, {unsynced:?}");
            let since = revived.registry.changes_since_snapshot();
            assert!(since == 3 || since == 0, "step {steps}, {unsynced:?}: {since}");
            assert!(!finished || since == 0, "it was told that it is kept");
            // What was left half done is gone with the next.
            revived.registry.keep_snapshot(&left).unwrap();
            let names = left.names().unwrap();
            assert_eq!(names.len(), world.zones.summaries().len() + 1, "{names:?}");
        }
        if finished
            && shelf.operations() > 0
            && shelf.names().unwrap().len() == world.zones.summaries().len() + 1
        {
            assert!(steps > 20, "{steps}");
            break;
        }
    }
}

#[test]
fn without_space_the_snapshot_before_stays() {
    let world = history();
    let shelf = snapshot_after(&world.store, world.store.last_seq().0 - 3);
    for room in [0, 100, 1000, 5000] {
        shelf.limit_space(Some(shelf.used() + room));
        assert!(matches!(world.registry.keep_snapshot(&shelf), Err(KeepError::Unwritable { .. })));
        let revived = open(&world.store, &Policy::quickstart(), Some(&shelf));
        assert_eq!(revived.registry.changes_since_snapshot(), 3);
    }
    shelf.limit_space(None);
    world.registry.keep_snapshot(&shelf).unwrap();
    assert_eq!(open(&world.store, &Policy::quickstart(), Some(&shelf)).registry.changes_since_snapshot(), 0);
}

/// Snapshots are made while registrations and revocations go on: each is of one change.
#[test]
fn a_snapshot_made_under_load_is_of_one_change() {
    let world = World::new();
    let shelves: Vec<SimulatedShelf> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let world = &world;
                scope.spawn(move || {
                    for number in 0..25 {
                        let name = format!("{writer} {number}");
                        let det = world.registered(application(Kind::Aircraft, &name), &manager()).public.det;
                        if number % 2 == 0 {
                            world.registry.revoke(det, "lost", &manager()).unwrap();
                        }
                    }
                })
            })
            .collect();
        let mut shelves = Vec::new();
        while writers.iter().any(|writer| !writer.is_finished()) {
            if world.registry.changes_since_snapshot() >= 8 {
                let shelf = SimulatedShelf::default();
                world.registry.keep_snapshot(&shelf).unwrap();
                shelves.push(shelf);
            }
            std::thread::yield_now();
        }
        shelves
    });
    let expected = said(&open(&world.store, &Policy::quickstart(), None));
    let mut between = 0;
    for shelf in &shelves {
        let revived = open(&world.store, &Policy::quickstart(), Some(shelf));
        assert_eq!(said(&revived), expected);
        let since = revived.registry.changes_since_snapshot();
        between += usize::from(since > 0 && since < revived.store.last_seq().0);
    }
    assert!(between > 0, "no snapshot fell between the changes");
}

#[test]
fn a_start_from_a_snapshot_does_not_read_what_is_before_it() {
    let (disk, index) = (SimulatedDisk::new(), Arc::new(MemoryIndex::new()));
    let open_store = || {
        let options = Options { segment_size: 32 << 10, checked: Checked::LastSegment, ..Options::default() };
        Arc::new(Store::open_on(Box::new(disk.clone()), Box::new(index.clone()), options).unwrap())
    };
    let shelf = SimulatedShelf::default();
    let store = open_store();
    found(&store, START - DAY);
    let world = open(&store, &Policy::quickstart(), None);
    for number in 0..300 {
        world.registered(application(Kind::Aircraft, &format!("{number}")), &manager());
    }
    world.registry.keep_snapshot(&shelf).unwrap();
    let expected = said(&world);
    drop(world);
    drop(store);
    let segments = disk.files().len();
    assert!(segments > 6, "{segments} segments say nothing");

    let octets = |from: Option<&dyn Shelf>| {
        disk.take_reads();
        let store = open_store();
        let world = open(&store, &Policy::quickstart(), from);
        let read = disk.take_reads();
        assert_eq!(said(&world), expected);
        let last = disk.files().last().unwrap().0.clone();
        read.into_iter().filter(|(name, _)| *name != last).map(|(_, octets)| octets).sum::<u64>()
    };
    let (whole, shortcut) = (octets(None), octets(Some(&shelf)));
    // What is left are the heads of segments, and the records of those few DETs that are compared.
    assert!(whole > 32 * 1024 * (segments as u64 - 2), "{whole}");
    assert!(shortcut * 3 < whole, "{shortcut} of {whole}");
}
