//! The aircraft of the research vectors, as its pages are given there, and RFC 9575's raw example.

use drip_client::observe::{KnownKey, KnownKeys, Reception, Standing, UaState};
use drip_det::{Det, UnixTime};

use crate::radio::{MANIFEST, NOON, Radio, knowing, octets};

fn hear(radio: &mut Radio, at: UnixTime, messages: &serde_json::Value) {
    for message in messages.as_array().unwrap() {
        let reception = Reception { at, transmitter: radio.transmitter };
        radio.observer.hear(&reception, &octets(message)).unwrap();
    }
}

#[test]
fn the_aircraft_of_the_vectors_is_trusted() {
    let broadcast = &MANIFEST["broadcast_ua1"];
    for pages in ["pages", "pages_no_fec"] {
        for evidence in ["wrapper", "manifest_rfc_example_rule", "manifest_rfc_text_rule"] {
            let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
            hear(&mut radio, NOON, &broadcast["messages"]);
            for link in broadcast["links"].as_object().unwrap().values() {
                hear(&mut radio, NOON, &link[pages]);
            }
            radio.expect(NOON, UaState::Unverifiable, "the registration holds");
            hear(&mut radio, NOON, &broadcast[evidence]["pages"]);
            radio.expect(NOON, UaState::Trusted, "");
        }
    }
}

#[test]
fn the_raw_example_counts_in_unix_time() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/rfc9575/raw-example.json");
    let example: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let det = Det::from_bytes(octets(&example["det"]).try_into().unwrap()).unwrap();
    let hi = example["hi"].as_str().unwrap().parse().unwrap();
    let mut keys = KnownKeys::default();
    keys.insert(det, KnownKey { hi, standing: Standing::Trusted, class: None });
    let mut radio = Radio::new(keys);
    let at = UnixTime(1_702_682_080);
    hear(&mut radio, at, &example["messages"]);
    hear(&mut radio, at, &example["link"]["pages"]);
    radio.expect(at, UaState::Unverifiable, "lead up to 2001:3f:fe00:105:b82b:f1c9:9d87:2731");
    hear(&mut radio, at, &example["wrapper"]["pages"]);
    radio.expect(at, UaState::Unverified, "count from 1970");
}
