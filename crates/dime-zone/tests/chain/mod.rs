//! The chain of `testdata/chain` as a set of zones: RAA 16376 with its four zones and HDA 16376 below the last of them, another HDA
//! delegated elsewhere, and as many DETs like the chain's aircraft as a test wants.

#![allow(dead_code, reason = "each test uses its part")]

use dime_zone::*;
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, ZoneCut};
use serde_json::Value;
use std::path::PathBuf;

pub(crate) const HID: (u16, u16) = (16376, 16376);
pub(crate) const DELEGATED: (u16, u16) = (16376, 16377);

pub(crate) fn testdata(path: &str) -> Value {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(path);
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

pub(crate) fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn hid((raa, hda): (u16, u16)) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

/// An entity of the chain. Its endorsement gives the times; only the aircraft have a BRID.
pub(crate) fn entity(manifest: &Value, which: &str) -> Published {
    let entity = &manifest["entities"][which];
    let endorsement = octets(&entity["endorsement"]["hex"]);
    let time = |at: usize| DripTime(u32::from_le_bytes(endorsement[at..at + 4].try_into().unwrap()));
    let det: Det = entity["det"].as_str().unwrap().parse().unwrap();
    Published {
        det,
        hi: entity["hi"].as_str().unwrap().parse().unwrap(),
        ttl: 60,
        entity_type: EntityType(entity["hhit_entity_type"].as_u64().unwrap() as u16),
        abbreviation: det.hid().abbreviation(),
        certificate: octets(&entity["certs"]["lite"]["der_hex"]),
        brid: (which == "ua1").then(|| octets(&manifest["brid_ua1"]["nested_rdata_hex"])),
        uri: None,
        vnb: time(0),
        vna: time(4),
    }
}

/// A DET like the chain's aircraft `ua1`: the same octets with other values in the places where DETs differ. Nothing in it verifies;
/// a name server does not look.
pub(crate) fn synthetic(like: &Published, index: u64) -> Published {
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
    let brid = like.brid.as_ref().unwrap();
    let at = brid
        .windows(48)
        .rposition(|w| w[..16] == like.det.to_bytes() && w[16..] == *like.hi.as_bytes())
        .unwrap();
    let signature = brid[at + 64..at + 128].to_vec();
    let changes = [
        (like.det.to_bytes().to_vec(), det.to_bytes().to_vec()),
        (like.hi.as_bytes().to_vec(), hi.as_bytes().to_vec()),
        (like.certificate[like.certificate.len() - 64..].to_vec(), random(64)),
        (signature, random(64)),
    ];
    let change = |octets: &[u8]| {
        changes.iter().fold(octets.to_vec(), |octets, (from, to)| {
            let mut changed = octets.clone();
            for at in 0..=octets.len() - from.len() {
                if octets[at..].starts_with(from) {
                    changed[at..at + from.len()].copy_from_slice(to);
                }
            }
            changed
        })
    };
    Published { det, hi, certificate: change(&like.certificate), brid: Some(change(brid)), ..like.clone() }
}

pub(crate) fn config(cut: ZoneCut) -> ZoneConfig {
    ZoneConfig {
        cut,
        soa: Soa {
            mname: name("ns1.dime.example."),
            rname: name("hostmaster.dime.example."),
            refresh: 3600,
            retry: 600,
            expire: 604_800,
            minimum: 30,
        },
        serial: Serial(1),
        ns: vec![name("ns1.dime.example."), name("ns2.dime.example.")],
        glue: Vec::new(),
        ttl: 3600,
    }
}

/// The zone of [`DELEGATED`], whose name server is named inside it.
pub(crate) fn delegated_name() -> String {
    ZoneCut::Hda(hid(DELEGATED)).name()
}

/// RAA 16376 and HDA 16376/16376 with the chain's own DETs.
pub(crate) fn zones(manifest: &Value) -> Zones {
    let zones = Zones::new();
    for cut in ZoneCut::raa_zones(hid(HID).raa) {
        zones.add_zone(config(cut)).unwrap();
    }
    let cut = ZoneCut::Hda(hid(HID));
    let server = name(&format!("ns.{}", cut.name()));
    zones
        .add_zone(ZoneConfig {
            ns: vec![name("ns1.dime.example."), server.clone()],
            glue: vec![Host {
                name: server,
                addresses: vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
            }],
            ..config(cut)
        })
        .unwrap();
    let server = name(&format!("ns.{}", delegated_name()));
    let delegation = Delegation {
        ns: vec![server.clone(), name("ns.elsewhere.example.")],
        glue: vec![Host { name: server, addresses: vec!["192.0.2.2".parse().unwrap()] }],
        ds: Vec::new(),
    };
    zones.delegate(ZoneCut::Hda(hid(DELEGATED)), delegation, Serial(1)).unwrap();
    for which in ["raa-auth", "raa-issuing", "hda-auth", "hda-issuing", "ua1"] {
        zones.load(&entity(manifest, which)).unwrap();
    }
    zones
}
