//! Signatures made ahead: every answer is the one that would be made without them, whatever happens to the zone, its keys and its clock;
//! and nothing is signed twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, config, entity, hid, name, synthetic, testdata};
use dime_zone::dnssec::*;
use dime_zone::*;
use drip_det::{UnixTime, ZoneCut};
use std::path::Path;

const DAY: u64 = 86_400;
const NOW: UnixTime = UnixTime(1_795_350_896);
const ZONE: &str = "8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
/// Sets of an aircraft, and its NSEC.
const EACH: usize = 6;
const TIMING: RollTiming =
    RollTiming { dnskey_ttl: 100, max_ttl: 500, propagation: 10, ds_ttl: 100, parent_propagation: 10 };

fn cut() -> ZoneCut {
    ZoneCut::Hda(hid(HID))
}

fn make(folder: &Path, algorithm: Algorithm, seed: u8, new: NewKey) {
    let key = ZoneKey::of_algorithm(algorithm, &[seed; 32], new.role, new.times).unwrap();
    KeyFolder::new(folder).create(&name(ZONE), &key).unwrap();
}

/// The zone with its keys as they are now. What is loaded is not signed ahead until somebody says so.
fn zones(folder: &Path, mode: HdaZones, now: UnixTime, loaded: &[Published]) -> Zones {
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Test, mode).unwrap();
    let zones = Zones::signed(Signing::new(KeyFolder::read_only(folder), policy, now));
    let server = name(&format!("ns.{ZONE}"));
    let glue = vec![Host { name: server.clone(), addresses: vec!["192.0.2.1".parse().unwrap()] }];
    zones.add_zone(ZoneConfig { ns: vec![server], glue, ..config(cut()) }).unwrap();
    loaded.iter().for_each(|published| zones.load(published).unwrap());
    zones
}

/// All answers but the serial and what is signed over it, which depends on how often a zone was changed.
fn answers(zones: &Zones, dets: &[Published]) -> Vec<Vec<Record>> {
    let is_soa = |record: &Record| {
        record.record_type == RecordType::SOA
            || record.record_type == RecordType::RRSIG && record.rdata[..2] == RecordType::SOA.0.to_be_bytes()
    };
    let ask = |owner: &str, record_type| {
        let answer = zones.lookup_signed(Question { name: &name(owner), record_type, class: Class::IN });
        let all = [answer.answers, answer.authority, answer.additional].concat();
        all.into_iter().filter(|record| !is_soa(record)).collect()
    };
    let mut found = Vec::new();
    for published in dets {
        let owner = published.det.owner_name();
        for record_type in [37, 52, 55, 67, 68, 1, 47, 46, 255].map(RecordType) {
            found.push(ask(&owner, record_type));
        }
        found.push(ask(&owner.to_ascii_uppercase(), RecordType::HHIT));
        found.push(ask(&format!("x.{owner}"), RecordType::HHIT));
        found.push(ask(&format!("*.{}", &owner[2..]), RecordType::HHIT));
    }
    found
}

#[test]
fn answers_are_those_of_a_zone_that_signs_when_asked() {
    let manifest = testdata("chain/manifest.json");
    let ua = entity(&manifest, "ua1");
    let dets: Vec<Published> = (0..40).map(|index| synthetic(&ua, index)).collect();
    for (mode, algorithm) in [
        (HdaZones::Compact, Algorithm::Ed25519),
        (HdaZones::Nsec, Algorithm::Ed25519),
        (HdaZones::Nsec, Algorithm::EcdsaP256Sha256),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (role, seed) in [(KeyRole::KeySigning, 1), (KeyRole::ZoneSigning, 2)] {
            make(folder.path(), algorithm, seed, first_keys(role, UnixTime(NOW.0 - DAY)));
        }
        let ahead = zones(folder.path(), mode, NOW, &dets[..20]);
        let mut there = dets[..20].to_vec();
        let mut now = NOW;
        let compare = |ahead: &Zones, there: &[Published], now, what: &str| {
            let others = zones(folder.path(), mode, now, there);
            assert_eq!(answers(ahead, &dets), answers(&others, &dets), "{mode:?} {algorithm:?}: {what}");
        };
        compare(&ahead, &there, now, "nothing is signed yet");
        assert_eq!(ahead.sign_ahead(cut(), 2), Ok(20 * EACH));
        assert_eq!(ahead.sign_ahead(cut(), 1), Ok(0), "nothing is signed twice");
        compare(&ahead, &there, now, "all is signed ahead");
        // Neighbours come and go; one is published again with another TTL.
        for (index, published) in dets[20..].iter().enumerate() {
            ahead.publish(published, Serial(index as u32 + 10)).unwrap();
            there.push(published.clone());
        }
        compare(&ahead, &there, now, "published");
        let neighbours = ahead.sign_ahead(cut(), 1).unwrap();
        assert!(if mode == HdaZones::Compact { neighbours == 0 } else { (1..=40).contains(&neighbours) });
        there[5].ttl = 90;
        ahead.publish(&there[5], Serial(100)).unwrap();
        let gone = there.remove(7);
        ahead.remove(gone.det, Serial(101)).unwrap();
        compare(&ahead, &there, now, "changed");
        assert!(ahead.sign_ahead(cut(), 1).unwrap() <= 2);
        compare(&ahead, &there, now, "changed and signed ahead");
        // A week, in which each signature is renewed once, a few at a time.
        for step in 1..=28 {
            now = UnixTime(NOW.0 + step * DAY / 4);
            let _ = ahead.tick(now);
            assert_eq!(ahead.sign_ahead(cut(), 1), Ok(0), "the tick has done it");
            if step % 7 == 0 {
                compare(&ahead, &there, now, "later");
            }
        }
        // A roll-over: once the new key signs, all is due.
        let keys = KeyFolder::new(folder.path());
        let held = keys.load(&name(ZONE)).unwrap();
        let roll = roll_zsk(&held.iter().collect::<Vec<_>>(), &TIMING, now).unwrap();
        make(folder.path(), algorithm, 3, roll.new);
        for (tag, times) in roll.changes {
            keys.set_times(&name(ZONE), tag, times).unwrap();
        }
        for minutes in [1, 3, 12] {
            let then = UnixTime(now.0 + minutes * 60);
            let _ = ahead.tick(then);
            compare(&ahead, &there, then, "rolling over");
        }
        now = UnixTime(now.0 + 720);
        // Two keys sign for a while.
        let held = keys.load(&name(ZONE)).unwrap();
        let roll = replace_compromised(&held.iter().collect::<Vec<_>>(), KeyRole::ZoneSigning, &TIMING, now);
        let roll = roll.unwrap();
        make(folder.path(), algorithm, 4, roll.new);
        for (tag, times) in roll.changes {
            keys.set_times(&name(ZONE), tag, times).unwrap();
        }
        let then = UnixTime(now.0 + 60);
        let _ = ahead.tick(then);
        compare(&ahead, &there, then, "two keys sign");
        let owner = name(&there[0].det.owner_name());
        let answer =
            ahead.lookup_signed(Question { name: &owner, record_type: RecordType::HHIT, class: Class::IN });
        assert_eq!(answer.answers.len(), 3, "a record and the signatures of two keys");
        let memory = ahead.summaries()[0].memory / there.len();
        assert!(memory < 2 * 64 * EACH + 900, "{memory} octets a DET");
    }
}

/// Of a large zone each tick does a part, and the whole is done in the end; answers never wait.
#[test]
fn a_walk_goes_on_with_every_tick() {
    let folder = tempfile::tempdir().unwrap();
    for (role, seed) in [(KeyRole::KeySigning, 1), (KeyRole::ZoneSigning, 2)] {
        make(folder.path(), Algorithm::Ed25519, seed, first_keys(role, UnixTime(NOW.0 - DAY)));
    }
    let ua = entity(&testdata("chain/manifest.json"), "ua1");
    let dets: Vec<Published> = (0..3000).map(|index| synthetic(&ua, index)).collect();
    let zones = zones(folder.path(), HdaZones::Compact, NOW, &dets);
    let mut ticks = 0;
    let memory = || zones.summaries()[0].memory;
    let mut before = 0;
    while memory() != before {
        before = memory();
        ticks += 1;
        assert!(ticks < 20);
        let _ = zones.tick(UnixTime(NOW.0 + ticks));
    }
    assert!((3..=5).contains(&ticks), "{ticks}: 3000 DETs are 18000 signatures");
    assert_eq!(zones.sign_ahead(cut(), 1), Ok(0));
}

#[test]
fn who_fills_a_zone_does_not_wait_for_signatures() {
    let manifest = testdata("chain/manifest.json");
    let ua = entity(&manifest, "ua1");
    let folder = tempfile::tempdir().unwrap();
    for (role, seed) in [(KeyRole::KeySigning, 1), (KeyRole::ZoneSigning, 2)] {
        make(folder.path(), Algorithm::Ed25519, seed, first_keys(role, UnixTime(NOW.0 - DAY)));
    }
    let zones = zones(folder.path(), HdaZones::Compact, NOW, &[]);
    let publish = |indices: std::ops::Range<u64>| {
        for index in indices {
            zones.publish(&synthetic(&ua, index), Serial(10 + index as u32)).unwrap();
        }
    };
    let held = zones.hold();
    publish(0..5);
    drop(held);
    assert_eq!(zones.sign_ahead(cut(), 1).unwrap(), 0, "signed when published");
    let held = zones.hold_to_fill();
    publish(5..10);
    drop(held);
    // Five records of each, and its NSEC.
    assert_eq!(zones.sign_ahead(cut(), 1).unwrap(), 5 * 6, "signed afterwards");
}
