//! Composed records are the octets that were published, and DETs under one issuer share what they can.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, config, entity, hid, name, octets, synthetic, testdata};
use dime_zone::*;
use drip_det::{DripTime, EntityType, ZoneCut};

fn all_zones() -> Zones {
    let zones = Zones::new();
    zones.add_zone(config(ZoneCut::Apex)).unwrap();
    zones
}

fn assert_composes(zones: &Zones, published: &Published) {
    for (record_type, rdata) in published.records() {
        let owner = name(&published.det.owner_name());
        let answer = zones.lookup(Question { name: &owner, record_type, class: Class::IN });
        assert_eq!(answer.answers, [Record { owner, record_type, ttl: published.ttl, rdata }]);
    }
}

#[test]
fn every_entity_of_the_chain() {
    let manifest = testdata("chain/manifest.json");
    for profile in ["lite", "lite_uri", "full"] {
        let zones = all_zones();
        let mut count = 0;
        for (which, json) in manifest["entities"].as_object().unwrap() {
            let certificate = octets(&json["certs"][profile]["der_hex"]);
            let published = Published { certificate, ..entity(&manifest, which) };
            zones.load(&published).unwrap();
            assert_composes(&zones, &published);
            count += 1;
        }
        assert_eq!(count, 9);
        assert_eq!(zones.summaries()[0].dets, 9);
    }
}

/// Endorsements there hold Unix times, so the certificate's validity is not that of the endorsement.
#[test]
fn the_aircraft_of_rfc_9886() {
    let records = testdata("rfc9886/records.json");
    let find = |record_type: &str| {
        records["records"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .find(|record| record["type"] == record_type)
            .unwrap()
    };
    let (hhit, brid) = (find("HHIT"), find("BRID"));
    let published = Published {
        det: hhit["det_from_owner"].as_str().unwrap().parse().unwrap(),
        hi: hhit["certificate"]["hi"].as_str().unwrap().parse().unwrap(),
        ttl: 60,
        entity_type: EntityType(hhit["entity_type"].as_u64().unwrap() as u16),
        abbreviation: hhit["hid_abbreviation"].as_str().unwrap().into(),
        certificate: octets(&hhit["certificate"]["der_hex"]),
        brid: Some(octets(&brid["rdata_hex"])),
        uri: None,
        vnb: DripTime(0),
        vna: DripTime(0),
    };
    let zones = all_zones();
    zones.load(&published).unwrap();
    assert_composes(&zones, &published);
    let owner = name(&published.det.owner_name());
    let answer = zones.lookup(Question { name: &owner, record_type: RecordType::HHIT, class: Class::IN });
    assert_eq!(answer.answers[0].rdata, octets(&hhit["rdata_hex"]), "the RFC's own octets");
}

#[test]
fn a_thousand_aircraft_of_one_issuer_share_one_template() {
    let manifest = testdata("chain/manifest.json");
    let like = entity(&manifest, "ua1");
    let zones = Zones::new();
    let cut = ZoneCut::Hda(hid(HID));
    zones.add_zone(config(cut)).unwrap();
    for index in 0..1000 {
        let published = synthetic(&like, index);
        assert_ne!(published.certificate, like.certificate);
        zones.load(&published).unwrap();
        assert_composes(&zones, &published);
    }
    let summary = &zones.summaries()[0];
    assert_eq!((summary.dets, summary.templates), (1000, 1));
    let each = summary.memory / summary.dets;
    assert!(each <= 250, "{each} octets for each DET");

    let first = synthetic(&like, 0);
    for index in 0..1000 {
        assert!(zones.remove(synthetic(&like, index).det, Serial(9)).is_some());
    }
    assert_eq!(zones.summaries()[0].templates, 0, "a template is forgotten with its last DET");
    zones.load(&first).unwrap();
    assert_composes(&zones, &first);
}

/// Whatever octets stand for a certificate or BRID, and whatever the times, they come back.
#[test]
fn nonsense_comes_back_as_it_was() {
    let manifest = testdata("chain/manifest.json");
    let like = entity(&manifest, "ua1");
    let zones = all_zones();
    let mut times = like.vnb.0.to_le_bytes().to_vec();
    times.extend(like.vnb.0.to_le_bytes());
    let doubled = [like.certificate.clone(), like.certificate.clone()].concat();
    let nested =
        [like.hi.as_bytes().as_slice(), &like.det.to_bytes(), like.det.to_hex().as_bytes(), b"20", &times]
            .concat();
    for octets in
        [Vec::new(), vec![0; 300], vec![0xff; 300], times, doubled, nested, like.certificate[..70].to_vec()]
    {
        for (vnb, vna) in [(0, 0), (u32::MAX, u32::MAX), (like.vnb.0, like.vna.0)] {
            let published = Published {
                certificate: octets.clone(),
                brid: Some(octets.clone()),
                uri: Some(octets.clone()),
                vnb: DripTime(vnb),
                vna: DripTime(vna),
                ..like.clone()
            };
            zones.load(&published).unwrap();
            assert_composes(&zones, &published);
            assert_eq!(zones.summaries()[0].templates, 1);
        }
    }
}
