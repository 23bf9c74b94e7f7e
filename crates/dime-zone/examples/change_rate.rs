//! What filling and changing a zone costs: `change_rate [COUNT]` DETs, with the records that an aircraft has.
//!
//! Prints the time to fill the zone in each way, the memory a DET takes, and the time of a change: shown by itself, and held together with
//! others.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measuring tool may stop")]

use dime_zone::{Name, Published, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, ZoneCut};
use std::time::Instant;

/// How many changes are timed.
const CHANGES: u64 = 20_000;
/// How many DETs are loaded at a time.
const TOGETHER: u64 = 250_000;

fn main() {
    let count: u64 = std::env::args().nth(1).map_or(100_000, |text| text.parse().unwrap());
    let hid = Hid::from_numbers(16376, 16376).unwrap();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);

    let zones = empty(hid);
    let mut taken = 0.0;
    for first in (0..count).step_by(TOGETHER as usize) {
        let dets: Vec<_> =
            (first..count.min(first + TOGETHER)).map(|index| published(hid, index, 0)).collect();
        taken += seconds(|| zones.load_many(&dets, threads).unwrap());
    }
    println!("loaded together, {threads} threads: {taken:.2} s, {:.0} ns each", taken * 1e9 / count as f64);
    tell_memory(&zones);

    let by_one = empty(hid);
    let some: Vec<_> = (0..count.min(TOGETHER)).map(|index| published(hid, index, 0)).collect();
    let taken = seconds(|| {
        let _held = by_one.hold_to_fill();
        for (change, det) in (2..).zip(&some) {
            by_one.publish(det, Serial(change)).unwrap();
        }
    });
    println!("published one by one, held:  {:.0} ns each", taken * 1e9 / some.len() as f64);
    drop(by_one);

    let changes: Vec<_> = (0..CHANGES).map(|index| published(hid, index * 7919 % count, 1)).collect();
    let mut change = 10;
    for held in [1, 10, 100, 1000] {
        let taken = seconds(|| {
            for batch in changes.chunks(held) {
                let _held = zones.hold();
                for det in batch {
                    change += 1;
                    zones.publish(det, Serial(change)).unwrap();
                }
            }
        });
        println!("changed, {held:>4} shown at once: {:>6.1} us each", taken * 1e6 / CHANGES as f64);
    }
    let taken = seconds(|| {
        for det in &changes {
            change += 1;
            zones.remove(det.det, Serial(change));
        }
    });
    println!("removed one by one:          {:>6.1} us each", taken * 1e6 / CHANGES as f64);
    tell_memory(&zones);
}

fn seconds(what: impl FnOnce()) -> f64 {
    let start = Instant::now();
    what();
    start.elapsed().as_secs_f64()
}

fn tell_memory(zones: &Zones) {
    for zone in zones.summaries() {
        let each = zone.memory as f64 / zone.dets.max(1) as f64;
        println!("{} DETs, {} templates, {each:.1} octets a DET", zone.dets, zone.templates);
    }
}

fn empty(hid: Hid) -> Zones {
    let server: Name = "ns.dime.example.".parse().unwrap();
    let soa =
        Soa { mname: server.clone(), rname: server.clone(), refresh: 1, retry: 1, expire: 1, minimum: 30 };
    let config = ZoneConfig {
        cut: ZoneCut::Hda(hid),
        soa,
        serial: Serial(1),
        ns: vec![server],
        glue: Vec::new(),
        ttl: 3600,
    };
    let zones = Zones::new();
    zones.add_zone(config).unwrap();
    zones
}

/// Octets as they are in certificates and endorsements: 200 in common, and what a DET has of its own.
fn published(hid: Hid, index: u64, edition: u64) -> Published {
    let mut seed = index;
    let mut word = || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
    };
    let det = Det::from_parts(hid, SuiteId::EDDSA_CSHAKE128, word());
    let hi = loop {
        let octets: Vec<u8> = (0..4).flat_map(|_| word().to_le_bytes()).collect();
        if let Ok(hi) = HostIdentity::from_bytes(&octets.try_into().unwrap()) {
            break hi;
        }
    };
    let mut signature = || (0..8).flat_map(|_| (word() ^ edition).to_le_bytes()).collect::<Vec<u8>>();
    let frame = [0x30; 200];
    let certificate = [&frame[..], &signature()].concat();
    let times = [1000_u32.to_le_bytes(), 2000_u32.to_le_bytes()].concat();
    let own = [&times[..], &det.to_bytes(), hi.as_bytes(), &[7; 16], &signature()].concat();
    Published {
        det,
        hi,
        ttl: 60,
        entity_type: EntityType::UA,
        abbreviation: hid.abbreviation(),
        certificate,
        brid: Some([&frame[..], &own].concat()),
        uri: None,
        vnb: DripTime(1000),
        vna: DripTime(2000),
    }
}
