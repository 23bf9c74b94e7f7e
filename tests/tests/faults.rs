//! What the machine can do to a running or starting server: a full disk, keys that others can read, a port in use, a damaged store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use dime_tests::registration::{self, assert_published, assert_registered, register, text};
use dime_tests::server::Server;
use dime_tests::{csr, tools};

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// Starts it and expects that it ends by itself: gives the exit code and what it said.
fn start_refused(folder: &Path) -> (Option<i32>, String) {
    match Server::try_start_as(Command::new(tools::dime()), folder) {
        Ok(_) => panic!("it started"),
        Err((status, said)) => (status.code(), said),
    }
}

#[test]
fn keys_that_others_can_read_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    drop(Server::start(&folder));
    let keys: Vec<_> = files(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "pem"))
        .collect();
    assert!(!keys.is_empty(), "no key file in {:?}", files(&folder));
    let mut private = 0;
    for key in keys {
        if !std::fs::read_to_string(&key).unwrap().contains("PRIVATE KEY") {
            continue;
        }
        assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", key.display());
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (code, said) = start_refused(&folder);
        assert_ne!(code, Some(0), "{said}");
        assert!(
            said.contains("chmod 600") && said.contains(&*key.file_name().unwrap().to_string_lossy()),
            "{said}"
        );
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        private += 1;
    }
    assert!(private > 0, "no private key found");
    drop(Server::start(&folder));
}

#[test]
fn a_port_in_use_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (http_taken, dns_taken) =
        (tcp.local_addr().unwrap().to_string(), udp.local_addr().unwrap().to_string());
    for (dns, http, taken) in
        [("127.0.0.1:0", &*http_taken, &http_taken), (&*dns_taken, "127.0.0.1:0", &dns_taken)]
    {
        let folder = scratch.path().join("data");
        let output = tools::output(
            Command::new(tools::dime())
                .arg("quickstart")
                .arg("--dir")
                .arg(&folder)
                .args(["--dns", dns, "--http", http]),
        );
        let said = tools::text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(&**taken), "{said}");
    }
}

#[test]
fn two_servers_do_not_share_a_folder() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let server = Server::start(&folder);
    let output =
        tools::output(Command::new(tools::dime()).arg("quickstart").arg("--dir").arg(&folder).args([
            "--dns",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
        ]));
    assert!(!output.status.success(), "{}", tools::text(&output.stdout));
    assert!(tools::text(&output.stderr).contains("data"), "{}", tools::text(&output.stderr));
    register(&mut server.manager(), "session");
}

/// A small file system of its own: mounted in a mount namespace of the server, reached through `/proc`.
fn start_on_small_disk(scratch: &Path, mebibytes: u32) -> (Server, PathBuf) {
    let mount = scratch.join("disk");
    std::fs::create_dir_all(&mount).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c"]);
    command.arg("mount -t tmpfs -o size=\"$0\"m tmpfs \"$1\" && mkdir \"$1/data\" && shift && exec \"$@\"");
    command.arg(mebibytes.to_string()).arg(&mount).arg(tools::dime());
    let folder = mount.join("data");
    std::fs::create_dir_all(&folder).unwrap(); // so that its log, beside it, has a place outside the small disk too
    let server = Server::start_as(command, &folder);
    let inside =
        PathBuf::from(format!("/proc/{}/root", server.pid())).join(folder.strip_prefix("/").unwrap());
    (server, inside)
}

#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    let scratch = tempfile::tempdir().unwrap();
    let (server, inside) = start_on_small_disk(scratch.path(), 192);
    let token = std::fs::read_to_string(inside.join("manager.token")).unwrap();
    let mut client = dime_tests::http::Client::new(server.http, Some(token.trim()));
    let mut acknowledged: Vec<String> =
        (0..20).map(|_| text(&register(&mut client, "session"), "/det")).collect();

    // The disk fills up.
    let filler = inside.parent().unwrap().join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    let block = vec![0xFF; 64 * 1024];
    while file.write_all(&block).is_ok() {}
    while file.write_all(&block[..512]).is_ok() {}

    // What still fits into space that was set aside is acknowledged; then it says so, and DNS goes on answering. The API may have to
    // say so of reading too: an index that could not write does not read either.
    let mut refused = None;
    for _ in 0..200_000 {
        let reply =
            client.post("/v1/registrations", &registration::body("session", &csr::new_key())).unwrap();
        if reply.status == 201 {
            acknowledged.push(text(&reply.json(), "/det"));
            continue;
        }
        refused = Some(reply);
        break;
    }
    let refused = refused.expect("a full disk is noticed");
    assert_eq!(refused.status, 503, "{}", tools::text(&refused.body));
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    println!("{} registrations acknowledged before the disk was full", acknowledged.len());
    for det in sample(&acknowledged) {
        assert_published(&server, det);
        let reply = client.get(&format!("/v1/dets/{det}")).unwrap();
        assert!(matches!(reply.status, 200 | 503), "{}", tools::text(&reply.body));
    }

    // With space again, and after a power cut, everything acknowledged is there.
    drop(file);
    std::fs::remove_file(&filler).unwrap();
    let copy = scratch.path().join("data");
    let pid = rustix::process::Pid::from_raw(server.pid() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    tools::run(Command::new("cp").arg("-a").arg(&inside).arg(&copy));
    server.kill();
    let server = Server::start(&copy);
    let mut client = server.manager();
    for det in &acknowledged {
        let view = client.get(&format!("/v1/dets/{det}")).unwrap();
        assert_eq!(text(&view.json(), "/state"), "registered", "{det}");
    }
    for det in sample(&acknowledged) {
        assert_registered(&server, &mut client, det);
    }
    register(&mut client, "session");
}

fn sample(dets: &[String]) -> impl Iterator<Item = &String> {
    let step = (dets.len() / 100).max(1);
    dets.iter().step_by(step).chain(dets.last())
}

/// The files of the journal and those of the index, told apart by their folder.
fn store_files(folder: &Path, part: &str) -> Vec<PathBuf> {
    let found: Vec<_> = files(folder)
        .into_iter()
        .filter(|path| {
            path.strip_prefix(folder)
                .unwrap()
                .components()
                .any(|name| name.as_os_str().to_string_lossy().contains(part))
        })
        .collect();
    assert!(!found.is_empty(), "no {part} among {:?}", files(folder));
    found
}

#[test]
fn an_index_lost_or_damaged_is_built_anew() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let server = Server::start(&folder);
    let dets: Vec<String> =
        (0..30).map(|_| text(&register(&mut server.manager(), "session"), "/det")).collect();
    assert_eq!(registration::revoke(&mut server.manager(), &dets[0]).unwrap().status, 200);
    let listed = registration::all(&mut server.manager());
    assert!(server.stop().success());

    for way in ["deleted", "emptied", "overwritten"] {
        for path in store_files(&folder, "index") {
            match way {
                "deleted" => std::fs::remove_file(path).unwrap(),
                "emptied" => std::fs::write(path, b"").unwrap(),
                _ => {
                    let length = path.metadata().unwrap().len() as usize;
                    std::fs::write(path, vec![0x5A; length]).unwrap();
                }
            }
        }
        let server = Server::start(&folder);
        assert_eq!(registration::all(&mut server.manager()), listed, "{way}: {}", server.log());
        registration::assert_revoked(&server, &mut server.anonymous(), &dets[0]);
        for det in &dets[1..] {
            assert_registered(&server, &mut server.anonymous(), det);
        }
        assert!(server.stop().success());
    }
}

#[test]
fn a_damaged_journal_is_not_served() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let server = Server::start(&folder);
    for _ in 0..30 {
        register(&mut server.manager(), "session");
    }
    assert!(server.stop().success());
    let journal = store_files(&folder, "journal")
        .into_iter()
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let mut octets = std::fs::read(&journal).unwrap();
    let used = octets.iter().rposition(|octet| *octet != 0).unwrap();
    octets[used / 2] ^= 0x01;
    std::fs::write(&journal, octets).unwrap();
    let (code, said) = start_refused(&folder);
    assert_eq!(code, Some(3), "{said}");
    let place =
        (said.contains("segment 1"), said.contains("at octet"), said.contains(&*folder.to_string_lossy()));
    assert_eq!(place, (true, true, true), "{said}");
}
