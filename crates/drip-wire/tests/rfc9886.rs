//! The five example records of RFC 9886, appendix A, as `testdata/rfc9886` has them with their fields.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_det::{Det, HostIdentity};
use drip_wire::rdata::{Brid, Hhit, Hip, Tlsa};
use serde_json::Value;

fn record(record_type: &str, owner_starts: &str) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/rfc9886/records.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let records = file["records"].as_array().unwrap();
    assert_eq!(records.len(), 5);
    let fits = |record: &&Value| {
        record["type"] == record_type && record["owner"].as_str().unwrap().starts_with(owner_starts)
    };
    records.iter().find(fits).unwrap().clone()
}

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn check_hhit(owner_starts: &str) {
    let record = record("HHIT", owner_starts);
    let rdata = octets(&record["rdata_hex"]);
    let hhit = Hhit::decode(&rdata).unwrap();
    assert_eq!(hhit.encode(), rdata);
    assert_eq!(Some(rdata.len() as u64), record["rdata_len"].as_u64());
    assert_eq!(Some(u64::from(hhit.entity_type.0)), record["entity_type"].as_u64());
    assert_eq!(Some(hhit.abbreviation.as_str()), record["hid_abbreviation"].as_str());
    assert_eq!(hhit.certificate, octets(&record["certificate"]["der_hex"]));

    let det: Det = record["certificate"]["san_det"].as_str().unwrap().parse().unwrap();
    let hi: HostIdentity = record["certificate"]["hi"].as_str().unwrap().parse().unwrap();
    assert_eq!(det.check(&hi), Ok(()));
    assert_eq!(hhit, Hhit::new(hhit.entity_type, det.hid(), hhit.certificate.clone()));
    // Two of the RFC's owner names repeat the suite nibbles; from the others the DET can be read.
    let owner = record["owner"].as_str().unwrap().replace("ip6.example.com", "ip6.arpa");
    assert_eq!(Det::from_owner_name(&owner).ok() == Some(det), record["owner_equals_san"].as_bool().unwrap());
    // The records that go with it hold the same DET and key.
    assert_eq!(Hip::decode(&Hip::for_det(det, &hi).encode()).unwrap().det(), Some(det));
    assert_eq!(Tlsa::decode(&Tlsa::dane_ee_spki(&hi).encode()).unwrap().host_identity(), Some(hi));
}

#[test]
fn hhit_of_the_raa() {
    check_hhit("7.b.0.a");
}

#[test]
fn hhit_of_the_hda_authorization() {
    check_hhit("0.a.9.0");
}

#[test]
fn hhit_of_the_hda_issuing() {
    check_hhit("8.2.e.6");
}

#[test]
fn hhit_of_the_uas() {
    check_hhit("2.b.6.c");
}

#[test]
fn brid_of_the_uas() {
    let record = record("BRID", "2.b.6.c");
    let rdata = octets(&record["rdata_hex"]);
    let brid = Brid::decode(&rdata).unwrap();
    assert_eq!(brid.encode(), rdata);
    assert_eq!(Some(u64::from(brid.uas_type().value())), record["uas_type"].as_u64());
    assert_eq!(brid.uas_ids()[0].as_octets(), octets(&record["uas_ids"][1]));
    let det: Det = record["det_from_owner"].as_str().unwrap().parse().unwrap();
    assert_eq!(brid.det(), Some(det));

    // The chain leads from the self-signed RAA to the UAS, each key proved by the link before.
    let chain = brid.endorsements().unwrap();
    let entries = record["auth"].as_array().unwrap();
    assert_eq!(chain.len(), entries.len());
    let mut parent_hi = chain[0].child_hi;
    assert!(chain[0].is_self_endorsement());
    for (endorsement, entry) in chain.iter().zip(entries) {
        assert_eq!(endorsement.encode().as_slice(), octets(&entry["hex"]));
        assert_eq!(endorsement.child.to_hex(), entry["child_det"].as_str().unwrap());
        assert_eq!(endorsement.parent.to_hex(), entry["parent_det"].as_str().unwrap());
        assert_eq!(endorsement.verify(&parent_hi), Ok(()));
        parent_hi = endorsement.child_hi;
    }
    assert_eq!(chain.last().unwrap().child, det);
}
