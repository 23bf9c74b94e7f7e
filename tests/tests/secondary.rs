//! Two processes: a registry, and a node that is nothing but its secondary; then Knot as the primary of such a node.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dime_tests::dns::{self, DET_TYPES};
use dime_tests::registration::{self, owner_name, text};
use dime_tests::server::Server;
use dime_tests::{csr, tools};
use serde_json::Value;

const KEY: &str = "transfer.example.";
const SECRET: &str = "qPXVoxDPLz8xSwLbJE4nYYkM6dLZkVIrIrBGg1oNuPM=";
const CATALOG: &str = "catalog.dime.example.";
const SOA: u16 = 6;

/// An address that is free for UDP and TCP.
fn free() -> SocketAddr {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        if UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(5)); // between two looks
    }
}

fn write_secret(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, SECRET).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A registry whose peer is the secondary at this address.
fn registry(folder: &Path, dns: SocketAddr, secondary: SocketAddr) {
    assert!(Server::start(folder).stop().success());
    write_secret(&folder.join("keys/transfer.tsig"));
    let file = folder.join("dime.toml");
    let lines = fs::read_to_string(&file).unwrap();
    let kept = lines.lines().filter(|line| !["tsig = []", "peer = []"].contains(line));
    let changed: Vec<String> = kept
        .map(|line| match line {
            "catalog = \"\"" => format!("catalog = \"{CATALOG}\""),
            line => line.to_owned(),
        })
        .collect();
    let of_dns = changed.iter().position(|line| line == "[dns]").unwrap();
    let mut changed = changed;
    let listen = changed[of_dns..].iter().position(|line| line.starts_with("listen = ")).unwrap() + of_dns;
    changed[listen] = format!("listen = [\"{dns}\"]");
    let of_http = changed.iter().position(|line| line == "[http]").unwrap();
    let listen = changed[of_http..].iter().position(|line| line.starts_with("listen = ")).unwrap() + of_http;
    changed[listen] = "listen = \"127.0.0.1:0\"".to_owned();
    let peers = format!(
        "\n[[dns.tsig]]\nname = \"{KEY}\"\nsecret_file = \"keys/transfer.tsig\"\n\
         [[dns.peer]]\nname = \"copy\"\naddresses = [\"127.0.0.1\"]\nkey = \"{KEY}\"\ntransfer = true\nnotify = \"{secondary}\"\n"
    );
    fs::write(file, changed.join("\n") + &peers).unwrap();
}

fn dime(arguments: &[&str]) -> Command {
    let mut command = Command::new(tools::dime());
    command.args(arguments);
    command
}

fn init_secondary(folder: &Path, copy: &str, primary: SocketAddr, dns: SocketAddr, key: Option<&str>) {
    let folder_text = folder.to_str().unwrap();
    let (primary, dns) = (primary.to_string(), dns.to_string());
    let mut command =
        dime(&["init", "--role", "secondary", "--dir", folder_text, "--copy", copy, "--primary", &primary]);
    command.args(["--dns", &dns, "--http", "127.0.0.1:0"]);
    if let Some(key) = key {
        command.args(["--key", key]);
        write_secret(&folder.join("keys/transfer.tsig"));
    }
    tools::run(&mut command);
}

fn status(folder: &Path) -> Value {
    let text = tools::run(&mut dime(&["zone", "status", "--dir", folder.to_str().unwrap(), "--json"]));
    serde_json::from_str(&text).unwrap()
}

fn zone_status(folder: &Path, zone: &str) -> Value {
    let status = status(folder);
    let zones = status["zones"].as_array().unwrap();
    zones.iter().find(|found| found["zone"] == zone).cloned().unwrap_or(Value::Null)
}

fn serial(server: SocketAddr, zone: &str) -> Option<u32> {
    let reply = dns::ask(server, zone, SOA);
    let rdata = reply.answers.first()?;
    Some(u32::from_be_bytes(rdata[rdata.len() - 20..][..4].try_into().unwrap()))
}

fn assert_same(one: SocketAddr, other: SocketAddr, dets: &[String]) {
    for det in dets {
        for (name, kind) in DET_TYPES.into_iter().chain([("TXT", 16)]) {
            assert_eq!(
                dns::ask(one, &owner_name(det), kind),
                dns::ask(other, &owner_name(det), kind),
                "{det} {name}"
            );
        }
    }
}

#[test]
fn a_registry_and_its_secondary_as_two_processes() {
    let folder = tempfile::tempdir().unwrap();
    let (primary_folder, copy_folder) = (folder.path().join("primary"), folder.path().join("copy"));
    let (primary_dns, copy_dns) = (free(), free());
    registry(&primary_folder, primary_dns, copy_dns);
    init_secondary(&copy_folder, CATALOG, primary_dns, copy_dns, Some(KEY));
    let primary = Server::serve(&primary_folder);
    let copy = Server::serve(&copy_folder);
    let mut manager = primary.manager();
    let register = |manager: &mut dime_tests::http::Client| {
        let reply =
            manager.post("/v1/registrations", &registration::body("session", &csr::new_key())).unwrap();
        assert_eq!(reply.status, 201, "{}", tools::text(&reply.body));
        reply.json()
    };
    let first = register(&mut manager);
    let zone = text(&first, "/dns/zone");
    let mut dets = vec![text(&first, "/det")];
    until("the zone", || zone_status(&copy_folder, &zone)["copy"]["state"] == "served");
    dets.extend((0..20).map(|_| text(&register(&mut manager), "/det")));
    until("the same serial", || serial(copy_dns, &zone) == serial(primary_dns, &zone));
    assert_same(primary_dns, copy_dns, &dets);

    // A revocation is there within a second.
    let victim = dets[3].clone();
    assert_eq!(registration::revoke(&mut manager, &victim).unwrap().status, 200);
    let revoked = Instant::now();
    until("the revocation", || dns::ask(copy_dns, &owner_name(&victim), 67).rcode == dns::NXDOMAIN);
    assert!(revoked.elapsed() < Duration::from_secs(1), "{:?}", revoked.elapsed());

    // What is said about it.
    let said = zone_status(&copy_folder, &zone);
    assert_eq!((said["role"].as_str(), said["copy"]["catalog"].as_str()), (Some("secondary"), Some(CATALOG)));
    assert_eq!(said["copy"]["transfers"]["whole"], 1, "{said}");
    let at_primary = zone_status(&primary_folder, &zone);
    assert_eq!((at_primary["role"].as_str(), &at_primary["dets"]), (Some("primary"), &said["dets"]));
    assert_eq!(at_primary["serial"], said["serial"]);
    let over_dns =
        tools::run(&mut dime(&["zone", "status", &zone, "--dns", &copy_dns.to_string(), "--json"]));
    let over_dns: Value = serde_json::from_str(&over_dns).unwrap();
    assert_eq!(over_dns["zones"][0]["serial"], said["serial"]);
    let socket = copy_folder.join("control.sock");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let mut anybody = copy.anonymous();
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(anybody.get(path).unwrap().status, 200, "{path}");
    }
    assert_eq!(anybody.get("/v1/dki").unwrap().status, 404, "a secondary is no registry");

    // A transfer that somebody asks for.
    let retransfer = |folder: &Path, zone: &str| {
        dime(&["zone", "retransfer", zone, "--dir", folder.to_str().unwrap()]).output().unwrap()
    };
    assert!(retransfer(&copy_folder, &zone).status.success());
    until("another whole transfer", || zone_status(&copy_folder, &zone)["copy"]["transfers"]["whole"] == 2);
    let refused = retransfer(&primary_folder, &zone);
    assert_eq!(refused.status.code(), Some(1));
    assert!(tools::text(&refused.stderr).contains("is not copied from elsewhere"), "{refused:?}");

    // Stopped in order and started again while the primary is down: served at once.
    assert!(copy.stop().success());
    let nobody = retransfer(&copy_folder, &zone);
    assert_eq!(nobody.status.code(), Some(3), "{nobody:?}");
    let serial_before = serial(primary_dns, &zone);
    assert!(primary.stop().success());
    let copy = Server::serve(&copy_folder);
    assert_eq!(serial(copy_dns, &zone), serial_before);
    assert_eq!(dns::ask(copy_dns, &owner_name(&dets[0]), 67).answers.len(), 1);
    // The primary is back; then the copy dies, and comes back.
    let primary = Server::serve(&primary_folder);
    let mut manager = primary.manager();
    dets.push(text(&register(&mut manager), "/det"));
    until("the same serial", || serial(copy_dns, &zone) == serial(primary_dns, &zone));
    copy.kill();
    dets.push(text(&register(&mut manager), "/det"));
    let copy = Server::serve(&copy_folder);
    until("the same serial", || serial(copy_dns, &zone) == serial(primary_dns, &zone));
    assert_same(primary_dns, copy_dns, &dets);
    // Only one server at a time uses a directory.
    let second =
        dime(&["serve", "--config", copy_folder.join("dime.toml").to_str().unwrap()]).output().unwrap();
    assert_eq!(second.status.code(), Some(3));
    assert!(tools::text(&second.stderr).contains("another server uses this directory"), "{second:?}");
    assert!(copy.stop().success() && primary.stop().success());
}

/// Knot with one zone; dropping it ends it.
struct Knot(Child);

impl Drop for Knot {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn knot_as_the_primary() {
    let folder = tempfile::tempdir().unwrap();
    let (primary_folder, copy_folder) = (folder.path().join("primary"), folder.path().join("copy"));
    let primary = Server::start(&primary_folder);
    let mut manager = primary.manager();
    let mut dets = Vec::new();
    let mut zone = String::new();
    for kind in ["session", "operator", "session"] {
        let reply = manager.post("/v1/registrations", &registration::body(kind, &csr::new_key())).unwrap();
        assert_eq!(reply.status, 201, "{}", tools::text(&reply.body));
        dets.push(text(&reply.json(), "/det"));
        zone = text(&reply.json(), "/dns/zone");
    }
    let exported = tools::run(&mut dime(&[
        "zone",
        "export",
        &zone,
        "--generic",
        "--dir",
        primary_folder.to_str().unwrap(),
    ]));
    let knot_folder = folder.path().join("knot");
    fs::create_dir(&knot_folder).unwrap();
    fs::write(knot_folder.join("zone"), exported).unwrap();
    let (knot_dns, copy_dns) = (free(), free());
    let at = |address: SocketAddr| format!("127.0.0.1@{}", address.port());
    let path = knot_folder.to_str().unwrap();
    fs::write(
        knot_folder.join("knot.conf"),
        format!(
            "server:\n  listen: {}\n  rundir: {path}\ndatabase:\n  storage: {path}\n\
             key:\n  - id: {KEY}\n    algorithm: hmac-sha256\n    secret: {SECRET}\n\
             remote:\n  - id: copy\n    address: {}\n    key: {KEY}\n\
             acl:\n  - id: take\n    address: 127.0.0.1\n    key: {KEY}\n    action: transfer\n\
             zone:\n  - domain: {zone}\n    file: {path}/zone\n    storage: {path}\n    acl: take\n    notify: copy\n    \
             zonefile-sync: -1\n    zonefile-load: difference\n    journal-content: changes\n    serial-policy: increment\n",
            at(knot_dns),
            at(copy_dns)
        ),
    )
    .unwrap();
    let configuration = knot_folder.join("knot.conf");
    let knot = Command::new("knotd")
        .arg("-c")
        .arg(&configuration)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _knot = Knot(knot.unwrap());
    init_secondary(&copy_folder, &zone, knot_dns, copy_dns, Some(KEY));
    let copy = Server::serve(&copy_folder);
    until("the zone", || zone_status(&copy_folder, &zone)["copy"]["state"] == "served");
    assert_same(primary.dns, copy_dns, &dets);

    // Knot's own differences.
    let knotc = |arguments: &[&str]| {
        tools::run(Command::new("knotc").arg("-c").arg(&configuration).args(arguments));
    };
    let owner = owner_name(&dets[0]);
    knotc(&["zone-begin", &zone]);
    knotc(&["zone-unset", &zone, &owner]);
    knotc(&["zone-commit", &zone]);
    until("the difference", || dns::ask(copy_dns, &owner, 67).rcode == dns::NXDOMAIN);
    assert_same(primary.dns, copy_dns, &dets[1..]);
    let said = zone_status(&copy_folder, &zone);
    assert_eq!(
        (&said["copy"]["transfers"]["whole"], &said["copy"]["transfers"]["differences"]),
        (&1.into(), &1.into())
    );

    // What a zone of DETs has no place for is refused, and what was served is served on.
    knotc(&["zone-begin", &zone]);
    knotc(&["zone-set", &zone, &zone, "3600", "TXT", "hello"]);
    knotc(&["zone-commit", &zone]);
    until("the refusal", || zone_status(&copy_folder, &zone)["copy"]["fault"].is_object());
    let fault = zone_status(&copy_folder, &zone)["copy"]["fault"]["text"].as_str().unwrap().to_owned();
    assert!(fault.contains("TYPE16: a zone of DETs has no such record"), "{fault}");
    assert_same(primary.dns, copy_dns, &dets[1..]);
    assert!(copy.stop().success() && primary.stop().success());
}
