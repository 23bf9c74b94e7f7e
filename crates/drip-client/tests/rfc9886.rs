//! RFC 9886's own example, Appendix A: its certificates hold up to its RAA; its endorsements count their
//! times from 1970, which is named and not used.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use drip_client::chain::{
    Anchor, Conditions, Fault, LinkKind, Lookup, LookupError, Published, State, UnsignedFields, verify,
};
use drip_det::{Det, UnixTime};
use serde_json::Value;

/// 2025-04-09T21:30:00Z, within the hour that all four certificates share.
const AT: UnixTime = UnixTime(1_744_234_200);
const UAS: &str = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2";

struct Example(BTreeMap<Det, Published>);

impl Lookup for Example {
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        self.0.get(&det).cloned().ok_or_else(|| LookupError::NotRegistered("NXDOMAIN".to_owned()))
    }
}

/// The records by the DET in their certificate (two owner names in the RFC repeat the suite's nibbles).
fn example() -> (Example, Anchor) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/rfc9886/records.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut records = BTreeMap::new();
    let mut anchor = None;
    for record in document["records"].as_array().unwrap() {
        let rdata = hex::decode(record["rdata_hex"].as_str().unwrap()).unwrap();
        let det: Det = match record["type"].as_str() {
            Some("HHIT") => record["certificate"]["san_det"].as_str().unwrap().parse().unwrap(),
            _ => UAS.parse().unwrap(),
        };
        let published: &mut Published = records.entry(det).or_default();
        if record["type"] == "HHIT" {
            published.hhit.push(rdata);
            anchor = anchor.or_else(|| {
                Anchor::new(det, record["certificate"]["hi"].as_str().unwrap().parse().unwrap()).ok()
            });
        } else {
            published.brid.push(rdata);
        }
    }
    (Example(records), anchor.unwrap())
}

#[test]
fn the_certificates_hold() {
    let (mut example, anchor) = example();
    example.0.get_mut(&UAS.parse().unwrap()).unwrap().brid.clear();
    let conditions = Conditions { at: AT, unsigned_fields: UnsignedFields::AnyStandard };
    let report = verify(UAS.parse().unwrap(), &example, &[anchor], &conditions);
    assert_eq!(report.state, State::Registered, "{}", report.reason);
    assert_eq!(report.links.iter().filter(|link| link.kind == LinkKind::Certificate).count(), 4);
}

#[test]
fn the_endorsements_are_in_unix_time() {
    let (example, anchor) = example();
    let conditions = Conditions { at: AT, unsigned_fields: UnsignedFields::AnyStandard };
    let report = verify(UAS.parse().unwrap(), &example, &[anchor], &conditions);
    assert_eq!(report.state, State::BrokenLink);
    for link in report.links.iter().filter(|link| link.kind == LinkKind::Endorsement) {
        let first = Some(Fault::Epoch);
        assert_eq!(link.fault, first, "{link}");
    }
    assert!(report.broken().all(|link| link.kind == LinkKind::Endorsement), "{:?}", report.links);
}

#[test]
fn an_hour_later_all_is_over() {
    let (mut example, anchor) = example();
    example.0.get_mut(&UAS.parse().unwrap()).unwrap().brid.clear();
    let conditions = Conditions { at: UnixTime(AT.0 + 3600), unsigned_fields: UnsignedFields::AnyStandard };
    let report = verify(UAS.parse().unwrap(), &example, &[anchor], &conditions);
    assert_eq!(report.state, State::Expired);
}
