//! `det derive` and `det show`, against RFC 9886's DETs and RFC 9374's serial number.

use crate::harness::{run, run_in, vector_json};

#[test]
fn derive_the_dets_of_the_chain() {
    let manifest = vector_json("chain/manifest.json");
    for (name, entity) in manifest["entities"].as_object().unwrap() {
        let (raa, hda) = (entity["raa"].to_string(), entity["hda"].to_string());
        let hi = entity["hi"].as_str().unwrap();
        let done =
            run(&["det", "derive", "--raa", &raa, "--hda", &hda, "--public-key", hi, "--json"]).expect(0);
        let json = done.json();
        assert_eq!(json["det"], entity["det_ipv6"], "{name}");
        assert_eq!(json["hi"].as_str(), Some(hi), "{name}");
    }
}

#[test]
fn show_says_everything_and_reads_its_own_output() {
    let json = run(&["det", "show", "2001:3f:fe00:a05:1308:2469:9a4b:c6b2", "--json"]).expect(0).json();
    assert_eq!(json["raa"], 16376);
    assert_eq!(json["hda"], 10);
    assert_eq!(json["suite"], 5);
    assert_eq!(json["hash"], "130824699a4bc6b2");
    let owner = "2.b.6.c.b.4.a.9.9.6.4.2.8.0.3.1.5.0.a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
    assert_eq!(json["owner"], owner);
    assert_eq!(json["zones"]["apex"], "3.0.0.1.0.0.2.ip6.arpa.");
    assert_eq!(json["zones"]["raa"], "0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.");
    assert_eq!(json["zones"]["hda"], "a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.");
    for form in [owner, "2001003ffe000a05130824699a4bc6b2"] {
        assert_eq!(run(&["det", "show", form, "--json"]).expect(0).json(), json);
    }
}

#[test]
fn the_serial_number_of_rfc_9374() {
    let arguments = ["det", "show", "2001:30:280:1405:a3ad:1952:ad0:a69e", "--mfr", "8653", "--json"];
    assert_eq!(run(&arguments).expect(0).json()["serial_number"], "8653F02T7B8RA85D19LX");
}

#[test]
fn wrong_use_is_told_apart() {
    run(&["det", "show", "2001:db8::1"]).expect(2);
    run(&["det", "show", "no det"]).expect(2);
    run(&["det", "derive", "--raa", "16384", "--hda", "1", "--public-key", &"0".repeat(64)]).expect(2);
    run(&["det", "derive", "--raa", "1", "--hda", "1"]).expect(2);
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["det", "derive", "--raa", "1", "--hda", "1", "--key", "missing.pem"]).expect(3);
}
