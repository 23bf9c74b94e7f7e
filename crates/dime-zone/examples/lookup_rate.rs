//! What a lookup costs: `lookup_rate [COUNT]` DETs in a zone, asked without signatures and, where the zone is signed, with.
//!
//! Prints nanoseconds of processor time a lookup for records, for names that do not exist, and for empty non-terminals: of the lookup that makes records,
//! and, as `wire`, of answers composed straight into a message, the names in random order.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measuring tool may stop")]

use dime_zone::dnssec::{
    HdaZones, KeyFolder, KeyRole, Signing, SigningPolicy, UpperZones, ZoneKey, first_keys,
};
use dime_zone::{
    Answer, Class, Compression, Name, Published, Question, RecordType, Serial, Soa, WireQuestion, ZoneConfig,
    Zones,
};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, UnixTime, ZoneCut};
use std::hint::black_box;

fn main() {
    let count: u64 = std::env::args().nth(1).map_or(10_000, |text| text.parse().unwrap());
    let hid = Hid::from_numbers(16376, 16376).unwrap();
    let cut = ZoneCut::Hda(hid);
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyFolder::new(folder.path());
    let zone: Name = cut.name().parse().unwrap();
    for (seed, role) in [(1, KeyRole::KeySigning), (2, KeyRole::ZoneSigning)] {
        let new = first_keys(role, UnixTime(1_795_000_000));
        keys.create(&zone, &ZoneKey::from_seed(&[seed; 32], new.role, new.times)).unwrap();
    }
    let policy = SigningPolicy::new(1_209_600, 604_800, UpperZones::Test, HdaZones::Nsec).unwrap();
    let signing = Signing::new(keys, policy, UnixTime(1_795_350_896));
    for (zones, what) in [(Zones::new(), "unsigned"), (Zones::signed(signing), "signed")] {
        let names = fill(&zones, cut, count);
        let plain = |question: Question<'_>| zones.lookup(question);
        measure(what, "plain", &names, &plain);
        measure_wire(&zones, what, &names);
        if what == "signed" {
            let signed = |question: Question<'_>| zones.lookup_signed(question);
            measure(what, "DO, first", &names, &signed);
            measure(what, "DO, again", &names, &signed);
        }
    }
}

/// Nanoseconds that this thread has had a processor: what else the machine does is not in it.
fn processor_time() -> usize {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

/// Names of records, names that do not exist, and empty non-terminals.
type Names = [Vec<Name>; 3];

fn measure(zone: &str, how: &str, names: &Names, lookup: &dyn Fn(Question<'_>) -> Answer) {
    for (names, kind) in names.iter().zip(["records", "no name", "no data"]) {
        let start = processor_time();
        for name in names {
            black_box(lookup(Question { name, record_type: RecordType::HHIT, class: Class::IN }));
        }
        let each = (processor_time() - start) / names.len();
        println!("{zone:<9} {how:<10} {kind:<8} {each:>7} ns");
    }
}

fn measure_wire(zones: &Zones, zone: &str, names: &Names) {
    let (mut out, mut compression) = (Vec::with_capacity(2048), Compression::new());
    for (names, kind) in names.iter().zip(["records", "no name", "no data"]) {
        let start = processor_time();
        for batch in names.chunks(64) {
            let view = zones.view();
            for name in batch {
                out.clear();
                out.extend_from_slice(&[0; 12]);
                out.extend_from_slice(name.wire());
                out.extend_from_slice(&[0, 67, 0, 1]);
                let question = WireQuestion::new(name.wire(), RecordType::HHIT, Class::IN);
                black_box(view.compose(&question, None, &mut out, &mut compression));
            }
        }
        let each = (processor_time() - start) / names.len();
        println!("{zone:<9} {:<10} {kind:<8} {each:>7} ns", "wire");
    }
}

fn fill(zones: &Zones, cut: ZoneCut, count: u64) -> Names {
    let server: Name = "ns.dime.example.".parse().unwrap();
    zones
        .add_zone(ZoneConfig {
            cut,
            soa: Soa {
                mname: server.clone(),
                rname: server.clone(),
                refresh: 1,
                retry: 1,
                expire: 1,
                minimum: 30,
            },
            serial: Serial(1),
            ns: vec![server],
            glue: Vec::new(),
            ttl: 3600,
        })
        .unwrap();
    let ZoneCut::Hda(hid) = cut else { unreachable!() };
    let hi = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    let mut names: Names = Default::default();
    let held = zones.hold();
    for index in 0..count {
        let det =
            Det::from_parts(hid, SuiteId::EDDSA_CSHAKE128, index.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let published = Published {
            det,
            hi: HostIdentity::from_bytes(&hi).unwrap(),
            ttl: 60,
            entity_type: EntityType::UA,
            abbreviation: hid.abbreviation(),
            certificate: vec![0x30; 330],
            brid: None,
            uri: None,
            vnb: DripTime(0),
            vna: DripTime(1),
        };
        zones.load(&published).unwrap();
        names[0].push(Name::of_det(det));
        names[1].push(Name::of_nibbles(det.as_u128() ^ 1, 32));
        names[2].push(Name::of_nibbles(det.as_u128(), 17));
    }
    drop(held);
    names
}
