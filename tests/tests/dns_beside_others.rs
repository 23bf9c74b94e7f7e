//! Zones as a quickstart does not have them, answered alike by our name server and by BIND, NSD and Knot: several HDAs, DETs in the RAA's
//! own zones, delegations to others with and without glue, name servers inside their zones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use dime_dns::{DnsConfig, DnsServer};
use dime_tests::dice::Dice;
use dime_tests::tools;
use dime_zone::{Delegation, ExportForm, Host, Name, Published, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Det, DripTime, EntityType, Hda, Hid, HostIdentity, Raa, ZoneCut};
use drip_wire::Endorsement;
use drip_wire::rdata::{Brid, BridShape, UasType};
use ed25519_dalek::SigningKey;

const RAA: u16 = 16376;

fn hid(hda: u16) -> Hid {
    Hid::new(Raa::new(RAA).unwrap(), Hda::new(hda).unwrap())
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn host(text: &str, addresses: &[&str]) -> Host {
    Host {
        name: name(text),
        addresses: addresses.iter().map(|text| text.parse::<IpAddr>().unwrap()).collect(),
    }
}

fn config(cut: ZoneCut, ns: &[&str], glue: Vec<Host>) -> ZoneConfig {
    let soa = Soa {
        mname: name(ns[0]),
        rname: name("hostmaster.dime.example."),
        refresh: 3600,
        retry: 600,
        expire: 86_400,
        minimum: 30,
    };
    ZoneConfig { cut, soa, serial: Serial(7), ns: ns.iter().map(|text| name(text)).collect(), glue, ttl: 300 }
}

fn octets(dice: &mut Dice, count: u64) -> Vec<u8> {
    (0..count).map(|_| dice.roll() as u8).collect()
}

/// A DET with records of all shapes: with and without BRID, certificates of several lengths.
fn published(dice: &mut Dice, hda: u16) -> Published {
    let seed: [u8; 32] = octets(dice, 32).try_into().unwrap();
    let hi = HostIdentity::from_bytes(SigningKey::from_bytes(&seed).verifying_key().as_bytes()).unwrap();
    let det = Det::derive(hid(hda), &hi);
    let (vnb, vna) = (DripTime(200_000_000), DripTime(300_000_000 + dice.below(1000) as u32));
    let endorsement = Endorsement {
        vnb,
        vna,
        child: det,
        child_hi: hi,
        parent: det,
        signature: octets(dice, 64).try_into().unwrap(),
    };
    let brid = (dice.below(4) != 0).then(|| {
        Brid::for_session(
            det,
            UasType::NOT_DECLARED,
            &vec![endorsement; 1 + dice.below(4) as usize],
            BridShape::Nested,
        )
        .encode()
    });
    let length = 250 + dice.below(60);
    Published {
        det,
        hi,
        ttl: 60,
        entity_type: EntityType::UA,
        abbreviation: det.hid().abbreviation(),
        certificate: octets(dice, length),
        brid,
        uri: None,
        vnb,
        vna,
    }
}

fn export(zones: &Zones, cut: ZoneCut, folder: &Path) {
    for (form, suffix) in [(ExportForm::Generic, "generic"), (ExportForm::Native, "native")] {
        let path = folder.join(format!("{}{suffix}", cut.name()));
        zones.export(cut, form, &mut std::fs::File::create(path).unwrap()).unwrap();
    }
}

#[test]
fn zones_with_delegations_answer_as_bind_nsd_and_knot_do() {
    let zones = Arc::new(Zones::new());
    let mut cuts = Vec::new();
    for cut in ZoneCut::raa_zones(Raa::new(RAA).unwrap()) {
        let own = format!("ns1.{}", cut.name());
        let ns = [own.as_str(), "ns.dime.example."];
        zones.add_zone(config(cut, &ns, vec![host(&own, &["192.0.2.1", "2001:db8::1"])])).unwrap();
        cuts.push(cut);
    }
    for hda in [10, 16376] {
        let cut = ZoneCut::hda_of(hid(hda)).unwrap();
        let own = format!("ns1.{}", cut.name());
        zones.add_zone(config(cut, &[&own], vec![host(&own, &["192.0.2.2"])])).unwrap();
        cuts.push(cut);
    }
    // Served by others: with glue, without, and with both.
    for (hda, inside, outside) in [(11, true, false), (4100, false, true), (16375, true, true)] {
        let cut = ZoneCut::hda_of(hid(hda)).unwrap();
        let own = format!("ns1.{}", cut.name());
        let mut delegation = Delegation { ns: Vec::new(), glue: Vec::new(), ds: Vec::new() };
        if inside {
            delegation.ns.push(name(&own));
            delegation.glue.push(host(&own, &["192.0.2.3", "2001:db8::3"]));
        }
        if outside {
            delegation.ns.push(name("ns.other.example."));
        }
        zones.delegate(cut, delegation, Serial(7)).unwrap();
    }
    let mut dice = Dice::new(11);
    for (hda, count) in [(16376, 300), (10, 40), (0, 5), (4096, 1), (12288, 3)] {
        for number in 0..count {
            let published = published(&mut dice, hda);
            zones.publish(&published, Serial(8 + number)).unwrap();
            // Some come and go again: the names they made have to go with them.
            if dice.below(5) == 0 {
                zones.remove(published.det, Serial(400 + number)).unwrap();
            }
        }
    }

    let folder = tempfile::tempdir().unwrap();
    for cut in cuts {
        export(&zones, cut, folder.path());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = runtime
        .block_on(async {
            DnsServer::bind(["127.0.0.1:0".parse().unwrap()], Arc::clone(&zones), DnsConfig::default())
        })
        .unwrap();
    let said = tools::run(
        tools::interop("differential_zone.py")
            .args(["--serving", &server.local_addrs()[0].to_string(), "--missing", "2000", "--exported"])
            .arg(folder.path()),
    );
    println!("{said}");
    runtime.block_on(server.shutdown()).unwrap();
}
