//! The research vectors' cross-endorsement, over objects and over DNS.

use drip_client::chain::{Anchor, Conditions, Trust, TrustSources, Way};
use drip_det::{Det, UnixTime};
use drip_wire::Endorsement;
use serde_json::Value;

#[test]
fn the_vectors_cross_endorsement_leads_to_the_second_raa() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cross = &vectors["cross_endorsement_raa16376_of_raa16377"];
    let octets = hex::decode(cross["hex"].as_str().or(cross.as_str()).unwrap()).unwrap();
    let cross = Endorsement::decode(&octets).unwrap();
    let raa = &vectors["entities"]["raa-auth"];
    let anchor = Anchor::new(
        raa["det_ipv6"].as_str().unwrap().parse().unwrap(),
        raa["hi"].as_str().unwrap().parse().unwrap(),
    )
    .unwrap();
    let second: Det = vectors["entities"]["raa2-auth-self"]["det_ipv6"].as_str().unwrap().parse().unwrap();
    let at = UnixTime(1_795_305_600);
    let sources = TrustSources { anchors: vec![anchor], cross: vec![cross], ..TrustSources::default() };
    let trust = Trust::settle(&sources, at);
    assert_eq!(trust.at(), Conditions::at(at).at);
    assert!(trust.ways().any(|(det, way, path)| det == second && way == Way::Crossed && path.len() == 1));
}
