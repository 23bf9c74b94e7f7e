//! A copy of a signed zone answers as its original, octet for octet, with what the original signed: whole, after differences of every kind,
//! out of a snapshot, and copied on. What does not fit together is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;
#[path = "../../../tests/src/dice.rs"]
#[allow(unreachable_pub, dead_code, reason = "it is another crate's")]
mod dice;

use chain::{HID, entity, hid, name, synthetic, testdata};
use dice::Dice;
use dime_zone::{
    copy::{CopyError, Delta, Loading, ZoneCopy},
    dnssec::*,
    snapshot::{Standing, ThawedZone, battery::SimulatedShelf, shelf, shelf::Shelf},
    *,
};
use drip_det::{Det, SuiteId, UnixTime, ZoneCut};
use std::path::Path;

const DAY: u64 = 86_400;
const NOW: UnixTime = UnixTime(1_795_350_896);

fn hda() -> ZoneCut {
    ZoneCut::Hda(hid(HID))
}

fn raa() -> ZoneCut {
    ZoneCut::raa_zones(hid(HID).raa)[3]
}

fn make_keys(folder: &Path, cut: ZoneCut, seed: u8) {
    for (role, seed) in [(KeyRole::KeySigning, seed), (KeyRole::ZoneSigning, seed + 1)] {
        let new = first_keys(role, UnixTime(NOW.0 - DAY));
        let key = ZoneKey::from_seed(&[seed; 32], new.role, new.times);
        KeyFolder::new(folder).create(&name(&cut.name()), &key).unwrap();
    }
}

fn delegation(cut: ZoneCut, ds: u8) -> Delegation {
    let server = name(&format!("ns.{}", cut.name()));
    let glue = vec![Host { name: server.clone(), addresses: vec!["192.0.2.7".parse().unwrap()] }];
    let count = if cut_number(cut) % 2 == 1 { ds } else { 0 };
    let ds = |index| Ds { key_tag: 7 + index, algorithm: 15, digest_type: 2, digest: vec![9; 32] };
    let ds = (0..u16::from(count)).map(ds).collect();
    Delegation { ns: vec![server, name("ns.elsewhere.example.")], glue, ds }
}

fn cut_number(cut: ZoneCut) -> u16 {
    match cut {
        ZoneCut::Hda(hid) => hid.hda.value(),
        _ => 0,
    }
}

/// The last zone of the RAA with hosts among its names, cuts with DS and without, and DETs; below it the zone of an HDA. Both have an NSEC
/// chain. The keys are others for each seed.
fn original(folder: &Path, seed: u8, aircraft: u64) -> (Zones, Published) {
    make_keys(folder, raa(), seed);
    make_keys(folder, hda(), seed + 2);
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Signed, HdaZones::Nsec).unwrap();
    let zones = Zones::signed(Signing::new(KeyFolder::new(folder), policy, NOW));
    for cut in [raa(), hda()] {
        let mut config = chain::config(cut);
        for host in ["ns", "ns.00", "ns.5.5", "x.y"] {
            let host = name(&format!("{host}.{}", cut.name()));
            config.ns.push(host.clone());
            let addresses = vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
            config.glue.push(Host { name: host, addresses });
        }
        zones.add_zone(config).unwrap();
    }
    for number in [16300, 16377, 16381] {
        let cut = ZoneCut::Hda(hid((HID.0, number)));
        zones.delegate(cut, delegation(cut, 1), Serial(1)).unwrap();
    }
    let manifest = testdata("chain/manifest.json");
    let like = entity(&manifest, "ua1");
    for index in 0..aircraft {
        zones.load(&synthetic(&like, index)).unwrap();
        zones.load(&of_raa(index)).unwrap();
    }
    (zones, like)
}

/// A DET in the zone of the RAA.
fn of_raa(index: u64) -> Published {
    let like = entity(&testdata("chain/manifest.json"), "raa-auth");
    let hash = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Published { det: Det::from_parts(hid((HID.0, 12288)), SuiteId::EDDSA_CSHAKE128, hash), ..like }
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
    for cut in [raa(), hda()] {
        let (soa, records) = records(zones, cut);
        copy.serve_copy(&load(cut, soa, records).unwrap()).unwrap();
    }
    copy
}

/// Names that are there, those above, below and beside them.
fn names(zones: &Zones) -> Vec<Name> {
    let mut names = Vec::new();
    for cut in [raa(), hda()] {
        names.push(name(&format!("*.{}", cut.name())));
        names.push(name(&format!("zz.{}", cut.name())));
        for record in records(zones, cut).1 {
            let labels: Vec<&[u8]> = record.owner.labels().collect();
            for other in [b"0".as_slice(), b"f", b"g", b"*", b"00"] {
                names
                    .push(Name::from_labels([other].into_iter().chain(labels[1..].iter().copied())).unwrap());
            }
            names.push(Name::from_labels(labels[3..].iter().copied()).unwrap());
            names.push(Name::from_labels([&b"a"[..]].into_iter().chain(record.owner.labels())).unwrap());
            names.push(name(&record.owner.to_string().to_uppercase()));
            names.push(record.owner);
        }
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.to_string()));
    names
}

const TYPES: [u16; 18] = [1, 2, 6, 16, 28, 37, 43, 46, 47, 48, 52, 55, 59, 60, 67, 68, 255, 256];

fn sorted(answer: Answer) -> Answer {
    // Records of one set, and signatures of one set, are in no order.
    let by = |record: &Record| (record.owner.to_string(), record.record_type, record.rdata.clone());
    let sort = |mut records: Vec<Record>| {
        records.sort_by_key(by);
        records
    };
    let Answer { answers, authority, additional, .. } = answer.clone();
    Answer { answers: sort(answers), authority: sort(authority), additional: sort(additional), ..answer }
}

fn assert_same(original: &Zones, copy: &Zones) {
    assert_same_of(original, copy, &TYPES);
}

fn assert_same_of(original: &Zones, copy: &Zones, types: &[u16]) {
    for name in names(original) {
        for record_type in types.iter().copied().map(RecordType) {
            let question = Question { name: &name, record_type, class: Class::IN };
            let (ours, theirs) = (original.lookup_signed(question), copy.lookup_signed(question));
            assert_ne!(theirs.rcode, Rcode::ServFail, "{name} {record_type}");
            assert_eq!(sorted(theirs), sorted(ours), "{name} {record_type}");
            let (ours, theirs) = (original.lookup(question), copy.lookup(question));
            assert_eq!(sorted(theirs), sorted(ours), "{name} {record_type}");
        }
    }
}

fn set(records: Vec<Record>) -> std::collections::BTreeSet<(String, RecordType, u32, Vec<u8>)> {
    let of = |record: Record| (record.owner.to_string(), record.record_type, record.ttl, record.rdata);
    records.into_iter().map(of).collect()
}

/// What is one and not the other.
fn delta(zone: ZoneCut, before: &Zones, after: &Zones) -> Delta {
    let ((from, old), (to, new)) = (records(before, zone), records(after, zone));
    let without = |these: &[Record], those: &[Record]| {
        these.iter().filter(|record| !those.contains(record)).cloned().collect()
    };
    Delta { removed: without(&old, &new), added: without(&new, &old), from, to }
}

#[test]
fn a_copy_answers_as_its_original_and_so_does_a_copy_of_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, _) = original(folder.path(), 1, 30);
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
    let (zones, _) = original(folder.path(), 1, 12);
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
    let (zones, like) = original(folder.path(), 1, 10);
    let copy = copied(&zones);
    let mut change = 100;
    for round in 0..30 {
        for _ in 0..dice.below(5) {
            change += 1 + dice.below(3) as u32;
            let index = dice.below(20);
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
    let (zones, _) = original(folder.path(), 1, 20);
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

/// Every record that the signing takes is missed, if it is missing: in a whole transfer, and in differences.
#[test]
fn nothing_may_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, like) = original(folder.path(), 1, 4);
    let copy = copied(&zones);
    for cut in [raa(), hda()] {
        let (soa, all) = records(&zones, cut);
        for (index, missing) in all.iter().enumerate() {
            // Of the addresses and servers of a signed set, one more or less is for who validates.
            let signing = [RecordType::RRSIG, RecordType::NSEC].contains(&missing.record_type);
            let of_det = missing.owner.labels().count() == 34;
            if signing || of_det {
                let mut some = all.clone();
                some.remove(index);
                let loaded = load(cut, soa.clone(), some);
                assert!(loaded.is_err(), "{} {} {:?}", missing.owner, missing.record_type, missing.rdata);
            }
        }
        let unkeyed = all.into_iter().filter(|record| record.record_type != RecordType::DNSKEY).collect();
        let fault = load(cut, soa, unkeyed).err().unwrap();
        assert!(fault.to_string().contains("no DNSKEY"), "{fault}");
    }
    zones.remove(of_raa(1).det, Serial(500)).unwrap();
    zones.publish(&of_raa(77), Serial(501)).unwrap();
    zones.remove(synthetic(&like, 1).det, Serial(500)).unwrap();
    zones.publish(&synthetic(&like, 77), Serial(501)).unwrap();
    for cut in [raa(), hda()] {
        let (have, whole) = (copy.copy_of(cut).unwrap(), delta(cut, &copy, &zones));
        assert!(whole.added.iter().any(|record| record.record_type == RecordType::NSEC));
        for index in 0..whole.added.len() {
            let mut some = whole.clone();
            let missing = some.added.remove(index);
            assert!(have.changed(vec![some]).is_err(), "{} {}", missing.owner, missing.record_type);
        }
        for index in 0..whole.removed.len() {
            // A signature that stays beside the new one is for who validates.
            if whole.removed[index].record_type == RecordType::RRSIG {
                continue;
            }
            let mut some = whole.clone();
            let left = some.removed.remove(index);
            assert!(have.changed(vec![some]).is_err(), "{} {}", left.owner, left.record_type);
        }
        copy.serve_copy(&have.changed(vec![whole]).unwrap()).unwrap();
    }
    assert_same(&zones, &copy);
}

#[test]
fn what_does_not_fit_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, _) = original(folder.path(), 1, 3);
    let (soa, good) = records(&zones, hda());
    let apex = name(&hda().name());
    let find = |owner: Option<&Name>, record_type: RecordType| {
        let is_it = |record: &&Record| {
            record.record_type == record_type && owner.is_none_or(|owner| record.owner == *owner)
        };
        good.iter().find(is_it).unwrap().clone()
    };
    let det = find(None, RecordType::HHIT).owner;
    let nsec = find(Some(&det), RecordType::NSEC);
    let signature = find(Some(&det), RecordType::RRSIG);
    let at = |owner: &Name, record_type: u16, ttl: u32, rdata: &[u8]| Record {
        owner: owner.clone(),
        record_type: RecordType(record_type),
        ttl,
        rdata: rdata.to_vec(),
    };
    let with = |record: &Record, change: &dyn Fn(&mut Record)| {
        let mut changed = record.clone();
        change(&mut changed);
        changed
    };
    let swap = |old: &Record, new: Record| {
        let all = good.iter().filter(|record| *record != old).cloned().chain([new]).collect();
        load(hda(), soa.clone(), all).err().map(|fault| fault.to_string()).unwrap_or_default()
    };
    let nobody = at(&name("nobody.example."), 1, 0, &[]);
    let cases = [
        (swap(&nobody, at(&apex, 51, 0, &[1, 0, 0, 0, 0])), "NSEC3"),
        (swap(&nobody, at(&name(&format!("abc.{apex}")), 50, 30, &[1; 30])), "NSEC3"),
        (
            swap(&nobody, at(&name(&format!("abc.{apex}")), 47, 30, &nsec.rdata)),
            "nothing that the zone signs",
        ),
        (swap(&nobody, with(&nsec, &|nsec| nsec.rdata.push(0))), "several"),
        (swap(&nsec, with(&nsec, &|nsec| *nsec.rdata.last_mut().unwrap() ^= 2)), "other types"),
        (swap(&nsec, with(&nsec, &|nsec| nsec.rdata[1] ^= 1)), "does not link to"),
        (swap(&nsec, with(&nsec, &|nsec| nsec.rdata.truncate(9))), "cannot be read"),
        (swap(&nsec, with(&nsec, &|nsec| nsec.ttl += 1)), "TTL"),
        (swap(&signature, with(&signature, &|signature| signature.ttl += 1)), "TTL"),
        (swap(&signature, with(&signature, &|signature| signature.rdata[3] -= 1)), "not of this zone"),
        (swap(&signature, with(&signature, &|signature| signature.rdata[19] ^= 1)), "not of this zone"),
        (swap(&signature, with(&signature, &|signature| signature.rdata.truncate(17))), "cannot be read"),
        (swap(&signature, with(&signature, &|signature| signature.rdata[1] = 16)), "of which there is none"),
        (swap(&nobody, at(&apex, 63, 3600, &[1; 20])), "no such record"),
        (swap(&nobody, at(&det, 48, 60, &[1; 40])), "no such record"),
        (swap(&nobody, at(&apex, 48, 60, &[1; 40])), "TTL"),
    ];
    for (index, (fault, expected)) in cases.into_iter().enumerate() {
        assert!(fault.contains(expected), "{index}: {fault:?}, not {expected}");
    }
    // The signer's name in another case is the same name.
    let upper = with(&signature, &|signature| signature.rdata[18..30].make_ascii_uppercase());
    assert_eq!(swap(&signature, upper), "");
}
