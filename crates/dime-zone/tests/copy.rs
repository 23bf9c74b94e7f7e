//! A copy of a zone answers as its original, octet for octet, however its records came; and what does not fit changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;
// The crate of it needs this one.
#[path = "../../../tests/src/dice.rs"]
#[allow(unreachable_pub, dead_code, reason = "it is another crate's")]
mod dice;

use chain::{DELEGATED, HID, entity, hid, name, synthetic, testdata};
use dice::Dice;
use dime_zone::{
    copy::{CopyError, Delta, Loading, ZoneCopy},
    *,
};
use drip_det::ZoneCut;

fn hda() -> ZoneCut {
    ZoneCut::Hda(hid(HID))
}

/// The zones of the chain with some aircraft more.
fn primary(aircraft: u64) -> (Zones, Published) {
    let manifest = testdata("chain/manifest.json");
    let (zones, like) = (chain::zones(&manifest), entity(&manifest, "ua1"));
    for index in 0..aircraft {
        zones.load(&synthetic(&like, index)).unwrap();
    }
    (zones, like)
}

fn records(zones: &Zones, cut: ZoneCut) -> (Record, Vec<Record>) {
    let transfer = zones.transfer(cut).unwrap();
    (transfer.soa, transfer.records.collect())
}

fn load(cut: ZoneCut, soa: Record, records: Vec<Record>) -> Result<ZoneCopy, CopyError> {
    let mut loading = Loading::new(cut, soa)?;
    records.into_iter().try_for_each(|record| loading.add(record))?;
    loading.finish()
}

fn copied(zones: &Zones) -> Zones {
    let copy = Zones::new();
    for cut in ZoneCut::raa_zones(hid(HID).raa).into_iter().chain([hda()]) {
        let (soa, records) = records(zones, cut);
        copy.serve_copy(&load(cut, soa, records).unwrap()).unwrap();
    }
    copy
}

/// All names and types that there may be something to say about.
fn questions(zones: &Zones) -> Vec<(Name, RecordType)> {
    let mut names = vec![name("arpa."), name("ip6.arpa.")];
    for cut in ZoneCut::raa_zones(hid(HID).raa).into_iter().chain([hda(), ZoneCut::Hda(hid(DELEGATED))]) {
        names.push(name(&cut.name()));
        names.push(name(&format!("ns.{}", cut.name())));
        names.push(name(&format!("x.y.{}", cut.name())));
        names.push(name(&format!("0.{}", cut.name())));
        if let Ok(transfer) = zones.transfer(cut) {
            for record in transfer.records {
                if !names.contains(&record.owner) {
                    names.push(record.owner.clone());
                    let prefix: Vec<&[u8]> = record.owner.labels().skip(3).collect();
                    names.push(Name::from_labels(prefix).unwrap());
                    names.push(
                        Name::from_labels([&b"a"[..]].into_iter().chain(record.owner.labels())).unwrap(),
                    );
                }
            }
        }
    }
    let types = [1, 2, 6, 16, 28, 37, 43, 46, 47, 48, 52, 55, 67, 68, 255, 256].map(RecordType);
    names.into_iter().flat_map(|name| types.map(|record_type| (name.clone(), record_type))).collect()
}

fn assert_same(original: &Zones, copy: &Zones) {
    for (name, record_type) in questions(original) {
        let question = Question { name: &name, record_type, class: Class::IN };
        assert_eq!(copy.lookup(question), original.lookup(question), "{name} {record_type}");
        assert_eq!(copy.lookup_signed(question), original.lookup_signed(question), "{name} {record_type}");
    }
}

#[test]
fn a_copy_answers_as_its_original() {
    let (zones, _) = primary(40);
    assert_same(&zones, &copied(&zones));
}

#[test]
fn the_order_of_records_does_not_matter() {
    let mut dice = Dice::for_this_run();
    let (zones, _) = primary(10);
    let (soa, mut records) = records(&zones, hda());
    let copy = copied(&zones);
    for _ in 0..5 {
        for index in (1..records.len()).rev() {
            records.swap(index, dice.below(index as u64 + 1) as usize);
        }
        let shuffled = load(hda(), soa.clone(), records.clone()).unwrap();
        assert_eq!(shuffled.dets(), zones.summaries().last().unwrap().dets);
        copy.serve_copy(&shuffled).unwrap();
        let name = |record: &Record| record.owner.clone();
        for owner in records.iter().filter(|record| record.record_type == RecordType::HHIT).map(name) {
            for record_type in [37, 52, 55, 67, 68, 255].map(RecordType) {
                let question = Question { name: &owner, record_type, class: Class::IN };
                assert_eq!(copy.lookup(question), zones.lookup(question));
            }
        }
    }
}

fn difference(zones: &Zones, cut: ZoneCut, since: Serial) -> Option<Delta> {
    let difference = zones.difference(cut, since).unwrap();
    match difference.changes {
        Changes::None => None,
        Changes::Since { before, removed, added } => Some(Delta {
            from: before,
            removed: removed.collect(),
            to: difference.soa,
            added: added.collect(),
        }),
        Changes::Unknown => panic!("the journal does not reach back to {since}"),
    }
}

#[test]
fn differences_lead_to_the_same_as_a_whole_transfer() {
    let mut dice = Dice::for_this_run();
    let (zones, like) = primary(20);
    let copy = copied(&zones);
    let mut change = 100;
    for round in 0..60 {
        for _ in 0..dice.below(6) {
            change += 1 + dice.below(3) as u32;
            let mut aircraft = synthetic(&like, dice.below(40));
            match dice.below(4) {
                0 => drop(zones.remove(aircraft.det, Serial(change))),
                1 => {
                    aircraft.ttl = 60 + dice.below(3) as u32;
                    zones.publish(&aircraft, Serial(change)).unwrap();
                }
                2 => {
                    aircraft.brid = None;
                    zones.publish(&aircraft, Serial(change)).unwrap();
                }
                _ => drop(zones.publish(&aircraft, Serial(change)).unwrap()),
            }
        }
        let (raa, delegated) = (ZoneCut::raa_of(hid(HID)), ZoneCut::Hda(hid((16376, 16380))));
        if round % 7 == 3 {
            change += 1;
            let server = name(&format!("ns{}.{}", dice.below(3), delegated.name()));
            let glue = vec![Host { name: server.clone(), addresses: vec!["192.0.2.9".parse().unwrap()] }];
            let ds = vec![Ds {
                key_tag: dice.below(9) as u16,
                algorithm: 15,
                digest_type: 2,
                digest: vec![7; 32],
            }];
            zones.delegate(delegated, Delegation { ns: vec![server], glue, ds }, Serial(change)).unwrap();
        } else if round % 7 == 5 {
            change += 1;
            zones.undelegate(delegated, Serial(change));
        }
        for cut in [hda(), raa] {
            let before = copy.copy_of(cut).unwrap();
            if let Some(delta) = difference(&zones, cut, before.serial()) {
                copy.serve_copy(&before.changed(vec![delta]).unwrap()).unwrap();
            }
            assert_eq!(copy.serial(cut), zones.serial(cut));
        }
    }
    assert_same(&zones, &copy);
}

#[test]
fn a_difference_that_does_not_fit_changes_nothing() {
    let (zones, like) = primary(5);
    let copy = copied(&zones);
    let before = copy.copy_of(hda()).unwrap();
    let (since, served) = (before.serial(), records(&copy, hda()));
    zones.remove(synthetic(&like, 1).det, Serial(10)).unwrap();
    zones.publish(&synthetic(&like, 77), Serial(11)).unwrap();
    let delta = difference(&zones, hda(), since).unwrap();
    let changed = before.changed(vec![delta.clone()]).unwrap();
    assert!(matches!(changed.changed(vec![delta.clone()]), Err(CopyError::OtherSerial { .. })), "twice");
    let mut absent = delta.clone();
    absent.removed[0].rdata.push(0);
    assert!(matches!(before.changed(vec![absent]), Err(CopyError::NotThere { .. })));
    let mut several = delta.clone();
    let mut other = several.added[0].clone();
    other.rdata.push(0);
    several.added.push(other);
    assert!(matches!(before.changed(vec![several]), Err(CopyError::Several { .. })));
    let mut foreign = delta.clone();
    foreign.added[0].owner = name("elsewhere.example.");
    assert!(matches!(before.changed(vec![foreign]), Err(CopyError::Outside { .. })));
    let mut other_zone = delta;
    other_zone.to.owner = name("elsewhere.example.");
    assert!(matches!(before.changed(vec![other_zone]), Err(CopyError::Outside { .. })));
    assert_eq!(copy.copy_of(hda()).unwrap().serial(), since);
    assert_eq!(records(&copy, hda()), served, "what is served is as it was");
}

#[test]
fn what_cannot_be_served_is_refused_and_named() {
    let (zones, _) = primary(2);
    let (soa, good) = records(&zones, hda());
    let apex = name(&hda().name());
    let det = good.iter().find(|record| record.record_type == RecordType::HIP).unwrap().clone();
    let add = |record: Record| load(hda(), soa.clone(), good.iter().cloned().chain([record]).collect()).err();
    let at = |owner: &Name, record_type: u16, ttl: u32, rdata: &[u8]| Record {
        owner: owner.clone(),
        record_type: RecordType(record_type),
        ttl,
        rdata: rdata.to_vec(),
    };
    for (record, expected) in [
        (at(&name("a.example."), 1, 3600, &[1, 2, 3, 4]), "outside zone"),
        (at(&apex, 16, 3600, b"\x01x"), "no such record"),
        (at(&apex, 48, 3600, &[1; 40]), "is signed, and"),
        (at(&apex, 59, 3600, &[1; 40]), "no DNSKEY"),
        (at(&det.owner, 46, 60, &[1; 100]), "not of this zone"),
        (at(&apex, 2, 60, b"\x01x\0"), "has TTL 60"),
        (at(&apex, 2, 3600, b"\x01x"), "cannot be read"),
        (at(&det.owner, 55, 60, b"other"), "several"),
        (at(&det.owner, 16, 61, b"\x01x"), "has TTL"),
        (at(&det.owner, 5, 60, b"\x01x\0"), "no such record"),
        (at(&det.owner, 2, 60, b"\x01x\0"), "no such record"),
        (at(&name(&format!("0.{apex}")), 2, 3600, b"\x01x\0"), "no such record"),
        (at(&name(&format!("0.{apex}")), 28, 3600, &[0; 16]), "not for a name server"),
        (at(&name(&format!("x.{apex}")), 28, 3600, &[0; 15]), "cannot be read"),
    ] {
        let fault = add(record).expect(expected).to_string();
        assert!(fault.contains(expected), "{fault}");
    }
    let unserved = good.iter().filter(|record| record.record_type != RecordType::NS).cloned().collect();
    assert!(load(hda(), soa.clone(), unserved).is_err(), "no name server");
    assert!(Loading::new(ZoneCut::Apex, soa.clone()).is_err(), "another zone's SOA");
    assert_eq!(add(det), None, "the same record twice is one");
    let servers: Vec<Record> =
        good.iter().filter(|record| record.record_type == RecordType::NS).cloned().collect();
    let twice = Zones::new();
    twice.serve_copy(&load(hda(), soa.clone(), [&good[..], &servers].concat()).unwrap()).unwrap();
    let question = Question { name: &apex, record_type: RecordType::NS, class: Class::IN };
    assert_eq!(twice.lookup(question).answers, servers, "and so is a name server");
    // A record that nobody knows stays as it is.
    let unknown = at(&good.last().unwrap().owner, 65_280, 60, b"whatever");
    let all = good.iter().cloned().chain([unknown.clone()]).collect();
    let copy = Zones::new();
    copy.serve_copy(&load(hda(), soa, all).unwrap()).unwrap();
    let question = Question { name: &unknown.owner, record_type: unknown.record_type, class: Class::IN };
    assert_eq!(copy.lookup(question).answers, [unknown]);
}

#[test]
fn an_expired_copy_is_not_answered_from_and_our_own_zone_is_no_copy() {
    let (zones, like) = primary(0);
    let copy = copied(&zones);
    let owner = Name::of_det(like.det);
    let question = Question { name: &owner, record_type: RecordType::HHIT, class: Class::IN };
    assert_eq!(copy.expire_copy(hda()), Ok(CopyStanding::Changed));
    assert_eq!(copy.expire_copy(hda()), Ok(CopyStanding::AsBefore));
    assert_eq!(copy.lookup(question).rcode, Rcode::ServFail);
    assert!(copy.lookup(question).answers.is_empty());
    assert_eq!(copy.confirm_copy(hda()), Ok(CopyStanding::Changed));
    assert_eq!(copy.lookup(question), zones.lookup(question));
    assert!(zones.copy_of(hda()).is_none());
    assert!(zones.expire_copy(hda()).is_err());
    assert!(zones.serve_copy(&copy.copy_of(hda()).unwrap()).is_err(), "a zone of ours is not replaced");
    assert_eq!(copy.drop_copy(hda()).unwrap().dets(), 1 + 2);
    assert!(copy.copy_of(hda()).is_none());
}
