//! Zones as others take them. A copy that follows all differences has, record for record, what the zone has: of zones that are signed and
//! zones that are not, after any changes to DETs, delegations and keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;
#[allow(dead_code, unreachable_pub, reason = "the same dice as elsewhere; each test uses its part")]
#[path = "../../../tests/src/dice.rs"]
mod dice;

use chain::{HID, entity, hid, name, synthetic, testdata};
use dice::Dice;
use dime_zone::dnssec::*;
use dime_zone::*;
use drip_det::{Det, Raa, UnixTime, ZoneCut};
use std::{collections::BTreeSet, path::Path};

/// 2026-11-22T12:34:56Z.
const NOW: UnixTime = UnixTime(1_795_350_896);
const DAY: u64 = 86_400;

type Line = (Vec<u8>, u16, u32, Vec<u8>);

/// What a secondary has.
struct Copy {
    cut: ZoneCut,
    soa: Record,
    lines: BTreeSet<Line>,
}

fn line(record: Record) -> Line {
    (record.owner.wire().to_ascii_lowercase(), record.record_type.0, record.ttl, record.rdata)
}

fn serial(soa: &Record) -> Serial {
    let at = soa.rdata.len() - 20;
    Serial(u32::from_be_bytes(soa.rdata[at..at + 4].try_into().unwrap()))
}

impl Copy {
    fn of(zones: &Zones, cut: ZoneCut) -> Self {
        let Transfer { soa, records } = zones.transfer(cut).unwrap();
        let mut lines = BTreeSet::new();
        for record in records {
            assert_ne!(record.record_type, RecordType::SOA);
            let text = format!("{record:?}");
            assert!(lines.insert(line(record)), "twice: {text}");
        }
        Copy { cut, soa, lines }
    }

    /// Follows what changed, strictly: what goes must be there, what comes must not. Returns whether a difference was to be had.
    fn follow(&mut self, zones: &Zones) -> bool {
        let Difference { soa, changes } = zones.difference(self.cut, serial(&self.soa)).unwrap();
        match changes {
            Changes::None => assert_eq!(soa, self.soa),
            Changes::Since { before, removed, added } => {
                assert_eq!(before, self.soa);
                for record in removed {
                    let text = format!("{record:?}");
                    assert!(self.lines.remove(&line(record)), "not there to remove: {text}");
                }
                for record in added {
                    let text = format!("{record:?}");
                    assert!(self.lines.insert(line(record)), "there already: {text}");
                }
                self.soa = soa;
            }
            Changes::Unknown => {
                *self = Copy::of(zones, self.cut);
                return false;
            }
        }
        true
    }

    fn check(&self, zones: &Zones) {
        let now = Copy::of(zones, self.cut);
        assert_eq!(self.soa, now.soa);
        let missing: Vec<_> = now.lines.difference(&self.lines).map(show).collect();
        let extra: Vec<_> = self.lines.difference(&now.lines).map(show).collect();
        assert!(missing.is_empty() && extra.is_empty(), "missing {missing:#?}\ntoo many {extra:#?}");
    }
}

fn show((owner, record_type, ttl, _): &Line) -> String {
    format!("{} {record_type} {ttl}", String::from_utf8_lossy(owner))
}

fn cuts() -> Vec<ZoneCut> {
    let raa = Raa::new(HID.0).unwrap();
    [ZoneCut::Apex].into_iter().chain(ZoneCut::raa_zones(raa)).chain([ZoneCut::Hda(hid(HID))]).collect()
}

/// Apex, the RAA's four zones, the last with name servers of its own among the nibbles, and the HDA's.
fn tree(zones: Zones) -> Zones {
    for cut in cuts() {
        let mut config = chain::config(cut);
        if cut.name() == "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa." {
            for label in ["ns", "ns.00", "ns.5.5", "ns.9.f.f"] {
                let host = name(&format!("{label}.{}", cut.name()));
                config.ns.push(host.clone());
                config.glue.push(Host {
                    name: host,
                    addresses: vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
                });
            }
        }
        zones.add_zone(config).unwrap();
    }
    zones
}

fn signed(folder: &Path) -> Zones {
    for (index, cut) in cuts().iter().enumerate() {
        for (role, seed) in [(KeyRole::KeySigning, 1), (KeyRole::ZoneSigning, 101)] {
            let new = first_keys(role, UnixTime(NOW.0 - DAY));
            let key = ZoneKey::from_seed(&[index as u8 + seed; 32], new.role, new.times);
            KeyFolder::new(folder).create(&name(&cut.name()), &key).unwrap();
        }
    }
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Signed, HdaZones::Nsec).unwrap();
    tree(Zones::signed(Signing::new(KeyFolder::new(folder), policy, NOW)))
}

/// Changes of every kind.
struct Source<'a> {
    zones: &'a Zones,
    like: Published,
    authority: Published,
    number: u32,
}

impl Source<'_> {
    fn one(&mut self, dice: &mut Dice) {
        self.number += 1 + dice.below(3) as u32;
        let change = Serial(self.number);
        let index = dice.below(40);
        let det = synthetic(&self.like, index);
        match dice.below(10) {
            0..=4 => {
                let mut published = det;
                if dice.below(3) == 0 {
                    published.brid = None;
                }
                if dice.below(4) == 0 {
                    published.ttl = 61 + dice.below(2) as u32;
                }
                self.zones.publish(&published, change).unwrap();
            }
            5 | 6 => {
                self.zones.remove(det.det, change);
            }
            // In the RAA's last zone, of HDA 12288.
            7 => {
                let hash = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let det = Det::from_parts(hid((HID.0, 12288)), drip_det::SuiteId::EDDSA_CSHAKE128, hash);
                if dice.below(2) == 0 {
                    self.zones.publish(&Published { det, ..self.authority.clone() }, change).unwrap();
                } else {
                    self.zones.remove(det, change);
                }
            }
            _ => {
                // Some with glue of their own, some signed; one hides a name server of the zone above.
                let cut =
                    ZoneCut::Hda(hid((HID.0, [16300, 16310, 16377, 16378, 16375][dice.below(5) as usize])));
                if dice.below(3) == 0 {
                    self.zones.undelegate(cut, change);
                    return;
                }
                let server = name(&format!("ns.{}", cut.name()));
                let addresses = vec![format!("192.0.2.{}", dice.below(3)).parse().unwrap()];
                let ds =
                    Ds { key_tag: dice.below(3) as u16, algorithm: 15, digest_type: 2, digest: vec![9; 32] };
                let ds = if dice.below(2) == 0 { vec![ds] } else { Vec::new() };
                let glue = vec![Host { name: server.clone(), addresses }];
                let ns = vec![server, name("ns.elsewhere.example.")];
                self.zones.delegate(cut, Delegation { ns, glue, ds }, change).unwrap();
            }
        }
    }
}

/// Two copies of each zone: one follows after each change, one now and then.
fn follow_changes(zones: &Zones, changes: usize, dice: &mut Dice) {
    let manifest = testdata("chain/manifest.json");
    let mut source = Source {
        zones,
        like: entity(&manifest, "ua1"),
        authority: entity(&manifest, "raa-auth"),
        number: 10,
    };
    for _ in 0..20 {
        source.one(dice);
    }
    let mut close: Vec<Copy> = cuts().into_iter().map(|cut| Copy::of(zones, cut)).collect();
    let mut late: Vec<Copy> = cuts().into_iter().map(|cut| Copy::of(zones, cut)).collect();
    for round in 0..changes {
        source.one(dice);
        assert!(close.iter_mut().all(|copy| copy.follow(zones)));
        if dice.below(10) == 0 {
            assert!(late.iter_mut().all(|copy| copy.follow(zones)), "{round}");
            late.iter().for_each(|copy| copy.check(zones));
        }
    }
    assert!(late.iter_mut().all(|copy| copy.follow(zones)));
    close.iter().chain(&late).for_each(|copy| copy.check(zones));
}

#[test]
fn copies_of_unsigned_zones_follow() {
    let mut dice = Dice::for_this_run();
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Test, HdaZones::Unsigned).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let zones = tree(Zones::signed(Signing::new(KeyFolder::new(folder.path()), policy, NOW)));
    follow_changes(&zones, 400, &mut dice);
}

#[test]
fn copies_of_signed_zones_follow() {
    let mut dice = Dice::for_this_run();
    let folder = tempfile::tempdir().unwrap();
    follow_changes(&signed(folder.path()), 120, &mut dice);
}

/// When everything is signed anew there is no difference; then differences go on.
#[test]
fn signing_anew_is_a_whole_zone() {
    let mut dice = Dice::for_this_run();
    let folder = tempfile::tempdir().unwrap();
    let zones = signed(folder.path());
    let manifest = testdata("chain/manifest.json");
    let like = entity(&manifest, "ua1");
    let cut = ZoneCut::Hda(hid(HID));
    zones.publish(&like, Serial(5)).unwrap();
    let mut copy = Copy::of(&zones, cut);
    let events = zones.tick(UnixTime(NOW.0 + 2 * DAY));
    assert!(!events.is_empty());
    assert!(!copy.follow(&zones), "signatures of everything");
    zones.publish(&synthetic(&like, dice.below(99)), Serial(6)).unwrap();
    assert!(copy.follow(&zones));
    copy.check(&zones);
}

/// The transfer has what the export has, record for record.
#[test]
fn a_transfer_is_what_is_exported() {
    let mut dice = Dice::for_this_run();
    let folder = tempfile::tempdir().unwrap();
    for zones in [signed(folder.path()), tree(Zones::new())] {
        let manifest = testdata("chain/manifest.json");
        let (like, authority) = (entity(&manifest, "ua1"), entity(&manifest, "raa-auth"));
        let mut source = Source { zones: &zones, like, authority, number: 10 };
        for _ in 0..60 {
            source.one(&mut dice);
        }
        for cut in cuts() {
            let mut text = Vec::new();
            zones.export(cut, ExportForm::Generic, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            let exported: BTreeSet<(String, String)> =
                text.lines().filter(|line| !line.starts_with(';')).map(owner_and_type).collect();
            let lines = text.lines().filter(|line| !line.starts_with(';')).count();
            let copy = Copy::of(&zones, cut);
            assert_eq!(lines, copy.lines.len() + 1, "{}", cut.name());
            let types = |number: u16| match RecordType(number) {
                known @ (RecordType::HHIT | RecordType::BRID | RecordType::HIP) => format!("TYPE{}", known.0),
                known => known.to_string(),
            };
            let found: BTreeSet<(String, String)> = copy
                .lines
                .iter()
                .map(|(owner, record_type, ..)| (name_of(owner), types(*record_type)))
                .chain([(cut.name(), "SOA".to_owned())])
                .collect();
            assert_eq!(exported, found);
        }
    }
}

fn owner_and_type(line: &str) -> (String, String) {
    let mut parts = line.split(' ');
    (parts.next().unwrap().to_owned(), parts.nth(2).unwrap().to_owned())
}

fn name_of(wire: &[u8]) -> String {
    let mut labels = Vec::new();
    let mut at = 0;
    while wire[at] != 0 {
        let end = at + 1 + usize::from(wire[at]);
        labels.push(&wire[at + 1..end]);
        at = end;
    }
    Name::from_labels(labels).unwrap().to_string()
}

#[test]
fn a_journal_that_is_too_short_and_serials_that_never_were() {
    let zones = tree(Zones::new());
    let manifest = testdata("chain/manifest.json");
    let like = entity(&manifest, "ua1");
    let cut = ZoneCut::Hda(hid(HID));
    zones.publish(&synthetic(&like, 1), Serial(5)).unwrap();
    let mut copy = Copy::of(&zones, cut);
    zones.limit_journals(JournalLimits { changes: 3, ..JournalLimits::default() });
    for index in 0..3 {
        zones.publish(&synthetic(&like, index), Serial(10 + index as u32)).unwrap();
    }
    assert!(copy.follow(&zones));
    for index in 0..4 {
        zones.publish(&synthetic(&like, 50 + index), Serial(20 + index as u32)).unwrap();
    }
    assert!(!copy.follow(&zones), "one change more than there is room for");
    copy.check(&zones);
    let is_none = |since| matches!(zones.difference(cut, Serial(since)).unwrap().changes, Changes::None);
    assert!(is_none(23) && is_none(24), "who is ahead gets nothing");
    assert!(matches!(zones.difference(cut, Serial(19)).unwrap().changes, Changes::Unknown));
}
