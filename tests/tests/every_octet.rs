//! A registration whose records a liar changes on the way: whichever octet of whichever record it is, nobody trusts the DET any more, and
//! the link that does not hold is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dime_tests::registration::{owner_name, register, text};
use dime_tests::server::Server;
use dime_tests::{dns, tools};
use drip_client::chain::{Conditions, LookupError, Published, verify};
use drip_client::{Anchor, Lookup, State};
use drip_det::{Det, UnixTime};
use serde_json::Value;

/// A registered session, the DETs of its chain (trust anchor first, itself last) and the anchor's file.
struct Registered {
    server: Server,
    det: Det,
    chain: Vec<Det>,
    anchor: PathBuf,
    scratch: tempfile::TempDir,
}

fn registered() -> Registered {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.path().join("data"));
    let reply = register(&mut server.manager(), "session");
    let endorsements: Vec<Vec<u8>> = reply["endorsements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| BASE64_STANDARD.decode(part.as_str().unwrap()).unwrap())
        .collect();
    let chain: Vec<Det> =
        endorsements.iter().map(|raw| Det::from_bytes(raw[8..24].try_into().unwrap()).unwrap()).collect();
    let anchor = scratch.path().join("anchor.endorsement");
    std::fs::write(&anchor, &endorsements[0]).unwrap();
    let det = text(&reply, "/det").parse().unwrap();
    assert_eq!(chain.last(), Some(&det));
    Registered { server, det, chain, anchor, scratch }
}

/// The records of the whole chain as the server gave them.
#[derive(Clone)]
struct Copied(BTreeMap<Det, Published>);

impl Copied {
    fn from(registered: &Registered) -> Self {
        let mut copied = BTreeMap::new();
        for det in &registered.chain {
            let mut published = Published::default();
            for (_, kind) in Published::TYPES {
                let reply = dns::ask(registered.server.dns, &owner_name(&det.to_string()), kind);
                *published.of_type_mut(kind).unwrap() = reply.answers;
            }
            copied.insert(*det, published);
        }
        Self(copied)
    }
}

impl Lookup for Copied {
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        self.0.get(&det).cloned().ok_or_else(|| LookupError::NotRegistered("NXDOMAIN".to_owned()))
    }
}

#[test]
fn any_changed_octet_of_what_dime_publishes_is_seen() {
    let registered = registered();
    let copied = Copied::from(&registered);
    let anchors = [Anchor::parse(&std::fs::read(&registered.anchor).unwrap()).unwrap()];
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let conditions = Conditions::at(UnixTime(now.as_secs()));
    let right = verify(registered.det, &copied, &anchors, &conditions);
    assert_eq!(right.state, State::Registered, "{}", right.reason);

    let mut tried = 0;
    for (det, published) in &copied.0 {
        for (name, kind) in Published::TYPES {
            for index in 0..published.of_type(kind).first().map_or(0, Vec::len) {
                let mut changed = copied.clone();
                // One bit, another one in each neighbour; never the one that turns 16 (UA) into 18 (UAS), which nobody signs.
                let record = &mut changed.0.get_mut(det).unwrap().of_type_mut(kind).unwrap()[0];
                record[index] ^= [0x01, 0x80, 0x04, 0x20][index % 4];
                let report = verify(registered.det, &changed, &anchors, &conditions);
                let what = format!("{name} of {det}, octet {index}");
                assert!(
                    !report.is_trusted() && report.broken().next().is_some(),
                    "{what}: {}",
                    report.reason
                );
                tried += 1;
            }
        }
    }
    println!("{tried} octets changed");
    assert!(tried > 3_000, "{tried}");
}

/// The gap, held down to its size: HHIT's entity type is signed by nobody (RFC 9886, section 5.1). Of all values that its octet can be
/// changed to for a session (18, UAS), one is still trusted: 16 (UA), which our registry publishes for aircraft.
#[test]
fn of_all_entity_types_only_that_of_an_aircraft_passes_for_a_session() {
    let registered = registered();
    let copied = Copied::from(&registered);
    let anchors = [Anchor::parse(&std::fs::read(&registered.anchor).unwrap()).unwrap()];
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let conditions = Conditions::at(UnixTime(now.as_secs()));
    let trusted: Vec<u8> = (0..=u8::MAX)
        .filter(|value| {
            let mut changed = copied.clone();
            let hhit = &mut changed.0.get_mut(&registered.det).unwrap().of_type_mut(67).unwrap()[0];
            hhit[1] = *value; // behind the head of the array of three
            verify(registered.det, &changed, &anchors, &conditions).is_trusted()
        })
        .collect();
    assert_eq!(trusted, [16, 18]);
}

/// One octet to change: of the first record of this type at this name.
#[derive(Clone)]
struct Lie {
    owner: Vec<u8>,
    kind: u16,
    /// Counted from the end where it is negative.
    octet: isize,
}

/// A name server that passes everything on, and changes what it is told to.
fn liar(server: SocketAddr, lie: Arc<Mutex<Option<Lie>>>) -> SocketAddr {
    let front = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = front.local_addr().unwrap();
    let back = UdpSocket::bind("127.0.0.1:0").unwrap();
    back.connect(server).unwrap();
    back.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_535];
        while let Ok((length, client)) = front.recv_from(&mut buffer) {
            back.send(&buffer[..length]).unwrap();
            let length = back.recv(&mut buffer).unwrap();
            let message = &mut buffer[..length];
            let end = dns::end_of_question(message);
            if let Some(lie) = &*lie.lock().unwrap()
                && message[12..end - 4] == lie.owner
            {
                let range = dns::rdata(message, end, lie.kind).next();
                if let Some(range) = range {
                    let at = if lie.octet < 0 { range.end } else { range.start }
                        .checked_add_signed(lie.octet)
                        .unwrap();
                    message[at] ^= 0x01;
                }
            }
            front.send_to(message, client).unwrap();
        }
    });
    address
}

fn wire(owner: &str) -> Vec<u8> {
    let mut octets: Vec<u8> = Vec::new();
    for label in owner.trim_end_matches('.').split('.') {
        octets.push(label.len() as u8);
        octets.extend(label.as_bytes());
    }
    octets.push(0);
    octets
}

fn resolve(dns: SocketAddr, registered: &Registered) -> (Option<i32>, Value) {
    let mut command = Command::new(tools::dime());
    command
        .args(["resolve", &registered.det.to_string(), "--dns", &dns.to_string(), "--json", "--anchor"])
        .arg(&registered.anchor);
    let output = tools::output(command.current_dir(registered.scratch.path()));
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|fault| {
        panic!("{fault}: {} {}", tools::text(&output.stdout), tools::text(&output.stderr))
    });
    (output.status.code(), document)
}

#[test]
fn resolve_names_the_link_that_a_liar_broke() {
    let registered = registered();
    let lie = Arc::new(Mutex::new(None));
    let liar = liar(registered.server.dns, Arc::clone(&lie));
    let (code, document) = resolve(liar, &registered);
    assert_eq!((code, &document["trusted"]), (Some(0), &Value::Bool(true)), "{document}");

    for det in &registered.chain {
        let owner = owner_name(&det.to_string());
        for (name, kind) in Published::TYPES {
            if dns::ask(registered.server.dns, &owner, kind).answers.is_empty() {
                continue;
            }
            for octet in [0, -1] {
                *lie.lock().unwrap() = Some(Lie { owner: wire(&owner), kind, octet });
                let (code, document) = resolve(liar, &registered);
                let what = format!("{name} of {det}, octet {octet}: {document}");
                assert_eq!((code, &document["trusted"]), (Some(1), &Value::Bool(false)), "{what}");
                assert_eq!(document["state"], "broken-link", "{what}");
                let broken: Vec<_> =
                    document["links"].as_array().unwrap().iter().filter(|link| link["ok"] == false).collect();
                assert!(
                    broken.iter().any(
                        |link| [&link["child"], &link["parent"]].contains(&&Value::from(det.to_string()))
                    ),
                    "{what}"
                );
                assert!(broken.iter().all(|link| !text(link, "/reason").is_empty()), "{what}");
            }
        }
    }
}
