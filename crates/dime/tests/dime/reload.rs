//! SIGHUP: another configuration while it serves, or none if it is faulty.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use drip_det::Det;

use crate::harness::{Server, dime, run};

/// Long enough for a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// What a name server calls itself.
fn identity(dns: &str, det: &str) -> Option<String> {
    let (host, port) = dns.rsplit_once(':').unwrap();
    let owner = det.parse::<Det>().unwrap().owner_name();
    let host = format!("@{host}");
    let question = [&host, "-p", port, "+nsid", "+timeout=2", "+retry=0", "-q", &owner, "-t", "TYPE67"];
    let said = Command::new("kdig").args(question).output().expect("kdig: scripts/tools installs it");
    let said = String::from_utf8(said.stdout).unwrap();
    let line = said.lines().find_map(|line| line.split_once("NSID: "))?;
    line.1.split('"').nth(1).map(str::to_owned)
}

fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < SOON, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn change(file: &Path, change: impl FnOnce(&mut toml::Table)) {
    let mut all: toml::Table = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    change(all["dns"].as_table_mut().unwrap());
    std::fs::write(file, toml::to_string(&all).unwrap()).unwrap();
}

#[test]
fn the_name_server_follows_its_configuration() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let det = server.register(scratch.path(), "aircraft", "ua")["det"].as_str().unwrap().to_owned();
    let data = server.folder.clone();
    assert_eq!(server.stop(), Some(0));
    let file = data.join("dime.toml");
    change(&file, |dns| drop(dns.insert("nsid".into(), "before".into())));
    let mut command = dime(&["serve", "--config"]);
    command.arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped());
    let server = Server::ready(command, data);
    assert_eq!(identity(&server.dns, &det).as_deref(), Some("before"));

    // The port is free at another address of loopback, too: whoever had it there had it here.
    let (_, port) = server.dns.rsplit_once(':').unwrap();
    let second = format!("127.0.0.9:{port}");
    change(&file, |dns| {
        dns["listen"].as_array_mut().unwrap().push(second.clone().into());
        dns.insert("nsid".into(), "after".into());
    });
    server.hang_up();
    wait_for("the new address is served", || identity(&second, &det).as_deref() == Some("after"));
    assert_eq!(identity(&server.dns, &det).as_deref(), Some("after"));
    run(&["resolve", &det, "--dns", &second, "--anchor", &server.anchor()]).expect(0);

    // A faulty file, and one that cannot be followed: what was in force stays.
    let good = std::fs::read_to_string(&file).unwrap();
    let refused =
        |number: usize| server.log().iter().filter(|line| line.contains("stays in force")).count() == number;
    for (number, key) in ["lisen", "tls"].into_iter().enumerate() {
        std::fs::write(&file, &good).unwrap();
        change(&file, |dns| {
            dns.insert("nsid".into(), "faulty".into());
            let mut tls = toml::Table::new();
            tls.insert("listen".into(), toml::Value::from(vec!["127.0.0.1:0"]));
            tls.insert("certificate".into(), "nowhere.pem".into());
            tls.insert("key".into(), "nowhere.key".into());
            dns.insert(key.into(), tls.into());
        });
        server.hang_up();
        wait_for("the file is refused", || refused(number + 1));
        assert_eq!(identity(&server.dns, &det).as_deref(), Some("after"), "{key}");
        assert_eq!(identity(&second, &det).as_deref(), Some("after"), "{key}");
    }

    // What goes is no longer served; other sections wait for a start, and that is said.
    let mut all: toml::Table = toml::from_str(&good).unwrap();
    all["dns"].as_table_mut().unwrap()["listen"].as_array_mut().unwrap().pop();
    all["publication"].as_table_mut().unwrap().insert("operational_ttl".into(), 61.into());
    std::fs::write(&file, toml::to_string(&all).unwrap()).unwrap();
    server.hang_up();
    wait_for("the address is given up", || std::net::TcpStream::connect(&second).is_err());
    assert_eq!(identity(&server.dns, &det).as_deref(), Some("after"));
    wait_for("the section is named", || {
        server.log().iter().any(|line| line.contains("publication") && line.contains("next start"))
    });
    assert_eq!(server.stop(), Some(0));
}
