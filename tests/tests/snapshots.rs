//! A start from a snapshot: the registry is what it was, whatever was committed after it, however the server ended, whatever became of the
//! snapshot's files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dime_tests::registration::{self, assert_registered, assert_revoked, text};
use dime_tests::server::Server;

const READ: &str = "the zones were read from the snapshot";
const MISFIT: &str = "the snapshot does not fit";

fn register(server: &Server) -> String {
    text(&registration::register(&mut server.manager(), "session"), "/det")
}

fn revoke(server: &Server, det: &str) {
    assert_eq!(registration::revoke(&mut server.manager(), det).unwrap().status, 200);
}

fn manifest(folder: &Path) -> PathBuf {
    folder.join("snapshots").join("registry.snapshot")
}

#[test]
fn what_was_revoked_after_the_snapshot_is_gone_after_a_kill() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let server = Server::start(&folder);
    let dets: Vec<String> = (0..6).map(|_| register(&server)).collect();
    assert!(!server.log().contains(READ));
    assert!(server.stop().success());
    assert!(manifest(&folder).exists(), "a server that stops keeps a snapshot");
    let kept = std::fs::read(manifest(&folder)).unwrap();

    let server = Server::start(&folder);
    assert!(server.log().contains(READ), "{}", server.log());
    dets.iter().for_each(|det| assert_registered(&server, &mut server.manager(), det));
    revoke(&server, &dets[0]);
    let late = register(&server);
    revoke(&server, &dets[1]);
    server.kill();
    assert_eq!(std::fs::read(manifest(&folder)).unwrap(), kept, "nobody kept a snapshot meanwhile");

    let check = |server: &Server| {
        dets[..2].iter().for_each(|det| assert_revoked(server, &mut server.manager(), det));
        dets[2..].iter().for_each(|det| assert_registered(server, &mut server.manager(), det));
        assert_registered(server, &mut server.manager(), &late);
    };
    let server = Server::start(&folder);
    assert!(server.log().contains(READ), "{}", server.log());
    check(&server);
    server.kill();

    // Damaged, older than it says, or gone: the same registry, and it is told.
    let mut damaged = kept.clone();
    damaged[100] ^= 4;
    for octets in [Some(damaged), Some(kept[..kept.len() / 2].to_vec()), None] {
        let told = octets.is_some();
        match octets {
            Some(octets) => std::fs::write(manifest(&folder), octets).unwrap(),
            None => std::fs::remove_dir_all(folder.join("snapshots")).unwrap(),
        }
        let server = Server::start(&folder);
        assert_eq!(server.log().contains(MISFIT), told, "{}", server.log());
        assert!(!server.log().contains(READ));
        check(&server);
        server.kill();
    }
    // And a good one again.
    assert!(Server::start(&folder).stop().success());
    let server = Server::start(&folder);
    assert!(server.log().contains(READ) && !server.log().contains(MISFIT), "{}", server.log());
    check(&server);
}

/// A backup of the journal is restored beside a snapshot that is newer.
#[test]
fn a_snapshot_newer_than_the_journal_is_passed_over() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let server = Server::start(&folder);
    let early = register(&server);
    assert!(server.stop().success());
    let backup = scratch.path().join("backup");
    copy(&folder.join("journal"), &backup);

    let server = Server::start(&folder);
    revoke(&server, &early);
    let late = register(&server);
    assert!(server.stop().success());

    std::fs::remove_dir_all(folder.join("journal")).unwrap();
    // Nobody restores a journal without the index that belongs to it; a lost one is made anew.
    std::fs::remove_dir_all(folder.join("index")).unwrap();
    copy(&backup, &folder.join("journal"));
    let server = Server::start(&folder);
    assert!(server.log().contains(MISFIT), "{}", server.log());
    assert_registered(&server, &mut server.manager(), &early);
    registration::assert_gone(&server, &late);
}

/// With time and changes, a snapshot is kept while the server runs.
#[test]
fn a_running_server_keeps_snapshots() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    assert!(Server::start(&folder).stop().success());
    let config = folder.join("dime.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let often = text
        .replace("snapshot_interval = \"15m\"", "snapshot_interval = \"1s\"")
        .replace("snapshot_changes = 10000", "snapshot_changes = 1");
    assert_ne!(often, text);
    std::fs::write(&config, often).unwrap();

    let server = Server::start(&folder);
    let before = std::fs::read(manifest(&folder)).unwrap();
    let det = register(&server);
    let deadline = Instant::now() + Duration::from_secs(60);
    while std::fs::read(manifest(&folder)).unwrap() == before {
        assert!(Instant::now() < deadline, "no snapshot was kept: {}", server.log());
        std::thread::yield_now();
    }
    revoke(&server, &det);
    server.kill();
    let server = Server::start(&folder);
    assert!(server.log().contains(READ), "{}", server.log());
    assert_revoked(&server, &mut server.manager(), &det);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
