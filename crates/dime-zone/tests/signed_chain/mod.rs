//! Signed zones to copy, and what there is to compare of them.

#![allow(dead_code, reason = "each test uses its part")]

use crate::chain::{self, HID, entity, hid, name, synthetic, testdata};
use dime_zone::{
    copy::{CopyError, Delta, Loading, ZoneCopy},
    dnssec::*,
    *,
};
use drip_det::{Det, SuiteId, UnixTime, ZoneCut};
use std::path::Path;

pub(crate) const DAY: u64 = 86_400;
pub(crate) const NOW: UnixTime = UnixTime(1_795_350_896);

pub(crate) fn hda() -> ZoneCut {
    ZoneCut::Hda(hid(HID))
}

pub(crate) fn raa() -> ZoneCut {
    ZoneCut::raa_zones(hid(HID).raa)[3]
}

pub(crate) fn make_keys(folder: &Path, cut: ZoneCut, seed: u8) {
    for (role, seed) in [(KeyRole::KeySigning, seed), (KeyRole::ZoneSigning, seed + 1)] {
        let new = first_keys(role, UnixTime(NOW.0 - DAY));
        let key = ZoneKey::from_seed(&[seed; 32], new.role, new.times);
        KeyFolder::new(folder).create(&name(&cut.name()), &key).unwrap();
    }
}

pub(crate) fn delegation(cut: ZoneCut, ds: u8) -> Delegation {
    let server = name(&format!("ns.{}", cut.name()));
    let glue = vec![Host { name: server.clone(), addresses: vec!["192.0.2.7".parse().unwrap()] }];
    let count = if cut_number(cut) % 2 == 1 { ds } else { 0 };
    let ds = |index| Ds { key_tag: 7 + index, algorithm: 15, digest_type: 2, digest: vec![9; 32] };
    let ds = (0..u16::from(count)).map(ds).collect();
    Delegation { ns: vec![server, name("ns.elsewhere.example.")], glue, ds }
}

pub(crate) fn cut_number(cut: ZoneCut) -> u16 {
    match cut {
        ZoneCut::Hda(hid) => hid.hda.value(),
        _ => 0,
    }
}

/// The last zone of the RAA with hosts among its names, cuts with DS and without, and DETs; below it the zone of an HDA. Both have an NSEC
/// chain. The keys are others for each seed.
pub(crate) fn original(folder: &Path, seed: u8, aircraft: u64) -> (Zones, Published) {
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
pub(crate) fn of_raa(index: u64) -> Published {
    let like = entity(&testdata("chain/manifest.json"), "raa-auth");
    let hash = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Published { det: Det::from_parts(hid((HID.0, 12288)), SuiteId::EDDSA_CSHAKE128, hash), ..like }
}

pub(crate) fn records(zones: &Zones, cut: ZoneCut) -> (Record, Vec<Record>) {
    let transfer = zones.transfer(cut).unwrap();
    (transfer.soa, transfer.records.collect())
}

pub(crate) fn load(cut: ZoneCut, soa: Record, records: Vec<Record>) -> Result<ZoneCopy, CopyError> {
    let mut loading = Loading::new(cut, soa)?;
    records.into_iter().try_for_each(|record| loading.add(record))?;
    loading.finish()
}

pub(crate) fn copied(zones: &Zones) -> Zones {
    let copy = Zones::new();
    for cut in [raa(), hda()] {
        let (soa, records) = records(zones, cut);
        copy.serve_copy(&load(cut, soa, records).unwrap()).unwrap();
    }
    copy
}

/// Names that are there, those above, below and beside them.
pub(crate) fn names(zones: &Zones) -> Vec<Name> {
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

pub(crate) const TYPES: [u16; 18] = [1, 2, 6, 16, 28, 37, 43, 46, 47, 48, 52, 55, 59, 60, 67, 68, 255, 256];

pub(crate) fn sorted(answer: Answer) -> Answer {
    // Records of one set, and signatures of one set, are in no order.
    let by = |record: &Record| (record.owner.to_string(), record.record_type, record.rdata.clone());
    let sort = |mut records: Vec<Record>| {
        records.sort_by_key(by);
        records
    };
    let Answer { answers, authority, additional, .. } = answer.clone();
    Answer { answers: sort(answers), authority: sort(authority), additional: sort(additional), ..answer }
}

pub(crate) fn assert_same(original: &Zones, copy: &Zones) {
    assert_same_of(original, copy, &TYPES);
}

pub(crate) fn assert_same_of(original: &Zones, copy: &Zones, types: &[u16]) {
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

pub(crate) fn set(records: Vec<Record>) -> std::collections::BTreeSet<(String, RecordType, u32, Vec<u8>)> {
    let of = |record: Record| (record.owner.to_string(), record.record_type, record.ttl, record.rdata);
    records.into_iter().map(of).collect()
}

/// What is one and not the other.
pub(crate) fn delta(zone: ZoneCut, before: &Zones, after: &Zones) -> Delta {
    let ((from, old), (to, new)) = (records(before, zone), records(after, zone));
    let without = |these: &[Record], those: &[Record]| {
        these.iter().filter(|record| !those.contains(record)).cloned().collect()
    };
    Delta { removed: without(&old, &new), added: without(&new, &old), from, to }
}
