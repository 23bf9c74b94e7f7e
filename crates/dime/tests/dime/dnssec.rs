//! `dime dnssec`, signed zones of a running server, and the refusal to serve an RAA unsigned. BIND's tools judge.

use std::path::Path;
use std::process::Command;

use crate::harness::{Server, dime, run, run_in};

const RAA_ZONE: &str = "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";

fn judge(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

#[test]
fn quickstart_signs_the_zones_of_its_raa() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let (ip, port) = server.dns.split_once(':').unwrap();
    let at = format!("@{ip}");
    let anchor = server.path("dnssec-anchor.conf");
    let delv = |root: &str, name: &str, record_type: &str| {
        let root = format!("+root={root}");
        judge("delv", &[&at, "-p", port, "-a", &anchor, &root, name, record_type])
    };
    assert!(delv(RAA_ZONE, RAA_ZONE, "SOA").contains("; fully validated"));
    assert!(delv(RAA_ZONE, &format!("5.{RAA_ZONE}"), "SOA").contains("negative response, fully validated"));
    // The same signatures in an export, which a server may be running beside.
    let data = server.folder.to_str().unwrap();
    let text = run(&["zone", "export", RAA_ZONE, "--dir", data]).expect(0).stdout;
    let file = scratch.path().join("zone");
    std::fs::write(&file, &text).unwrap();
    judge("dnssec-verify", &["-o", RAA_ZONE, file.to_str().unwrap()]);
    let serial = |text: &str| {
        let soa = text.lines().find(|line| line.contains(" SOA ") || line.contains("\tSOA\t")).unwrap();
        soa.split_whitespace().nth(6).unwrap().to_owned()
    };
    let answered = judge("dig", &[&at, "-p", port, "+noall", "+answer", RAA_ZONE, "SOA"]);
    assert_eq!(serial(&text), serial(&answered));
    run(&["zone", "check", "--dir", data]).expect(0);
}

#[test]
fn keys_are_made_shown_and_rolled() {
    let scratch = tempfile::tempdir().unwrap();
    let dnssec =
        |arguments: &[&str]| run_in(scratch.path(), &[&["dnssec"], arguments, &["--dir", "."]].concat());
    dnssec(&["status"]).expect(0);
    let made = dnssec(&["keygen", RAA_ZONE, "--json"]).expect(0).json();
    let tags = made["zones"][0]["tags"].as_array().unwrap().clone();
    assert_eq!(tags.len(), 2);
    dnssec(&["keygen", RAA_ZONE]).expect(1);
    dnssec(&["keygen"]).expect(2);
    dnssec(&["keygen", "example.com."]).expect(2);
    let folder = scratch.path().join("keys/dnssec");
    let file = |tag: &serde_json::Value| {
        format!("{}/K{RAA_ZONE}+015+{:05}", folder.display(), tag.as_u64().unwrap())
    };
    let ds = dnssec(&["ds", RAA_ZONE]).expect(0).stdout;
    assert_eq!(ds, judge("dnssec-dsfromkey", &["-2", &format!("{}.key", file(&tags[0]))]));
    assert!(dnssec(&["ds", "--anchor"]).expect(0).stdout.contains(&format!("\"{RAA_ZONE}\" static-ds ")));

    let states = || {
        let status = dnssec(&["status", "--json"]).expect(0).json();
        let keys = status["zones"][0]["keys"].as_array().unwrap().clone();
        let mut states: Vec<String> = keys
            .iter()
            .map(|key| format!("{} {}", key["role"].as_str().unwrap(), key["state"].as_str().unwrap()))
            .collect();
        states.sort();
        states
    };
    assert_eq!(states(), ["KSK active", "ZSK active"]);
    dnssec(&["roll", RAA_ZONE]).expect(2);
    dnssec(&["roll", RAA_ZONE, "--zsk"]).expect(0);
    assert_eq!(states(), ["KSK active", "ZSK active", "ZSK published"]);
    assert!(dnssec(&["roll", RAA_ZONE, "--zsk"]).expect(1).stderr.contains("under way"));
    assert!(dnssec(&["ds-published", RAA_ZONE]).expect(1).stderr.contains("no KSK is being replaced"));
    let told = dnssec(&["roll", RAA_ZONE, "--ksk"]).expect(0).stdout;
    assert!(told.contains("ds-published"), "{told}");
    assert_eq!(states(), ["KSK active", "KSK active", "ZSK active", "ZSK published"]);
    assert!(
        dnssec(&["ds-published", RAA_ZONE]).expect(1).stderr.contains("may not be in the zone above before")
    );
    let printed = judge("dnssec-settime", &["-p", "all", &file(&tags[1])]);
    assert!(!printed.contains("Inactive: UNSET"), "{printed}");
    let ds = |digest: &str| dnssec(&["ds", RAA_ZONE, "--digest", digest]).expect(0).stdout;
    assert_eq!(
        ds("sha384"),
        judge("dnssec-dsfromkey", &["-a", "SHA-384", &format!("{}.key", file(&tags[0]))])
    );
    assert_eq!(ds("both").lines().count(), 2);
    let csk = dnssec(&["keygen", "--raa", "16376", "--csk"]).expect(1);
    assert!(csk.stderr.contains(RAA_ZONE), "one of the four has keys: {}", csk.stderr);
}

#[test]
fn serve_refuses_an_raa_without_keys_unless_told_test() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let data = server.folder.clone();
    assert_eq!(server.stop(), Some(0));
    std::fs::rename(data.join("keys/dnssec"), scratch.path().join("elsewhere")).unwrap();
    let config = data.join("dime.toml");
    let done = run(&["serve", "--config", config.to_str().unwrap()]).expect(3);
    assert!(done.stderr.contains(RAA_ZONE) && done.stderr.contains("dime dnssec keygen"), "{}", done.stderr);
    let exported = run(&["zone", "export", RAA_ZONE, "--dir", data.to_str().unwrap()]).expect(1);
    assert!(exported.stderr.contains("no DNSSEC keys"), "{}", exported.stderr);
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("apex_and_raa = \"signed\"", "apex_and_raa = \"TEST-unsigned\""))
        .unwrap();
    let mut command = dime(&["serve", "--config"]);
    command.arg(&config).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let server = Server::ready(command, data);
    assert_eq!(server.stop(), Some(0));
}

/// The keys of the RAA's zone as `dime dnssec status` shows them.
fn keys(folder: &Path) -> Vec<serde_json::Value> {
    let status = run_in(folder, &["dnssec", "status", RAA_ZONE, "--json", "--dir", "."]).expect(0).json();
    status["zones"][0]["keys"].as_array().unwrap().clone()
}

fn is_text(value: &serde_json::Value) -> bool {
    value.as_str().is_some()
}

/// Many at once, of which one is first; then a key in wrong hands, which waits for nobody.
#[test]
fn one_roll_over_at_a_time_and_an_emergency() {
    let scratch = tempfile::tempdir().unwrap();
    let dnssec =
        |arguments: &[&str]| run_in(scratch.path(), &[&["dnssec"], arguments, &["--dir", "."]].concat());
    dnssec(&["keygen", RAA_ZONE]).expect(0);
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let roll = || scope.spawn(|| dnssec(&["roll", RAA_ZONE, "--zsk"]).code);
        let threads: Vec<_> = (0..6).map(|_| roll()).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 1).count(), 5, "{codes:?}");
    let zsks = |state: &str| {
        let of_state = |key: &&serde_json::Value| key["role"] == "ZSK" && key["state"] == state;
        keys(scratch.path()).iter().filter(of_state).count()
    };
    assert_eq!((zsks("active"), zsks("published")), (1, 1));
    dnssec(&["roll", RAA_ZONE, "--zsk", "--compromised"]).expect(0);
    assert_eq!(
        (zsks("active"), zsks("published")),
        (2, 0),
        "the old one and the new one; what never signed is gone"
    );
    dnssec(&["roll", RAA_ZONE, "--ksk"]).expect(0);
    dnssec(&["roll", RAA_ZONE, "--ksk"]).expect(1);
    dnssec(&["roll", RAA_ZONE, "--ksk", "--compromised"]).expect(0);
    let ending = keys(scratch.path());
    let ending = ending.iter().filter(|key| key["role"] == "KSK" && is_text(&key["sync_delete"])).count();
    assert_eq!(ending, 2, "of three");
}

/// What a kill between the writing of the new key and of the old one's times leaves behind.
#[test]
fn a_roll_over_that_was_cut_short_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("keys/dnssec");
    let dnssec =
        |arguments: &[&str]| run_in(scratch.path(), &[&["dnssec"], arguments, &["--dir", "."]].concat());
    dnssec(&["keygen", RAA_ZONE]).expect(0);
    let snapshot = || -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    };
    for role in ["--zsk", "--ksk"] {
        let before = snapshot();
        // The new key is later than the old one by a second at least.
        let told = keys(scratch.path())[0]["activate"].as_str().unwrap().to_owned();
        while judge("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ"]).trim() == told {}
        dnssec(&["roll", RAA_ZONE, role]).expect(0);
        for (path, octets) in before {
            std::fs::write(path, octets).unwrap();
        }
        let ending = || {
            let ends = |key: &&serde_json::Value| is_text(&key["inactive"]) || is_text(&key["sync_delete"]);
            keys(scratch.path()).iter().filter(ends).count()
        };
        let before = ending();
        let refused = dnssec(&["roll", RAA_ZONE, role]).expect(1);
        assert!(refused.stderr.contains("under way"), "{}", refused.stderr);
        assert_eq!(ending(), before + 1, "{role}: the old key ends now");
    }
    // A disk that takes nothing: no key, no half of one, no file left over.
    let count = std::fs::read_dir(&folder).unwrap().count();
    let full = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" dnssec roll \"$1\" --zsk --compromised --dir ."])
        .args([env!("CARGO_BIN_EXE_dime"), RAA_ZONE])
        .current_dir(scratch.path())
        .output()
        .unwrap();
    assert_eq!(full.status.code(), Some(3), "{}", String::from_utf8_lossy(&full.stderr));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), count);
    dnssec(&["status"]).expect(0);
}

/// The server that is running takes up what the commands write, in less than the minute after which it would look anyway.
#[test]
fn a_running_server_takes_keys_up() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let (ip, port) = server.dns.split_once(':').unwrap();
    let at = format!("@{ip}");
    let count = || judge("dig", &[&at, "-p", port, "+short", RAA_ZONE, "DNSKEY"]).lines().count();
    assert_eq!(count(), 2);
    let data = server.folder.to_str().unwrap();
    run(&["dnssec", "roll", RAA_ZONE, "--zsk", "--dir", data]).expect(0);
    let begun = std::time::Instant::now();
    while count() != 3 {
        assert!(begun.elapsed().as_secs() < 30, "not taken up");
    }
}
