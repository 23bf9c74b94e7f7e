//! `broadcast`: a UA of the vectors sends, and `inspect` and `verify` hear it; and what the vectors' own UA sent.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Done, run_in, run_with_input, vector_json};

const AT: &str = "2026-06-15T12:00:00Z";
const CHAIN: [&str; 4] = ["raa-auth", "hda-auth", "hda-issuing", "ua1"];

fn decode(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The UA's key, its endorsements, and the anchor.
fn write(folder: &Path) {
    use base64::Engine;
    let manifest = vector_json("chain/manifest.json");
    let entity = |name: &str| manifest["entities"][name].clone();
    let prefix = hex::decode("302e020100300506032b657004220420").unwrap();
    let der = [prefix, decode(&entity("ua1")["private_seed"])].concat();
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
    let key = folder.join("ua.pem");
    std::fs::write(&key, pem).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    // In an order of no use to anybody.
    let chain: Vec<u8> =
        CHAIN.iter().rev().flat_map(|name| decode(&entity(name)["endorsement"]["hex"])).collect();
    std::fs::write(folder.join("endorsements.bin"), chain).unwrap();
    std::fs::write(folder.join("anchor.der"), decode(&entity("raa-auth")["certs"]["lite"]["der_hex"]))
        .unwrap();
    std::fs::write(folder.join("other.der"), decode(&entity("raa2-auth-self")["certs"]["lite"]["der_hex"]))
        .unwrap();
}

fn broadcast(folder: &Path, out: &str, more: &[&str]) -> Done {
    let arguments =
        ["broadcast", "--key", "ua.pem", "--registration", "endorsements.bin", "--at", AT, "--out", out];
    run_in(folder, &[arguments.as_slice(), more].concat())
}

fn verify(folder: &Path, more: &[&str]) -> Done {
    run_in(folder, &[["verify", "--json"].as_slice(), more].concat())
}

#[test]
fn what_is_sent_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder);
    for (name, more) in
        [("plain", ["--no-fec"].as_slice()), ("parity", &["--fec"]), ("packs", &["--transport", "extended"])]
    {
        let more = [["--format", "hex", "--location", "40.7128,-74.006,55"].as_slice(), more].concat();
        broadcast(folder, name, &more).expect(0);
        let json = verify(folder, &[name, "--as-recorded", "--anchor", "anchor.der"]).expect(0).json();
        assert_eq!((&json["state"], &json["trusted"]), (&"trusted".into(), &true.into()), "{name}: {json}");
        assert_eq!(json["det"], vector_json("chain/manifest.json")["entities"]["ua1"]["det_ipv6"]);
        assert_eq!(json["manifest_gaps"], 0);
        assert!(json["links"].as_array().unwrap().len() >= 3);
        // The times that are written in a file are nobody's word.
        let late = verify(folder, &[name, "--anchor", "anchor.der"]).expect(1).json();
        assert_eq!(late["state"], "unverified", "{late}");
        let nobody = verify(folder, &[name, "--as-recorded"]).expect(1).json();
        assert_eq!(nobody["state"], "unverifiable", "{nobody}");
        verify(folder, &[name, "--as-recorded", "--anchor", "other.der"]).expect(1);
        let json = run_in(folder, &["inspect", name, "--json"]).expect(0).json();
        assert_eq!(json["kind"], "broadcast");
        let kinds: Vec<&str> = json["objects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|object| object["data"]["kind"].as_str().or(object["kind"].as_str()).unwrap())
            .collect();
        for (kind, count) in [("link", 4), ("wrapper", 6), ("manifest", 6)] {
            assert_eq!(kinds.iter().filter(|each| **each == kind).count(), count, "{name}: {kind}");
        }
    }
}

#[test]
fn the_same_key_and_time_give_the_same_octets_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder);
    let count = ["--count", "2"];
    let made = |name: &str, format: &str| {
        broadcast(folder, name, &[["--format", format].as_slice(), &count].concat()).expect(0);
        std::fs::read(folder.join(name)).unwrap()
    };
    let binary = made("binary", "messages");
    assert_eq!(made("again", "messages"), binary);
    let text = String::from_utf8(made("text", "hex")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(hex::decode(lines.concat()).unwrap(), binary);
    assert!(text.starts_with("# at 2026-06-15T12:00:00Z Basic ID\n"), "{text}");
    let pages = String::from_utf8(made("pages", "pages")).unwrap();
    let pages: Vec<&str> = pages.lines().filter(|line| !line.starts_with('#')).collect();
    let expected: Vec<&str> = lines.iter().filter(|line| line.starts_with("225")).copied().collect();
    assert_eq!(pages, expected);
    let json: Value = serde_json::from_slice(&made("json", "json")).unwrap();
    let all: Vec<u8> = json["transmissions"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|sent| sent["messages"].as_array().unwrap().iter().flat_map(decode))
        .collect();
    assert_eq!(all, binary);
    let links = made("links", "links");
    let manifest = vector_json("chain/manifest.json");
    let expected: Vec<u8> =
        CHAIN.iter().flat_map(|name| decode(&manifest["broadcast_ua1"]["links"][name]["data"])).collect();
    assert_eq!(links, expected, "the four Links, trust anchor first");
    // JSON and binary are heard, too.
    for name in ["json", "binary", "text"] {
        let more = ["--at", "2026-06-15T12:00:09Z", "--anchor", "anchor.der"];
        let json = verify(folder, &[[name].as_slice(), &more].concat()).expect(0).json();
        assert_eq!(json["state"], "trusted", "{name}: {json}");
    }
    let mavlink: Value = serde_json::from_slice(&made("mavlink", "mavlink")).unwrap();
    let auth = |message: &&Value| message["mavpackettype"] == "OPEN_DRONE_ID_AUTHENTICATION";
    assert_eq!(mavlink.as_array().unwrap().iter().filter(auth).count(), pages.len());
}

/// Links at least once a minute and once in five minutes, something signed every five seconds, Location every second.
#[test]
fn the_schedule_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder);
    let json = broadcast(folder, "-", &["--minutes", "11", "--format", "json"]).expect(0).json();
    let seconds = |kind: &str, data: &dyn Fn(&str) -> bool| -> Vec<i64> {
        let start = json["transmissions"][0]["at"].as_str().unwrap().to_owned();
        let second = |at: &str| -> i64 {
            let (minutes, seconds) = (&at[14..16], &at[17..19]);
            assert_eq!(&at[..14], &start[..14]);
            minutes.parse::<i64>().unwrap() * 60 + seconds.parse::<i64>().unwrap()
        };
        let sent = json["transmissions"].as_array().unwrap().iter();
        sent.filter(|sent| sent["kind"] == kind && data(sent["data"].as_str().unwrap_or_default()))
            .map(|sent| second(sent["at"].as_str().unwrap()))
            .collect()
    };
    let widest = |times: &[i64]| {
        let ends = [[0].as_slice(), times, &[660]].concat();
        ends.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
    };
    for (number, link) in json["links"].as_array().unwrap().iter().enumerate() {
        let times = seconds("Link", &|data| link == data);
        let limit = if number == 3 { 60 } else { 300 };
        assert!(widest(&times) <= limit, "{number}: {times:?}");
    }
    let mut signed = seconds("Wrapper", &|_| true);
    signed.extend(seconds("Manifest", &|_| true));
    signed.sort_unstable();
    assert!(widest(&signed) <= 5, "{signed:?}");
    assert_eq!(widest(&seconds("Location", &|_| true)), 1);
    assert!(widest(&seconds("Basic ID", &|_| true)) <= 3);
}

#[test]
fn the_aircraft_of_the_vectors_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder);
    let manifest = vector_json("chain/manifest.json");
    let ua = &manifest["broadcast_ua1"];
    let mut heard: Vec<u8> = ua["messages"].as_array().unwrap().iter().flat_map(decode).collect();
    for link in CHAIN {
        heard.extend(ua["links"][link]["pages"].as_array().unwrap().iter().flat_map(decode));
    }
    std::fs::write(folder.join("links"), &heard).unwrap();
    let links = verify(folder, &["links", "--at", AT, "--anchor", "anchor.der"]).expect(1).json();
    assert_eq!(links["state"], "unverifiable", "{links}");
    for evidence in ["wrapper", "manifest_rfc_example_rule", "manifest_rfc_text_rule"] {
        let pages: Vec<u8> = ua[evidence]["pages"].as_array().unwrap().iter().flat_map(decode).collect();
        // One page is lost.
        let pages = [&pages[..50], &pages[75..]].concat();
        std::fs::write(folder.join("heard"), [heard.clone(), pages].concat()).unwrap();
        let json = verify(folder, &["heard", "--at", AT, "--anchor", "anchor.der"]).expect(0).json();
        assert_eq!(json["state"], "trusted", "{evidence}: {json}");
        let json = run_in(folder, &["inspect", "heard", "--json"]).expect(0).json();
        let last = json["objects"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&last["recovered_page"], &last["additional_data"]),
            (&2.into(), &"parity".into()),
            "{last}"
        );
    }
    // A format by itself, with the endorsements in another file.
    std::fs::write(folder.join("wrapper"), decode(&ua["wrapper"]["data"])).unwrap();
    let files = ["endorsements.bin", "wrapper", "--anchor", "anchor.der"];
    let json = verify(folder, &[files.as_slice(), &["--at", AT]].concat()).expect(0).json();
    assert_eq!(json["state"], "trusted");
    let json = verify(folder, &["wrapper", "--at", AT, "--anchor", "anchor.der"]).expect(1).json();
    assert_eq!(json["state"], "unverifiable");
}

#[test]
fn everything_for_the_air_is_recognised() {
    let manifest = vector_json("chain/manifest.json");
    let ua = &manifest["broadcast_ua1"];
    let example = vector_json("rfc9575/raw-example.json");
    let inspect = |octets: &[u8]| run_with_input(octets, &["inspect", "-", "--json"]);
    for (octets, kind) in [
        (decode(&ua["links"]["ua1"]["data"]), "link"),
        (decode(&ua["wrapper"]["data"]), "wrapper"),
        (decode(&ua["manifest_rfc_text_rule"]["data"]), "manifest"),
        (decode(&ua["messages"][0]), "Basic ID"),
        (decode(&ua["messages"][1]), "Location"),
        (decode(&ua["wrapper"]["pages"][3]), "Authentication"),
        (decode(&example["messages"][2]), "Self ID"),
        (decode(&example["messages"][3]), "System"),
        (decode(&example["messages"][4]), "Operator ID"),
    ] {
        let json = inspect(&octets).expect(0).json();
        assert_eq!(json["kind"], kind, "{json}");
        let text = hex::encode(&octets);
        assert_eq!(inspect(text.as_bytes()).expect(0).json()["kind"], kind, "in hexadecimal");
    }
    let json = inspect(&decode(&ua["manifest_rfc_text_rule"]["data"])).json();
    assert!(json["current_rule"].as_str().unwrap().contains("without the Link"), "{json}");
    // The raw example's own faults are named.
    let json = inspect(&decode(&example["link"]["data"])).expect(1).json();
    assert!(json["problems"].to_string().contains("the SAM type is 4"), "{json}");
    assert!(json["problems"].to_string().contains("1970"), "{json}");
    let pages: Vec<u8> = example["wrapper"]["pages"].as_array().unwrap().iter().flat_map(decode).collect();
    let json = inspect(&pages).expect(1).json();
    assert_eq!(json["objects"][0]["data"]["ua"], "2001:3f:fe00:105:a29b:3ff4:2226:c04e", "{json}");
    // Cut short, it is called what it was.
    let cut = &decode(&ua["wrapper"]["data"])[..138];
    let json = inspect(cut).expect(1).json();
    assert!(json["problems"].to_string().contains("a DRIP Wrapper that cannot be read"), "{json}");
    let lost = [&pages[..25], &pages[100..]].concat();
    let json = inspect(&lost).expect(1).json();
    assert!(json["problems"].to_string().contains("pages 1, 2, 3 are missing"), "{json}");
}

#[test]
fn wrong_use_has_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder);
    let refused = |more: &[&str], word: &str| {
        let done = broadcast(folder, "-", more).expect(2);
        assert!(done.stderr.contains(word), "{}", done.stderr);
    };
    refused(&["--location", "91,0"], "latitude");
    refused(&["--location", "1"], "LATITUDE");
    refused(&["--fec", "--no-fec"], "cannot be used");
    refused(&["--minutes", "0"], "minutes");
    refused(&["--transport", "extended", "--format", "mavlink"], "--transport legacy");
    refused(&["--transport", "extended", "--fec", "--minutes", "1"], "does not fit");
    run_in(folder, &["key", "new", "--out", "other.pem"]).expect(0);
    let arguments = ["broadcast", "--key", "other.pem", "--registration", "endorsements.bin"];
    let done = run_in(folder, &arguments).expect(2);
    assert!(done.stderr.contains("no endorsement of this key"), "{}", done.stderr);
}
