//! Starting, restarting and failing to start; waiting for a person; an operator's own key.

use std::net::{TcpListener, UdpSocket};

use crate::harness::{Server, dime, run};

#[test]
fn a_restart_knows_what_was_registered() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start_with(scratch.path(), &["--raa", "15999", "--hda", "77"]);
    let det = server.register(scratch.path(), "session", "s")["det"].as_str().unwrap().to_owned();
    let token = std::fs::read(server.path("manager.token")).unwrap();
    assert_eq!(server.stop(), Some(0));
    let server = Server::start(scratch.path());
    server.resolve(&det).expect(0);
    assert_eq!(std::fs::read(server.path("manager.token")).unwrap(), token);
    drop(server);
    // Another place would be another hierarchy.
    let data = scratch.path().join("data");
    let data = data.to_str().unwrap();
    let done = run(&[
        "quickstart",
        "--dir",
        data,
        "--raa",
        "16000",
        "--dns",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
    ]);
    assert!(done.expect(2).stderr.contains("15999"));
}

#[test]
fn serve_runs_what_quickstart_wrote() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let det = server.register(scratch.path(), "aircraft", "ua")["det"].as_str().unwrap().to_owned();
    let data = server.folder.clone();
    assert_eq!(server.stop(), Some(0));
    let mut command = dime(&["serve", "--config"]);
    command.arg(data.join("dime.toml"));
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let server = Server::ready(command, data);
    server.resolve(&det).expect(0);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn reserved_places_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    for (raa, hda) in [("16376", "4096"), ("0", "5"), ("16384", "1")] {
        let dir = scratch.path().join(format!("{raa}-{hda}"));
        let place = ["--raa", raa, "--hda", hda, "--dns", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        run(&[&["quickstart", "--dir", dir.to_str().unwrap()], place.as_slice()].concat()).expect(2);
    }
}

#[test]
fn a_port_in_use_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    let data = data.to_str().unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let taken = udp.local_addr().unwrap().to_string();
    let done = run(&["quickstart", "--dir", data, "--dns", &taken, "--http", "127.0.0.1:0"]).expect(3);
    assert!(done.stderr.contains(&taken), "{}", done.stderr);
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = tcp.local_addr().unwrap().to_string();
    let done = run(&["quickstart", "--dir", data, "--dns", "127.0.0.1:0", "--http", &taken]).expect(3);
    assert!(done.stderr.contains(&taken), "{}", done.stderr);
}

#[test]
fn an_operator_waits_and_then_acts_with_its_own_key() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let path = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    let http = ["--server", &server.http];
    let token = ["--token", &server.token()];
    for name in ["op", "s", "t"] {
        run(&["key", "new", "--out", &path(&format!("{name}.pem"))]).expect(0);
        run(&["csr", "new", "--key", &path(&format!("{name}.pem")), "--out", &path(&format!("{name}.csr"))])
            .expect(0);
    }
    let register = |kind: &str, name: &str, more: &[&str]| {
        let (csr, out) = (path(&format!("{name}.csr")), path(name));
        run(&[&["register", kind, "--csr", &csr, "--out", &out, "--json"], http.as_slice(), more].concat())
    };

    let waiting = register("operator", "op", &[]).expect(0).json();
    assert_eq!(waiting["state"], "pending");
    let id = waiting["id"].as_str().unwrap();
    let operator = waiting["det"].as_str().unwrap();
    server.resolve(operator).expect(1);
    // Until it is registered, it cannot act.
    register("session", "s", &["--key", &path("op.pem")]).expect(1);

    let pending =
        |more: &[&str]| run(&[&["pending"], more, http.as_slice(), token.as_slice(), &["--json"]].concat());
    let list = pending(&["list"]).expect(0).json();
    assert_eq!(list["registrations"][0]["id"].as_str(), Some(id));
    assert_eq!(pending(&["approve", id]).expect(0).json()["state"], "registered");
    assert_eq!(pending(&["list"]).expect(0).json()["registrations"].as_array().unwrap().len(), 0);
    server.resolve(operator).expect(0);

    let session = register("session", "s", &["--key", &path("op.pem")]).expect(0).json();
    assert_eq!(session["state"], "registered");
    let det = session["det"].as_str().unwrap();
    server.resolve(det).expect(0);
    // Another key cannot act for the operator, nor end what is not its own.
    let forged = register("session", "t", &["--key", &path("t.pem"), "--operator", operator]);
    forged.expect(1);
    let act = |verb: &str, key: &str, more: &[&str]| {
        let key = path(key);
        run(&[&[verb, det, "--json", "--key", &key], http.as_slice(), more].concat())
    };
    act("revoke", "t.pem", &["--reason", "not mine"]).expect(1);
    server.resolve(det).expect(0);
    assert_eq!(act("renew", "op.pem", &[]).expect(0).json()["state"], "registered");
    assert_eq!(act("revoke", "op.pem", &["--reason", "landed"]).expect(0).json()["state"], "revoked");
    server.resolve(det).expect(1);

    // Denied is an answer, kept with its reason.
    let waiting = register("operator", "t", &[]).expect(0).json();
    let denied = pending(&["deny", waiting["id"].as_str().unwrap(), "--reason", "unknown"]).expect(0).json();
    assert_eq!((denied["state"].as_str(), denied["reason"].as_str()), (Some("denied"), Some("unknown")));
}

#[test]
fn the_server_says_no_or_is_not_there() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let registration = server.register(scratch.path(), "aircraft", "ua");
    let det = registration["det"].as_str().unwrap();
    let revoke = ["revoke", det, "--reason", "x", "--server"];
    let done = run(&[revoke.as_slice(), &[&server.http]].concat()).expect(1);
    assert!(done.stderr.contains("401") || done.stderr.contains("403"), "{}", done.stderr);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    run(&[revoke.as_slice(), &[&format!("http://{free}")]].concat()).expect(3);
    run(&["revoke", det, "--server", &server.http]).expect(2);
}

#[test]
fn a_session_leaves_dns_when_it_ends() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let (key, csr) = (scratch.path().join("k.pem"), scratch.path().join("k.csr"));
    run(&["key", "new", "--out", key.to_str().unwrap()]).expect(0);
    run(&["csr", "new", "--key", key.to_str().unwrap(), "--out", csr.to_str().unwrap()]).expect(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let not_after = (now + 3).to_string();
    let out = scratch.path().join("out");
    let registration = run(&[
        "register",
        "session",
        "--csr",
        csr.to_str().unwrap(),
        "--not-after",
        &not_after,
        "--server",
        &server.http,
        "--token",
        &server.token(),
        "--json",
        "--out",
        out.to_str().unwrap(),
    ])
    .expect(0)
    .json();
    let det = registration["det"].as_str().unwrap();
    server.resolve(det).expect(0);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let done = server.resolve(det);
        if done.code == 1 && done.json()["state"] == "not-registered" {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{}", done.stdout);
        std::thread::yield_now();
    }
    let shown = run(&[
        "pending",
        "show",
        registration["id"].as_str().unwrap(),
        "--server",
        &server.http,
        "--token",
        &server.token(),
        "--json",
    ]);
    assert_eq!(shown.expect(0).json()["state"], "expired");
}

#[test]
fn tls_is_trusted_by_the_certificate_given() {
    let scratch = tempfile::tempdir().unwrap();
    let first = Server::start(scratch.path());
    let data = first.folder.clone();
    assert_eq!(first.stop(), Some(0));
    let made = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "1",
        ])
        .args([
            "-subj",
            "/CN=dime",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            "tls.key",
            "-out",
            "tls.pem",
        ])
        .current_dir(&data)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let config = std::fs::read_to_string(data.join("dime.toml")).unwrap();
    let config = config
        .replace("certificate = \"\"", "certificate = \"tls.pem\"")
        .replace("key = \"\"", "key = \"tls.key\"");
    std::fs::write(data.join("dime.toml"), config).unwrap();
    let server = Server::start(scratch.path());
    assert!(server.http.starts_with("https://"), "{}", server.http);
    let list = ["pending", "list", "--server", &server.http, "--token", &server.token()];
    run(&[list.as_slice(), &["--ca", &server.path("tls.pem")]].concat()).expect(0);
    run(&list).expect(3);
    run(&[list.as_slice(), &["--ca", &server.path("manager.token")]].concat()).expect(3);
}
