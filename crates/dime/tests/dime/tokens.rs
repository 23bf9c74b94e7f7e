//! `token` at a running server and in a stopped one's directory.

use std::os::unix::fs::PermissionsExt;

use crate::harness::{Server, run};

#[test]
fn at_a_running_server() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let manager = ["--server", &server.http, "--token", &server.token()];
    let file = scratch.path().join("auditor.token");
    let new = ["token", "new", "--role", "auditor", "--label", "desk", "--ttl", "1h", "--json", "--out"];
    let made =
        run(&[new.as_slice(), &[file.to_str().unwrap()], manager.as_slice()].concat()).expect(0).json();
    assert!(made.get("secret").is_none(), "the secret is in the file alone");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let auditor = ["--server", &server.http, "--token", file.to_str().unwrap()];
    run(&[&["pending", "list"], auditor.as_slice()].concat()).expect(0);
    run(&[&["token", "new", "--role", "auditor"], auditor.as_slice()].concat()).expect(1);
    let id = made["id"].as_str().unwrap();
    run(&[&["token", "revoke", id], manager.as_slice()].concat()).expect(0);
    run(&[&["pending", "list"], auditor.as_slice()].concat()).expect(1);
    let list = run(&[&["token", "list", "--json"], manager.as_slice()].concat()).expect(0).json();
    let revoked = list["tokens"].as_array().unwrap().iter().find(|token| token["id"] == made["id"]).unwrap();
    assert!(revoked["revoked_at"].is_string(), "{list}");
}

#[test]
fn in_the_directory_of_a_stopped_server() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let data = server.folder.to_str().unwrap().to_owned();
    let new = ["token", "new", "--role", "manager", "--json", "--dir", &data];
    let done = run(&new).expect(3);
    assert!(done.stderr.contains("in use"), "{}", done.stderr);
    assert_eq!(server.stop(), Some(0));
    let made = run(&new).expect(0).json();
    let file = scratch.path().join("second.token");
    std::fs::write(&file, made["secret"].as_str().unwrap()).unwrap();
    let server = Server::start(scratch.path());
    run(&["pending", "list", "--server", &server.http, "--token", file.to_str().unwrap()]).expect(0);
    run(&["token", "list", "--dir", scratch.path().to_str().unwrap()]).expect(3);
}
