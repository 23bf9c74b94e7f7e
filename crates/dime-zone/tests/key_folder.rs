//! The folder of the keys while a server uses it: changes that are taken up, and everything that can be wrong with a file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, hid, name, testdata};
use dime_zone::dnssec::*;
use dime_zone::*;
use drip_det::{UnixTime, ZoneCut};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Barrier,
};

const DAY: u64 = 86_400;
/// 2026-11-22T12:34:00Z, the beginning of a minute.
const NOW: UnixTime = UnixTime(1_795_350_840);
const APEX: &str = "3.0.0.1.0.0.2.ip6.arpa.";
const RAA_ZONE: &str = "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
const TIMING: RollTiming =
    RollTiming { dnskey_ttl: 3600, max_ttl: 3600, propagation: 3600, ds_ttl: 3600, parent_propagation: 3600 };

fn at(seconds: u64) -> UnixTime {
    UnixTime(NOW.0 + seconds)
}

fn raa() -> ZoneCut {
    ZoneCut::raa_of(hid(HID))
}

fn make(folder: &Path, zone: &str, seed: u8, new: NewKey) -> u16 {
    let key = ZoneKey::from_seed(&[seed; 32], new.role, new.times);
    KeyFolder::new(folder).create(&name(zone), &key).unwrap();
    key.tag()
}

fn make_both(folder: &Path, zone: &str, seed: u8) {
    make(folder, zone, seed, first_keys(KeyRole::KeySigning, at(0)));
    make(folder, zone, seed + 1, first_keys(KeyRole::ZoneSigning, at(0)));
}

fn nothing_served(folder: &Path) -> Zones {
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Signed, HdaZones::Unsigned).unwrap();
    Zones::signed(Signing::new(KeyFolder::new(folder), policy, NOW))
}

/// The Apex and the RAA's last zone, which has looked around once.
fn served(folder: &Path) -> Zones {
    make_both(folder, APEX, 1);
    make_both(folder, RAA_ZONE, 11);
    let zones = nothing_served(folder);
    for cut in [ZoneCut::Apex, raa()] {
        zones.add_zone(chain::config(cut)).unwrap();
    }
    // What is new at the first look may have changed within one tick of the file system's clock: it is looked at twice.
    assert!(zones.tick(at(1)).is_empty() && zones.tick(at(2)).is_empty());
    zones
}

fn ask(zones: &Zones, owner: &str, record_type: RecordType) -> Answer {
    zones.lookup_signed(Question { name: &name(owner), record_type, class: Class::IN })
}

fn count(zones: &Zones, owner: &str, record_type: RecordType) -> usize {
    let answer = ask(zones, owner, record_type);
    answer.answers.iter().filter(|record| record.record_type == record_type).count()
}

fn faults(events: &[SigningEvent]) -> Vec<String> {
    events.iter().filter(|event| event.is_fault()).map(ToString::to_string).collect()
}

fn private_file(folder: &Path, zone: &str, tag: u16) -> PathBuf {
    folder.join(format!("K{zone}+015+{tag:05}.private"))
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn keys_are_taken_up_at_the_next_look() {
    let folder = tempfile::tempdir().unwrap();
    let zones = served(folder.path());
    let serial = zones.serial(raa()).unwrap();
    assert_eq!(count(&zones, RAA_ZONE, RecordType::DNSKEY), 2);
    let keys = KeyFolder::new(folder.path()).load(&name(RAA_ZONE)).unwrap();
    let roll = roll_zsk(&keys.iter().collect::<Vec<_>>(), &TIMING, at(2)).unwrap();
    make(folder.path(), RAA_ZONE, 77, roll.new);
    let events = zones.tick(at(3));
    assert!(matches!(events[..], [SigningEvent::Advanced { change: SigningChange::Keys, .. }]), "{events:?}");
    assert_eq!(count(&zones, RAA_ZONE, RecordType::DNSKEY), 3);
    assert!(zones.serial(raa()).unwrap().is_newer_than(serial));
    assert!((4..50).all(|second| zones.tick(at(second)).is_empty()), "nothing else happens");
    // Another KSK of which CDS speaks changes the DS above as soon.
    make(folder.path(), RAA_ZONE, 78, first_keys(KeyRole::KeySigning, at(50)));
    zones.tick(at(51));
    assert_eq!(count(&zones, RAA_ZONE, RecordType::DS), 2);
}

#[test]
fn a_refused_zone_is_served_as_soon_as_it_has_keys() {
    let folder = tempfile::tempdir().unwrap();
    make_both(folder.path(), APEX, 1);
    let zones = nothing_served(folder.path());
    zones.add_zone(chain::config(ZoneCut::Apex)).unwrap();
    zones.add_zone(chain::config(raa())).unwrap_err();
    let before = zones.serial(ZoneCut::Apex).unwrap();
    // What belongs into it is not put into the zone above, which could then never be cut.
    let det = chain::entity(&testdata("chain/manifest.json"), "hda-auth");
    assert_eq!(zones.publish(&det, Serial(5)), Err(PublishError::NoZone(det.det)));
    assert_eq!(ask(&zones, RAA_ZONE, RecordType::SOA).rcode, Rcode::NxDomain);
    assert_eq!(faults(&zones.tick(at(1))).len(), 1);
    assert!(zones.tick(at(2)).is_empty(), "once is enough");
    assert_eq!(faults(&zones.tick(at(61))).len(), 1, "once a minute");

    // Keys that cannot be used: told of at once, and taken up as soon as somebody has mended them, in place too.
    let tag = make(folder.path(), RAA_ZONE, 11, first_keys(KeyRole::KeySigning, at(0)));
    let private = private_file(folder.path(), RAA_ZONE, tag);
    set_mode(&private, 0o644);
    let told = faults(&zones.tick(at(62)));
    assert!(told.len() == 1 && told[0].contains("chmod 600"), "{told:?}");
    set_mode(&private, 0o600);
    let events = zones.tick(at(63));
    assert!(matches!(events[..], [SigningEvent::Served { .. }]), "{events:?}");
    assert!(zones.refused().is_empty() && zones.serial(ZoneCut::Apex).unwrap().is_newer_than(before));
    assert_eq!(count(&zones, RAA_ZONE, RecordType::DS), 1);
    assert!(zones.publish(&det, Serial(6)).is_ok());
    assert_eq!(count(&zones, &det.det.owner_name(), RecordType::HHIT), 1);
}

/// Whatever is put into the folder, a zone that is signed stays signed by the keys it had, the fault has words, and is over when it is.
#[test]
fn files_that_are_no_good() {
    let folder = tempfile::tempdir().unwrap();
    let zones = served(folder.path());
    let good = ask(&zones, RAA_ZONE, RecordType::DNSKEY);
    let base = format!("K{RAA_ZONE}+015+");
    let other =
        ZoneKey::from_seed(&[99; 32], KeyRole::ZoneSigning, first_keys(KeyRole::ZoneSigning, at(0)).times);
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere_file = KeyFolder::new(elsewhere.path()).create(&name(RAA_ZONE), &other).unwrap();
    let public = fs::read_to_string(&elsewhere_file).unwrap();
    let private = fs::read_to_string(elsewhere_file.with_extension("private")).unwrap();
    let (tag, half) = (other.tag(), |text: &str| text[..text.len() / 2].to_owned());
    let files = |ending: &str| folder.path().join(format!("{base}{tag:05}.{ending}"));
    let mut second = 3;
    for (case, public, private, mode, words) in [
        ("half a record", half(&public), private.clone(), 0o600, "DNSKEY"),
        ("half a key", public.clone(), half(&private), 0o600, "PrivateKey"),
        ("nothing", String::new(), String::new(), 0o600, "DNSKEY"),
        ("others may read it", public.clone(), private.clone(), 0o640, "chmod 600"),
        ("of another zone", public.replace(RAA_ZONE, APEX), private.clone(), 0o600, "of zone"),
        ("of another algorithm", public.replace("3 15", "3 13"), private.clone(), 0o600, "13"),
        ("too large", public.clone(), "; \n".repeat(9000), 0o600, "larger"),
        (
            "of another key",
            public.clone(),
            private.replace("PrivateKey: Y", "PrivateKey: Z"),
            0o600,
            "not that of",
        ),
    ] {
        fs::write(files("private"), &private).unwrap();
        set_mode(&files("private"), mode);
        fs::write(files("key"), &public).unwrap();
        let told = faults(&zones.tick(at(second)));
        assert!(told.len() == 1 && told[0].contains(words), "{case}: {told:?}");
        assert_eq!(ask(&zones, RAA_ZONE, RecordType::DNSKEY), good, "{case}");
        fs::remove_file(files("key")).unwrap();
        fs::remove_file(files("private")).unwrap();
        assert!(zones.tick(at(second + 1)).is_empty() && zones.tick(at(second + 2)).is_empty(), "{case}");
        second += 3;
    }
    // A directory and a pipe: neither is waited for.
    fs::write(files("key"), &public).unwrap();
    for kind in ["mkdir", "mkfifo"] {
        let made = std::process::Command::new(kind).arg(files("private")).status().unwrap();
        assert!(made.success());
        set_mode(&files("private"), 0o700);
        let told = faults(&zones.tick(at(second)));
        assert!(told.len() == 1 && told[0].contains("not a file"), "{kind}: {told:?}");
        fs::remove_dir(files("private")).or_else(|_| fs::remove_file(files("private"))).unwrap();
        fs::write(files("private"), &private).unwrap();
        set_mode(&files("private"), 0o600);
        assert!(faults(&zones.tick(at(second + 1))).is_empty());
        fs::remove_file(files("private")).unwrap();
        second += 2;
    }
    // Written in place at last, as an editor does, without a trace at the folder: the file was there already.
    fs::write(files("private"), half(&private)).unwrap();
    set_mode(&files("private"), 0o600);
    assert_eq!(faults(&zones.tick(at(second))).len(), 1);
    fs::write(files("private"), &private).unwrap();
    assert!(faults(&zones.tick(at(second + 1))).is_empty());
    assert_eq!(count(&zones, RAA_ZONE, RecordType::DNSKEY), 3);
}

#[test]
fn a_folder_that_others_can_write_to() {
    let folder = tempfile::tempdir().unwrap();
    let zones = served(folder.path());
    set_mode(folder.path(), 0o770);
    let told = faults(&zones.tick(at(3)));
    assert!(told.len() == 2 && told[0].contains("chmod go-w"), "{told:?}");
    assert_eq!(count(&zones, RAA_ZONE, RecordType::DNSKEY), 2);
    assert!(nothing_served(folder.path()).add_zone(chain::config(raa())).is_err());
    set_mode(folder.path(), 0o750);
    assert!(zones.tick(at(4)).is_empty());
}

/// The public half cannot be written: the disk may be full. Nothing is left of the key, and the next attempt is like the first.
#[test]
fn half_a_key_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let key = ZoneKey::from_seed(&[5; 32], KeyRole::KeySigning, first_keys(KeyRole::KeySigning, NOW).times);
    let keys = KeyFolder::new(folder.path());
    let in_the_way = folder.path().join(format!("K{RAA_ZONE}+015+{:05}.key.new", key.tag()));
    fs::create_dir(&in_the_way).unwrap();
    assert!(matches!(keys.create(&name(RAA_ZONE), &key), Err(KeyFolderError::Io { doing: "write it", .. })));
    assert!(!private_file(folder.path(), RAA_ZONE, key.tag()).exists());
    fs::remove_dir(&in_the_way).unwrap();
    keys.create(&name(RAA_ZONE), &key).unwrap();
    // Killed between the halves: the private one alone is not seen, and does no harm.
    let other =
        ZoneKey::from_seed(&[6; 32], KeyRole::ZoneSigning, first_keys(KeyRole::ZoneSigning, NOW).times);
    let public = keys.create(&name(RAA_ZONE), &other).unwrap();
    fs::remove_file(public).unwrap();
    assert_eq!(keys.load(&name(RAA_ZONE)).unwrap().len(), 1);
}

/// Many at once: who has the lock sees what the one before has written.
#[test]
fn one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let start = Barrier::new(8);
    let made = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|seed| {
                let (start, path) = (&start, folder.path());
                scope.spawn(move || {
                    start.wait();
                    let keys = KeyFolder::new(path);
                    let _others_wait = keys.lock().unwrap();
                    let first = keys.load(&name(RAA_ZONE)).unwrap().is_empty();
                    if first {
                        make(path, RAA_ZONE, seed, first_keys(KeyRole::KeySigning, NOW));
                    }
                    usize::from(first)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert_eq!(made, 1);
    let reader = KeyFolder::read_only(folder.path());
    assert!(matches!(reader.lock(), Err(KeyFolderError::ReadOnly(_))));
}

/// A year ahead, a year back, and a machine whose clock begins in 1970.
#[test]
fn clocks_that_are_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let zones = served(folder.path());
    let mut last = zones.serial(raa()).unwrap();
    for now in [at(366 * DAY), at(30), UnixTime(NOW.0 - 366 * DAY), UnixTime(5), UnixTime(3 * DAY), at(40)] {
        let told = faults(&zones.tick(now));
        assert!(!told.is_empty(), "at {now}");
        let answer = ask(&zones, RAA_ZONE, RecordType::SOA);
        let signature = &answer.answers[1].rdata;
        let time = |from: usize| u32::from_be_bytes(signature[from..from + 4].try_into().unwrap());
        assert!(u64::from(time(12)) <= now.0 && u64::from(time(8)) > now.0 + 6 * DAY, "valid at {now}");
        let serial = zones.serial(raa()).unwrap();
        assert!(serial.is_newer_than(last), "{serial} after {last} at {now}");
        last = serial;
    }
    assert!(faults(&zones.tick(at(100))).is_empty(), "all is well again");
}

/// The digests of dnssec-dsfromkey (BIND 9.18) for a key of ours.
#[test]
fn ds_of_both_digests() {
    let folder = tempfile::tempdir().unwrap();
    let tag = make(folder.path(), RAA_ZONE, 1, first_keys(KeyRole::KeySigning, NOW));
    let [key] = KeyFolder::new(folder.path()).load(&name(RAA_ZONE)).unwrap().try_into().ok().unwrap();
    let file = folder.path().join(format!("K{RAA_ZONE}+015+{tag:05}.key"));
    for (digest, algorithm) in [(DsDigest::Sha256, "SHA-256"), (DsDigest::Sha384, "SHA-384")] {
        let program =
            std::process::Command::new("dnssec-dsfromkey").args(["-a", algorithm]).arg(&file).output();
        let printed = String::from_utf8(program.unwrap().stdout).unwrap();
        let ours = key.dnskey().ds_by(&name(RAA_ZONE), digest);
        assert_eq!(printed.trim(), format!("{RAA_ZONE} IN DS {ours}"));
    }
}
