//! `kill -9` at random moments under load: what was acknowledged is there afterwards, in the API and in DNS, and nothing is half there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dime_tests::dice::Dice;
use dime_tests::registration::{self, all, assert_registered, assert_revoked, text};
use dime_tests::server::Server;
use dime_tests::{csr, dns};
use ed25519_dalek::SigningKey;

/// How often the server is killed; `DIME_KILLS` overrides it.
const KILLS: u32 = 100;
const CLIENTS: usize = 8;

/// What the clients know.
#[derive(Default)]
struct Known {
    /// Registrations that were acknowledged, by DET, with the endorsements that were handed out.
    registered: BTreeMap<String, serde_json::Value>,
    /// Revocations that were acknowledged.
    revoked: BTreeMap<String, ()>,
    /// Keys whose registration was asked for without a reply.
    keys_in_doubt: Vec<SigningKey>,
    /// DETs whose revocation was asked for without a reply.
    revocations_in_doubt: Vec<String>,
}

/// One client: registers keys, and revokes every third of them, until the server is gone.
fn client(server: &Server, seed: u64, stop: &AtomicBool, known: &Mutex<Known>) {
    let mut dice = Dice::new(seed);
    let mut client = server.manager();
    while !stop.load(Ordering::Relaxed) {
        let key = csr::new_key();
        let Ok(reply) = client.post("/v1/registrations", &registration::body("session", &key)) else {
            known.lock().unwrap().keys_in_doubt.push(key);
            return;
        };
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        let reply = reply.json();
        let det = text(&reply, "/det");
        known.lock().unwrap().registered.insert(det.clone(), reply["endorsements"].clone());
        if dice.below(3) == 0 {
            let Ok(reply) = registration::revoke(&mut client, &det) else {
                known.lock().unwrap().revocations_in_doubt.push(det);
                return;
            };
            assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
            known.lock().unwrap().revoked.insert(det, ());
        }
    }
}

/// Loads the server for a while, kills it and gives what the clients know.
fn load_and_kill(server: Server, dice: &mut Dice) -> Known {
    let known = Mutex::new(Known::default());
    let stop = AtomicBool::new(false);
    let moment = Duration::from_micros(dice.below(250_000));
    let pid = rustix::process::Pid::from_raw(server.pid() as i32).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let seed = dice.roll();
            let (server, known, stop) = (&server, &known, &stop);
            scope.spawn(move || client(server, seed, stop, known));
        }
        std::thread::sleep(moment); // the random moment itself, not a wait for something
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        stop.store(true, Ordering::Relaxed);
    });
    server.kill();
    known.into_inner().unwrap()
}

/// After the restart: everything acknowledged is there, everything in doubt is there as a whole or not at all.
fn check(server: &Server, known: &mut Known) {
    let mut client = server.manager();
    for (det, endorsements) in &known.registered {
        if known.revoked.contains_key(det) {
            assert_revoked(server, &mut client, det);
        } else if known.revocations_in_doubt.contains(det) {
            let view = client.get(&format!("/v1/dets/{det}")).unwrap().json();
            match text(&view, "/state").as_str() {
                "revoked" => assert_revoked(server, &mut client, det),
                _ => assert_registered(server, &mut client, det),
            }
        } else {
            assert_registered(server, &mut client, det);
            let chain = client.get(&format!("/v1/dets/{det}/endorsements")).unwrap().json();
            let chain = chain.get("endorsements").unwrap_or(&chain);
            assert_eq!(chain, endorsements, "{det}: other endorsements than those handed out");
        }
    }
    // Asking again settles a registration in doubt: done once, and only once.
    for key in std::mem::take(&mut known.keys_in_doubt) {
        let body = registration::body("session", &key);
        let first = client.post("/v1/registrations", &body).unwrap();
        assert!(matches!(first.status, 200 | 201), "{}", String::from_utf8_lossy(&first.body));
        let second = client.post("/v1/registrations", &body).unwrap();
        assert_eq!(first.json()["endorsements"], second.json()["endorsements"]);
        let det = text(&first.json(), "/det");
        assert_registered(server, &mut client, &det);
    }
}

/// Every registration the API lists is in a final state and DNS agrees with it.
fn check_listed(server: &Server, acknowledged: usize) {
    let mut client = server.manager();
    let listed = all(&mut client);
    assert!(listed.len() >= acknowledged, "{} listed, {acknowledged} acknowledged", listed.len());
    for registration in listed {
        let det = text(&registration, "/det");
        let answer = dns::ask(server.dns, &registration::owner_name(&det), 67);
        match text(&registration, "/state").as_str() {
            "registered" => assert_eq!((answer.rcode, answer.answers.len()), (dns::NOERROR, 1), "{det}"),
            "revoked" => assert_eq!((answer.rcode, answer.answers.len()), (dns::NXDOMAIN, 0), "{det}"),
            state => panic!("{det} is {state}"),
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_killed() {
    let kills =
        std::env::var("DIME_KILLS").map_or(KILLS, |text| text.parse().expect("DIME_KILLS is a number"));
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let mut dice = Dice::for_this_run();
    let mut server = Server::start(&folder);
    let (mut registered, mut revoked, mut in_doubt) = (0, 0, 0);
    for kill in 1..=kills {
        let mut known = load_and_kill(server, &mut dice);
        server = Server::start(&folder);
        registered += known.registered.len();
        revoked += known.revoked.len();
        in_doubt += known.keys_in_doubt.len() + known.revocations_in_doubt.len();
        check(&server, &mut known);
        if kill % 25 == 0 || kill == kills {
            check_listed(&server, registered);
        }
    }
    println!(
        "{kills} kills: {registered} registrations and {revoked} revocations acknowledged, {in_doubt} in doubt"
    );
    assert!(registered > kills as usize && revoked > 0 && in_doubt > 0, "too little load to say anything");
}
