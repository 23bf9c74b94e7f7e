//! Serves a number of made-up DETs, to measure memory, loading and answering: `serve_synthetic [COUNT] [ADDRESS] [FOLDER]`.
//!
//! Every DET has the octets of the test chain's aircraft with other values where DETs differ; nothing in it verifies. The zone above is
//! served too, and delegates one more HDA to nobody. Prints memory and loading time, then `ready dns=ADDRESS`, and serves until it is
//! killed. With a folder, the zones are exported there first, as `ZONE.generic` and `ZONE.native`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measuring tool may stop"
)]

use dime_dns::{DnsConfig, DnsServer};
use dime_zone::{Delegation, ExportForm, Host, Name, Published, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, ZoneCut};
use std::{fs::File, io::BufWriter, net::SocketAddr, path::Path, sync::Arc, time::Instant};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(100_000, |text| text.parse().expect("COUNT"));
    let address: SocketAddr =
        arguments.next().unwrap_or_else(|| "127.0.0.1:0".into()).parse().expect("ADDRESS");
    let like = aircraft();
    let cut = ZoneCut::Hda(like.det.hid());
    let zones = Arc::new(Zones::new());
    let above = ZoneCut::raa_of(like.det.hid());
    zones.add_zone(config(above)).expect("zone above");
    zones.add_zone(config(cut)).expect("zone");
    let elsewhere = ZoneCut::Hda(Hid::from_numbers(16376, 16377).expect("HID"));
    let ZoneConfig { ns, glue, .. } = config(elsewhere);
    zones.delegate(elsewhere, Delegation { ns, glue, ds: Vec::new() }, Serial(1)).expect("delegation");

    let before = resident();
    let start = Instant::now();
    for index in 0..count {
        zones.load(&synthetic(&like, index)).expect("load");
    }
    let taken = start.elapsed();
    let summary = &zones.summaries()[1];
    println!(
        "zone {} dets {} templates {} loaded in {:.2} s; {} octets a DET in the zone, {} of the process",
        cut.name(),
        summary.dets,
        summary.templates,
        taken.as_secs_f64(),
        summary.memory / summary.dets.max(1),
        resident().saturating_sub(before) / summary.dets.max(1),
    );
    if let Some(folder) = arguments.next() {
        let start = Instant::now();
        for (form, ending) in [(ExportForm::Generic, "generic"), (ExportForm::Native, "native")] {
            for cut in [above, cut] {
                let file = Path::new(&folder).join(format!("{}{ending}", cut.name()));
                zones
                    .export(cut, form, &mut BufWriter::new(File::create(file).expect("file")))
                    .expect("export");
            }
        }
        println!("exported in {:.2} s", start.elapsed().as_secs_f64());
    }
    let mut server = DnsServer::bind([address], zones, DnsConfig::default()).expect("bind");
    println!("ready dns={}", server.local_addrs()[0]);
    println!("{}", server.failure().await);
}

fn config(cut: ZoneCut) -> ZoneConfig {
    let name = |text: &str| text.parse::<Name>().expect("name");
    let server = name(&format!("ns.{}", cut.name()));
    ZoneConfig {
        cut,
        soa: Soa {
            mname: server.clone(),
            rname: name("hostmaster.dime.example."),
            refresh: 3600,
            retry: 600,
            expire: 604_800,
            minimum: 30,
        },
        serial: Serial(1),
        ns: vec![server.clone()],
        glue: vec![Host { name: server, addresses: vec!["127.0.0.1".parse().expect("address")] }],
        ttl: 3600,
    }
}

/// The aircraft of `testdata/chain`.
fn aircraft() -> Published {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
    let manifest: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let ua1 = &manifest["entities"]["ua1"];
    let octets = |value: &serde_json::Value| hex::decode(value.as_str().unwrap()).unwrap();
    let det: Det = ua1["det"].as_str().unwrap().parse().unwrap();
    Published {
        det,
        hi: ua1["hi"].as_str().unwrap().parse().unwrap(),
        ttl: 60,
        entity_type: EntityType::UA,
        abbreviation: det.hid().abbreviation(),
        certificate: octets(&ua1["certs"]["lite"]["der_hex"]),
        brid: Some(octets(&manifest["brid_ua1"]["nested_rdata_hex"])),
        uri: None,
        vnb: DripTime(0),
        vna: DripTime(0),
    }
}

fn synthetic(like: &Published, index: u64) -> Published {
    let mut seed = index;
    let mut random = |length: usize| -> Vec<u8> {
        let word = std::iter::repeat_with(|| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
        });
        word.flat_map(u64::to_le_bytes).take(length).collect()
    };
    let hash = u64::from_le_bytes(random(8).try_into().unwrap());
    let det = Det::from_parts(like.det.hid(), SuiteId::EDDSA_CSHAKE128, hash);
    let hi = loop {
        if let Ok(hi) = HostIdentity::from_bytes(&random(32).try_into().unwrap()) {
            break hi;
        }
    };
    let (mut certificate, mut brid) = (like.certificate.clone(), like.brid.clone().unwrap());
    let end = certificate.len() - 64;
    certificate[end..].copy_from_slice(&random(64));
    let endorsement = find(&brid, &[like.det.to_bytes().as_slice(), like.hi.as_bytes()].concat())[0];
    brid[endorsement + 64..endorsement + 128].copy_from_slice(&random(64));
    for octets in [&mut certificate, &mut brid] {
        for at in find(octets, &like.det.to_bytes()) {
            octets[at..at + 16].copy_from_slice(&det.to_bytes());
        }
        for at in find(octets, like.hi.as_bytes()) {
            octets[at..at + 32].copy_from_slice(hi.as_bytes());
        }
    }
    Published { det, hi, certificate, brid: Some(brid), ..like.clone() }
}

fn find(octets: &[u8], wanted: &[u8]) -> Vec<usize> {
    (0..octets.len()).filter(|&at| octets[at..].starts_with(wanted)).collect()
}

/// Octets of memory the process holds, as Linux tells.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()));
    pages.unwrap_or(0) * 4096
}
