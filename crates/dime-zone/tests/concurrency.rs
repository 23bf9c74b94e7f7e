//! Readers and writers at the same time: every answer is whole, of one zone at one serial, and serials only advance.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, config, entity, hid, name, synthetic, testdata};
use dime_zone::*;
use drip_det::{Det, SuiteId, ZoneCut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const READERS: usize = 2;

fn ask(zones: &Zones, owner: &Name, record_type: RecordType) -> Answer {
    zones.lookup(Question { name: owner, record_type, class: Class::IN })
}

/// The serial in the SOA of a negative answer.
fn serial_in(answer: &Answer) -> Serial {
    let soa = answer.authority.iter().find(|record| record.record_type == RecordType::SOA).unwrap();
    let at = soa.rdata.len() - 20;
    Serial(u32::from_be_bytes(soa.rdata[at..at + 4].try_into().unwrap()))
}

/// Runs readers until the writer is done, and the writer until the readers have seen enough.
fn beside(writer: impl Fn(usize), read: impl Fn(usize) -> bool + Sync, enough: usize) {
    let (done, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for reader in 0..READERS {
            let (done, seen, read) = (&done, &seen, &read);
            scope.spawn(move || {
                // A reader that fails lets the writer end, too.
                struct AtEnd<'a>(&'a AtomicUsize, usize);
                impl Drop for AtEnd<'_> {
                    fn drop(&mut self) {
                        self.0.fetch_add(self.1, Ordering::Relaxed);
                    }
                }
                let _end = AtEnd(seen, enough);
                for round in reader.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    if read(round) {
                        seen.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        let mut round = 0;
        while seen.load(Ordering::Relaxed) < enough || round == 0 {
            writer(round);
            round += 1;
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn answers_are_whole_while_the_zone_changes() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let like = entity(&manifest, "ua1");
    let dets: Vec<Published> = (0..600).map(|index| synthetic(&like, index)).collect();
    let cut = ZoneCut::Hda(hid(HID));
    let (found, missing) = (AtomicUsize::new(0), AtomicUsize::new(0));
    beside(
        |round| {
            let mut change = 2 + 1200 * round as u32;
            for det in &dets {
                assert_eq!(zones.publish(det, Serial(change)), Ok(Serial(change)));
                assert!(zones.is_published(det.det), "visible at once");
                change += 1;
            }
            for det in &dets {
                assert_eq!(zones.remove(det.det, Serial(change)), Some(Serial(change)));
                assert!(!zones.is_published(det.det));
                change += 1;
            }
        },
        |round| {
            let before = zones.serial(cut).unwrap();
            let det = &dets[round % dets.len()];
            let owner = name(&det.det.owner_name());
            let answer = ask(&zones, &owner, RecordType::BRID);
            match answer.rcode {
                Rcode::NoError => {
                    assert_eq!(&answer.answers[0].rdata, det.brid.as_ref().unwrap());
                    found.fetch_add(1, Ordering::Relaxed);
                }
                Rcode::NxDomain => {
                    missing.fetch_add(1, Ordering::Relaxed);
                }
                other => panic!("the zone is served: {other:?}"),
            }
            let after = zones.serial(cut).unwrap();
            assert!(before == after || after.is_newer_than(before));
            found.load(Ordering::Relaxed) > 0 && missing.load(Ordering::Relaxed) > 0
        },
        2000,
    );
}

/// A DET is there at even serials and not at odd ones, and a template comes and goes with it. Both are in every negative answer: whether
/// the name exists, and the serial. A view that is held for long says what is true, too.
#[test]
fn an_answer_is_of_one_serial() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let like = entity(&manifest, "ua1");
    let others: Vec<Published> = (0..150).map(|index| synthetic(&like, index)).collect();
    others.iter().for_each(|det| zones.load(det).unwrap());
    // Its template is its own: it has another TTL than all others.
    let det = Published { ttl: 77, ..synthetic(&like, 1000) };
    let owner = name(&det.det.owner_name());
    let other = Published { ttl: 78, ..synthetic(&like, 1001) };
    beside(
        |round| {
            let start = 10 + 200 * round as u32;
            for change in (start..start + 200).step_by(2) {
                let held = zones.hold();
                zones.remove(other.det, Serial(change));
                zones.publish(&det, Serial(change)).unwrap();
                drop(held);
                // The template's number is free, and given to another, at once.
                let _held = zones.hold();
                zones.remove(det.det, Serial(change + 1)).unwrap();
                zones.publish(&other, Serial(change + 1)).unwrap();
            }
        },
        |round| {
            if round % 3 == 0 {
                let answer = ask(&zones, &owner, RecordType::BRID);
                if answer.rcode == Rcode::NoError {
                    assert_eq!(
                        (answer.answers[0].ttl, Some(&answer.answers[0].rdata)),
                        (77, det.brid.as_ref())
                    );
                }
                return false;
            }
            let answer = ask(&zones, &owner, RecordType(16));
            let serial = serial_in(&answer);
            if serial.0 < 10 {
                return false;
            }
            match answer.rcode {
                Rcode::NoError => assert_eq!(serial.0 % 2, 0, "there at an odd serial"),
                Rcode::NxDomain => assert_eq!(serial.0 % 2, 1, "not there at an even serial"),
                other => panic!("{other:?}"),
            }
            true
        },
        4000,
    );
}

#[test]
fn held_changes_are_seen_together() {
    const TOGETHER: usize = 40;
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let like = entity(&manifest, "ua1");
    let dets: Vec<Published> = (0..TOGETHER as u64).map(|index| synthetic(&like, index)).collect();
    let cut = ZoneCut::Hda(hid(HID));
    let summary = || zones.summaries().into_iter().find(|summary| summary.cut == cut).unwrap();
    let before = summary().dets;
    let is_shown =
        |det: &Published| ask(&zones, &Name::of_det(det.det), RecordType::BRID).rcode == Rcode::NoError;
    beside(
        |round| {
            let start = 10 + 2 * TOGETHER as u32 * round as u32;
            let held = zones.hold();
            for (change, det) in (start..).zip(&dets) {
                assert_eq!(
                    zones.publish(det, Serial(change)),
                    Ok(Serial(change)),
                    "the zone's serial, not what is shown"
                );
                assert!(zones.is_published(det.det) && !is_shown(det), "not shown yet");
            }
            drop(held);
            assert!(dets.iter().all(is_shown));
            let (outer, inner) = (zones.hold(), zones.hold());
            for (change, det) in (start + TOGETHER as u32..).zip(&dets) {
                assert_eq!(zones.remove(det.det, Serial(change)), Some(Serial(change)));
            }
            drop(outer);
            assert!(is_shown(&dets[0]), "somebody else holds");
            drop(inner);
            assert!(!is_shown(&dets[0]));
        },
        |_| {
            let summary = summary();
            assert!([before, before + TOGETHER].contains(&summary.dets), "{} DETs", summary.dets);
            summary.dets > before
        },
        200,
    );
}

/// Names in a zone that comes are the zone's above before, and its own after: nobody is sent away to a server that is this one.
#[test]
fn a_new_zone_comes_whole() {
    let manifest = testdata("chain/manifest.json");
    for raa in 16376..16384_u16 {
        let zones = Zones::new();
        let hid = hid((raa, 10));
        let (above, below) = (ZoneCut::raa_of(hid), ZoneCut::Hda(hid));
        zones.add_zone(config(above)).unwrap();
        let det = Det::from_parts(hid, SuiteId::EDDSA_CSHAKE128, 7);
        let published = Published { det, ..entity(&manifest, "ua1") };
        let owner = Name::of_det(det);
        let zone: Name = name(&below.name());
        beside(
            |round| {
                if round == 0 {
                    let _held = zones.hold();
                    zones.add_zone(config(below)).unwrap();
                    zones.publish(&published, Serial(2)).unwrap();
                }
                std::thread::yield_now();
            },
            |_| {
                let delegates = ask(&zones, &zone, RecordType::DS).rcode == Rcode::NoError;
                let answer = ask(&zones, &owner, RecordType::BRID);
                assert!(answer.authoritative, "a referral to ourselves");
                let there = answer.rcode == Rcode::NoError;
                assert!(
                    there || answer.authority[0].owner == name(&above.name()),
                    "the new zone without its contents"
                );
                assert!(there || !delegates, "delegated to before it was there");
                there
            },
            20,
        );
    }
}
