//! A copy of a signed zone answers as its original, octet for octet, with what the original signed: whole, after differences of every kind,
//! out of a snapshot, and copied on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;
#[path = "../../../tests/src/dice.rs"]
#[allow(unreachable_pub, dead_code, reason = "it is another crate's")]
mod dice;
mod signed_chain;

use chain::{HID, hid, name, synthetic};
use dice::Dice;
use dime_zone::{
    copy::{Delta, ZoneCopy},
    dnssec::*,
    snapshot::{Standing, ThawedZone, battery::SimulatedShelf, shelf, shelf::Shelf},
    *,
};
use drip_det::ZoneCut;
use signed_chain::*;

#[test]
fn a_copy_answers_as_its_original_and_so_does_a_copy_of_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, _) = original(folder.path(), 1, 10);
    let copy = copied(&zones);
    assert_same(&zones, &copy);
    assert_eq!(copy.denial(hda()), Ok(Some(Denial::Nsec)));
    assert!(copy.summaries().iter().all(|summary| summary.signed));
    let again = copied(&copy);
    assert_same(&zones, &again);
    for cut in [raa(), hda()] {
        assert_eq!(set(records(&zones, cut).1), set(records(&again, cut).1));
    }
    // Compact: what is kept of a DET is little more than the signatures of its six sets.
    let of = |zones: &Zones| zones.summaries().iter().map(|summary| summary.memory).sum::<usize>();
    zones.sign_ahead(hda(), 1).unwrap();
    zones.sign_ahead(raa(), 1).unwrap();
    assert!(of(&copy) < of(&zones) * 5 / 4, "{} {}", of(&copy), of(&zones));
}

#[test]
fn in_whatever_order_the_records_come() {
    let mut dice = Dice::for_this_run();
    let folder = tempfile::tempdir().unwrap();
    let (zones, _) = original(folder.path(), 1, 10);
    let copy = copied(&zones);
    for cut in [raa(), hda()] {
        let (soa, mut all) = records(&zones, cut);
        for _ in 0..3 {
            for index in (1..all.len()).rev() {
                all.swap(index, dice.below(index as u64 + 1) as usize);
            }
            let twice = all.iter().cloned().chain([all[0].clone()]).collect();
            copy.serve_copy(&load(cut, soa.clone(), twice).unwrap()).unwrap();
            assert_eq!(set(records(&copy, cut).1), set(all.clone()));
        }
    }
    // Which of a host's sets answers for ANY is as they came.
    let types: Vec<u16> = TYPES.into_iter().filter(|record_type| *record_type != 255).collect();
    assert_same_of(&zones, &copy, &types);
}

#[test]
fn differences_lead_to_the_same_as_a_whole_transfer() {
    let mut dice = Dice::for_this_run();
    let folder = tempfile::tempdir().unwrap();
    let (zones, like) = original(folder.path(), 1, 6);
    let copy = copied(&zones);
    let mut change = 100;
    for round in 0..30 {
        for _ in 0..dice.below(5) {
            change += 1 + dice.below(3) as u32;
            let index = dice.below(12);
            let mut det = if dice.below(3) == 0 { of_raa(index) } else { synthetic(&like, index) };
            match dice.below(3) {
                0 => drop(zones.remove(det.det, Serial(change))),
                1 => {
                    det.ttl = 60 + dice.below(3) as u32;
                    zones.publish(&det, Serial(change)).unwrap();
                }
                _ => {
                    det.brid = None;
                    zones.publish(&det, Serial(change)).unwrap();
                }
            }
        }
        if round % 3 == 1 {
            change += 1;
            let cut = ZoneCut::Hda(hid((HID.0, 16378 + dice.below(5) as u16)));
            if dice.below(3) == 0 {
                zones.undelegate(cut, Serial(change));
            } else {
                zones.delegate(cut, delegation(cut, dice.below(3) as u8), Serial(change)).unwrap();
            }
        }
        for cut in [hda(), raa()] {
            let before = copy.copy_of(cut).unwrap();
            let difference = zones.difference(cut, before.serial()).unwrap();
            let changed = match difference.changes {
                Changes::None => continue,
                Changes::Unknown => panic!("the journal does not reach back to {}", before.serial()),
                Changes::Since { before: from, removed, added } => {
                    let (removed, added) = (removed.collect(), added.collect());
                    before.changed(vec![Delta { from, removed, to: difference.soa, added }])
                }
            };
            copy.serve_copy(&changed.unwrap()).unwrap();
            assert_eq!(set(records(&copy, cut).1), set(records(&zones, cut).1));
        }
    }
    assert_same(&zones, &copy);
}

/// Other primaries tell of new keys, and of signing at all, by differences.
#[test]
fn other_keys_come_and_a_zone_is_signed_and_no_more_by_differences() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (first, like) = original(folders[0].path(), 1, 8);
    let (second, _) = original(folders[1].path(), 5, 8);
    let unsigned = Zones::new();
    unsigned.add_zone(chain::config(hda())).unwrap();
    unsigned.publish(&synthetic(&like, 3), Serial(2)).unwrap();
    let copy = copied(&first);
    for (before, after) in [(&first, &second), (&second, &unsigned), (&unsigned, &first)] {
        let mut delta = delta(hda(), before, after);
        let have = copy.copy_of(hda()).unwrap();
        // The serials of different originals are in no order.
        delta.from = have.soa_record();
        let changed = have.changed(vec![delta]).unwrap();
        copy.serve_copy(&changed).unwrap();
        assert_eq!(set(records(&copy, hda()).1), set(records(after, hda()).1));
        for name in names(&first).iter().filter(|name| name.is_within(&self::name(&hda().name()))) {
            for record_type in TYPES.map(RecordType) {
                let question = Question { name, record_type, class: Class::IN };
                // That of the zone itself is the zone's above.
                if record_type == RecordType::DS && name.is_same(&self::name(&hda().name())) {
                    continue;
                }
                let (theirs, ours) = (copy.lookup_signed(question), after.lookup_signed(question));
                assert_eq!(sorted(theirs), sorted(ours), "{name} {record_type}");
            }
        }
    }
}

#[test]
fn out_of_a_snapshot_it_answers_the_same_and_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, _) = original(folder.path(), 1, 8);
    let copy = copied(&zones);
    let thawed = Zones::new();
    for cut in [raa(), hda()] {
        let files = SimulatedShelf::default();
        let frozen = copy.copy_of(cut).unwrap().frozen();
        shelf::put(&files, "copy", |out| {
            let mut octets = Vec::new();
            frozen.write(&mut octets)?;
            out.write_all(&octets)
        })
        .unwrap();
        let read =
            |files: &SimulatedShelf| ThawedZone::read(files.open("copy").unwrap().as_ref(), Standing::Served);
        thawed.serve_copy(&ZoneCopy::thawed(read(&files).unwrap().0)).unwrap();
        let octets = files.octets("copy");
        // That something is signed in it stands at its start: another start is another file.
        assert_eq!(octets[12], 2);
        for at in (0..octets.len()).step_by(97).chain([8, 12]) {
            for flip in [1, 3, 0x80] {
                let mut damaged = octets.clone();
                damaged[at] ^= flip;
                let files = SimulatedShelf::default();
                files.place("copy", damaged);
                assert!(read(&files).is_err(), "octet {at}");
            }
        }
    }
    assert_same(&zones, &thawed);
    // And it goes on from there.
    zones.remove(of_raa(3).det, Serial(500)).unwrap();
    let delta = delta(raa(), &copy, &zones);
    let before = thawed.copy_of(raa()).unwrap();
    thawed.serve_copy(&before.changed(vec![delta]).unwrap()).unwrap();
    assert_eq!(set(records(&thawed, raa()).1), set(records(&zones, raa()).1));
}

/// Keys that lie here are for zones of ours: a copy keeps the signatures of its primary.
#[test]
fn keys_of_ours_do_not_sign_a_copy() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (zones, _) = original(folders[0].path(), 1, 3);
    make_keys(folders[1].path(), hda(), 9);
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Test, HdaZones::Nsec).unwrap();
    let copy = Zones::signed(Signing::new(KeyFolder::new(folders[1].path()), policy, NOW));
    let (soa, all) = records(&zones, hda());
    copy.serve_copy(&load(hda(), soa, all.clone()).unwrap()).unwrap();
    for minutes in 1..4 {
        copy.tick(drip_det::UnixTime(NOW.0 + 60 * minutes));
    }
    assert_eq!(set(records(&copy, hda()).1), set(all));
    assert_eq!(copy.serial(hda()), zones.serial(hda()));
}
