//! Zones in files: what is read is what was written, or it is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, config, entity, hid, synthetic, testdata, zones};
use dime_zone::snapshot::battery::{SimulatedShelf, Unsynced};
use dime_zone::snapshot::shelf::{self, Folder, Shelf};
use dime_zone::snapshot::{SnapshotError, Standing, ThawedZone};
use dime_zone::*;
use drip_det::ZoneCut;

/// Zones with many DETs, some with a template of their own.
fn filled(count: u64) -> Zones {
    let manifest = testdata("chain/manifest.json");
    let zones = zones(&manifest);
    let like = entity(&manifest, "ua1");
    for index in 0..count {
        let mut published = synthetic(&like, index);
        published.ttl = if index % 100 == 7 { 300 } else { 60 };
        zones.publish(&published, Serial(1000 + index as u32)).unwrap();
    }
    zones
}

fn keep(zones: &Zones, shelf: &dyn Shelf) {
    for zone in zones.freeze() {
        let written = shelf::put(shelf, &zone.cut().name(), |out| zone.write(out)).unwrap();
        assert_eq!(written.dets, zone.len() as u64);
    }
}

fn read(shelf: &dyn Shelf, name: &str) -> Result<ThawedZone, SnapshotError> {
    ThawedZone::read(shelf.open(name).unwrap().as_ref(), Standing::Served).map(|(zone, _)| zone)
}

fn thawed(shelf: &dyn Shelf) -> Zones {
    let mut read: Vec<_> = shelf.names().unwrap().iter().map(|name| read(shelf, name).unwrap()).collect();
    read.sort_by_key(|zone| (zone.cut().prefix_bits(), zone.cut().prefix()));
    let zones = Zones::new();
    zones.thaw(read).unwrap();
    zones
}

/// Everything that can be asked of zones, as text.
fn said(zones: &Zones) -> Vec<String> {
    let summaries = zones.summaries();
    let of = |summary: &ZoneSummary| {
        let mut text = Vec::new();
        zones.export(summary.cut, ExportForm::Native, &mut text).unwrap();
        let counts = (summary.serial, summary.dets, summary.delegations, summary.templates);
        format!("{counts:?}\n{}", String::from_utf8(text).unwrap())
    };
    summaries.iter().map(of).collect()
}

#[test]
fn zones_are_served_as_they_were_and_go_on() {
    let before = filled(20_000);
    let shelf = SimulatedShelf::default();
    keep(&before, &shelf);
    let after = thawed(&shelf);
    assert_eq!(said(&after), said(&before));

    // Changes have the same effects on both: templates are counted as before.
    let like = entity(&testdata("chain/manifest.json"), "ua1");
    for zones in [&before, &after] {
        for index in 0..20_000 {
            let published = synthetic(&like, index);
            match index % 3 {
                0 => drop(zones.remove(published.det, Serial(30_000)).unwrap()),
                1 if index % 100 == 7 => drop(zones.publish(&published, Serial(30_001)).unwrap()),
                _ => {}
            }
        }
        for index in 20_000..20_500 {
            zones.publish(&synthetic(&like, index), Serial(30_002)).unwrap();
        }
    }
    assert_eq!(said(&after), said(&before));
    for zones in [&before, &after] {
        for index in 0..20_500 {
            zones.remove(synthetic(&like, index).det, Serial(30_003));
        }
    }
    assert_eq!(said(&after), said(&before));
    // A snapshot of what was served from a snapshot is the same to the octet.
    let (one, two) = (SimulatedShelf::default(), SimulatedShelf::default());
    keep(&filled(300), &one);
    keep(&thawed(&one), &two);
    for name in one.names().unwrap() {
        assert!(one.octets(&name) == two.octets(&name), "{name}");
    }
}

#[test]
fn what_was_frozen_does_not_change() {
    let zones = filled(500);
    let expected = said(&zones);
    let frozen = zones.freeze();
    let like = entity(&testdata("chain/manifest.json"), "ua1");
    for index in 0..400 {
        zones.remove(synthetic(&like, index).det, Serial(9000));
    }
    for index in 600..900 {
        zones.publish(&synthetic(&like, index), Serial(9001)).unwrap();
    }
    assert_ne!(said(&zones), expected);
    let shelf = SimulatedShelf::default();
    for zone in &frozen {
        shelf::put(&shelf, &zone.cut().name(), |out| zone.write(out)).unwrap();
    }
    assert_eq!(said(&thawed(&shelf)), expected);
}

#[test]
fn no_octet_can_change_and_none_be_missing_or_more() {
    let shelf = SimulatedShelf::default();
    keep(&filled(3), &shelf);
    let mut refused = 0;
    for name in shelf.names().unwrap() {
        let good = shelf.octets(&name);
        let mut with = |octets: Vec<u8>, what: &str| {
            shelf.place("changed", octets);
            assert!(read(&shelf, "changed").is_err(), "{name}: {what}");
            refused += 1;
        };
        for at in 0..good.len() {
            let mut octets = good.clone();
            octets[at] ^= 1 << (at % 8);
            with(octets, &format!("octet {at} changed"));
            with(good[..at].to_vec(), &format!("cut off at {at}"));
        }
        with([good.as_slice(), &[0]].concat(), "an octet more");
        with([good.as_slice(), good.as_slice()].concat(), "twice");
        shelf.place("changed", good);
        read(&shelf, "changed").unwrap();
        shelf.remove("changed").unwrap();
    }
    assert!(refused > 5000, "{refused}");
}

/// The process is killed, or the power fails, before every step of putting a file in the place of another.
#[test]
fn a_file_is_the_old_one_or_the_new_one() {
    let name = ZoneCut::Hda(hid(HID)).name();
    let (old, new) = (filled(20), filled(40));
    let frozen = |zones: &Zones| zones.freeze().into_iter().find(|zone| zone.cut().name() == name).unwrap();
    let mut seen = [0, 0];
    for steps in 0.. {
        let shelf = SimulatedShelf::default();
        shelf::put(&shelf, &name, |out| frozen(&old).write(out)).unwrap();
        shelf.stop_after(steps);
        let finished = shelf::put(&shelf, &name, |out| frozen(&new).write(out)).is_ok();
        for unsynced in [Unsynced::Lost, Unsynced::Torn, Unsynced::Kept] {
            let left = shelf.after_power_cut(unsynced);
            let dets = read(&left, &name).unwrap_or_else(|error| panic!("step {steps}: {error}")).len();
            assert!(dets == 23 || dets == 43, "{dets}");
            assert!(!finished || dets == 43, "it was told that it was done");
            seen[usize::from(dets == 43)] += 1;
            shelf::tidy(&left, |kept| kept == name).unwrap();
            assert_eq!(left.names().unwrap(), std::slice::from_ref(&name));
        }
        if finished {
            break;
        }
    }
    assert!(seen[0] > 6 && seen[1] > 3, "{seen:?}");
}

#[test]
fn without_space_the_old_one_stays() {
    let name = ZoneCut::Hda(hid(HID)).name();
    let shelf = SimulatedShelf::default();
    let frozen = |zones: &Zones| zones.freeze().into_iter().find(|zone| zone.cut().name() == name).unwrap();
    shelf::put(&shelf, &name, |out| frozen(&filled(20)).write(out)).unwrap();
    for room in (0..4000).step_by(500) {
        shelf.limit_space(Some(shelf.used() + room));
        let error = shelf::put(&shelf, &name, |out| frozen(&filled(40)).write(out)).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
        assert_eq!(read(&shelf, &name).unwrap().len(), 23);
        assert_eq!(shelf.names().unwrap(), std::slice::from_ref(&name), "what was begun is still there");
    }
    shelf.limit_space(None);
    shelf::put(&shelf, &name, |out| frozen(&filled(40)).write(out)).unwrap();
    assert_eq!(read(&shelf, &name).unwrap().len(), 43);
}

#[test]
fn a_zone_that_cannot_be_is_refused() {
    let shelf = SimulatedShelf::default();
    keep(&filled(10), &shelf);
    let name = ZoneCut::Hda(hid(HID)).name();
    // Twice the same zone.
    let zones = Zones::new();
    zones.thaw(vec![read(&shelf, &name).unwrap()]).unwrap();
    assert!(matches!(zones.thaw(vec![read(&shelf, &name).unwrap()]), Err(ZoneError::Served(_))));
    zones.clear();
    assert!(zones.summaries().is_empty());
    zones.thaw(vec![read(&shelf, &name).unwrap()]).unwrap();
    assert_eq!(zones.summaries()[0].dets, 13);
    // One that was refused, and would not be now.
    let refused = ThawedZone::read(shelf.open(&name).unwrap().as_ref(), Standing::Refused).unwrap().0;
    assert!(Zones::new().thaw(vec![refused]).is_err());
    // Not a snapshot at all.
    shelf.place("other", b"DIMEJRNL".repeat(100));
    assert!(matches!(read(&shelf, "other"), Err(SnapshotError::Version)));
}

#[test]
fn a_real_folder_keeps_files_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = tempfile::tempdir().unwrap();
    let folder = Folder::at(scratch.path().join("zones"));
    assert_eq!(folder.names().unwrap(), Vec::<String>::new());
    assert!(shelf::read(&folder, "nothing", 100).unwrap().is_none());
    keep(&filled(100), &folder);
    assert_eq!(said(&thawed(&folder)), said(&filled(100)));
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path()), 0o700);
    for name in folder.names().unwrap() {
        assert_eq!(mode(&folder.path().join(name)), 0o600);
    }
    let empty = Zones::new();
    empty.add_zone(config(ZoneCut::Apex)).unwrap();
    keep(&empty, &folder);
    assert_eq!(read(&folder, &ZoneCut::Apex.name()).unwrap().len(), 0);
}
