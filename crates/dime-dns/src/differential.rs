//! Both ways to answer, asked the same: `respond`, which composes in place, and `reply`, which has hickory make and write a message of the
//! records that the lookup gives. They must give the same octets to whatever comes: questions about everything that zones have and have
//! not, EDNS of all kinds, changed and cut requests, and noise.
//!
//! `DIME_QUERIES` says how many.

mod questions;
mod world;

use crate::{
    Transport,
    answering::Answering,
    query::{self, HEADER},
    reply::{Asked, Reply, reply},
    respond::{Disposition, Moment, Peer, Responder},
    walk::Head,
};
use dime_tests::dice::Dice;
use dime_zone::Zones;
use hickory_server::{net::xfer::Protocol, server::Request};
use questions::Questions;
use std::{collections::BTreeMap, sync::Arc};

const FORMERR: u8 = 1;
const OPT: u16 = 41;

fn queries() -> u64 {
    std::env::var("DIME_QUERIES").map_or(120_000, |text| text.parse().expect("DIME_QUERIES is a number"))
}

/// Both ways over the same zones.
struct Both<'a> {
    zones: &'a Zones,
    answering: Arc<Answering>,
    responder: Responder,
    out: Vec<u8>,
    seen: BTreeMap<String, u64>,
}

impl<'a> Both<'a> {
    fn new(zones: &'a Zones, answering: Answering) -> Self {
        let answering = Arc::new(answering);
        let responder = Responder::new(Arc::clone(&answering));
        Both { zones, answering, responder, out: Vec::new(), seen: BTreeMap::new() }
    }

    fn see(&mut self, what: &str) {
        *self.seen.entry(what.to_owned()).or_default() += 1;
    }

    fn count(&self, what: &str) -> u64 {
        self.seen.get(what).copied().unwrap_or(0)
    }

    fn ask(&mut self, request: &[u8], peer: Peer, moment: Moment) {
        let view = self.zones.view();
        let disposition = self.responder.respond(&view, request, peer, moment, &mut self.out);
        let head = Head::of(request);
        if disposition == Disposition::Drop {
            assert!(head.is_none_or(Head::is_response), "dropped {}", hex::encode(request));
            return self.see("dropped");
        }
        let head = head.expect("a header");
        assert!(!head.is_response(), "answered {}", hex::encode(request));
        let protocol = if peer.transport == Transport::Udp { Protocol::Udp } else { Protocol::Tcp };
        let by_hickory = Request::from_bytes(request.to_vec(), peer.address, protocol)
            .map(|read| reply(&read, &Asked { view: &view, answering: &self.answering, peer, moment }));
        match (disposition, by_hickory) {
            (Disposition::Send, Ok(Reply { octets, outcome, is_truncated, .. })) => {
                assert_eq!(
                    hex::encode(&self.out),
                    hex::encode(&octets),
                    "{peer:?} {outcome:?} {}",
                    hex::encode(request)
                );
                check(&octets, head, peer, request);
                self.see(&format!("{outcome:?}"));
                if is_truncated {
                    self.see("truncated");
                }
            }
            // hickory reads options that mean nothing here, and is right that they are wrong.
            (Disposition::Send, Err(_)) => {
                assert!(has_client_subnet(request), "unreadable to hickory: {}", hex::encode(request));
                self.see("subnet");
            }
            (_, Ok(Reply { octets, outcome, .. })) => {
                assert!(is_unusual(request), "unusual: {}", hex::encode(request));
                check(&octets, head, peer, request);
                self.see(&format!("unusual {outcome:?}"));
            }
            (_, Err(_)) => {
                let response = head.response(FORMERR).encode();
                check(&response, head, peer, request);
                self.see("unreadable");
            }
        }
    }
}

/// What is true of any response.
fn check(response: &[u8], request: Head, peer: Peer, octets: &[u8]) {
    let head = Head::of(response).expect("a header");
    assert_eq!((head.id, head.opcode()), (request.id, request.opcode()), "{}", hex::encode(octets));
    assert!(head.is_response() && head.flags & 0x00a0 == 0, "QR, no RA, no AD");
    assert_eq!(head.flags & 0x0100, request.flags & 0x0100, "RD");
    if peer.transport == Transport::Udp {
        assert!(response.len() <= 1232, "{} octets for {}", response.len(), hex::encode(octets));
    }
    // Beyond the header nothing but the question, or all of it is readable.
    assert!(
        response.len() == HEADER || crate::walk::records(response).is_some(),
        "{}",
        hex::encode(response)
    );
}

fn has_client_subnet(request: &[u8]) -> bool {
    request.windows(2).any(|window| window == [0, 8])
}

/// What the table of `unusual` says, found by other means than `query`.
fn is_unusual(request: &[u8]) -> bool {
    let head = Head::of(request).expect("a header");
    let [questions, answers, authority, additional] = head.counts;
    let asked = crate::walk::question(request);
    let records = crate::walk::records(request);
    let is_opt =
        |record: &crate::walk::Placed<'_>| record.record_type.0 == OPT && request.get(record.at) == Some(&0);
    head.opcode() != 0
        || (questions, answers, authority) != (1, 0, 0)
        || additional > 1
        || asked.is_none_or(|asked| {
            [251, 252].contains(&asked.record_type.0) || asked.name.is_within(&world::name(world::CATALOG))
        })
        // Octets too many, or a record that is no OPT, or options that are not as long as they say.
        || records.is_none_or(|records| !records.iter().all(is_opt))
        || matches!(query::read(request), query::Request::Unusual) && has_strange_options(request)
}

fn has_strange_options(request: &[u8]) -> bool {
    let records = crate::walk::records(request).unwrap_or_default();
    records.iter().any(|record| {
        let mut options = record.rdata;
        while let Some(([_, _, l0, l1], rest)) = options.split_first_chunk::<4>() {
            match rest.get(usize::from(u16::from_be_bytes([*l0, *l1]))..) {
                Some(rest) => options = rest,
                None => return true,
            }
        }
        !options.is_empty()
    })
}

fn ask_all(both: &mut Both<'_>, questions: &mut Questions, count: u64) {
    for _ in 0..count {
        let (request, peer, moment) = questions.next();
        both.ask(&request, peer, moment);
    }
    println!("{:?}", both.seen);
}

#[test]
fn the_same_octets_either_way() {
    let dice = Dice::for_this_run();
    let mut world = world::World::new(dice.clone());
    let zones = world.zones();
    let mut both = Both::new(&zones, world::answering());
    let mut questions = Questions::new(dice, &world);
    let count = queries();
    ask_all(&mut both, &mut questions, count);
    for what in [
        "Answer",
        "NoData",
        "Referral",
        "NxDomain",
        "Refused",
        "FormErr",
        "BadVers",
        "truncated",
        "dropped",
        "unreadable",
    ] {
        assert!(both.count(what) > count / 2000, "{what}: {:?}", both.seen);
    }
    assert!(both.count("unusual NotImp") > 0 && both.count("unusual FormErr") > 0, "{:?}", both.seen);
}

#[test]
fn the_same_octets_of_signed_zones() {
    let dice = Dice::for_this_run();
    let mut world = world::World::new(dice.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let zones = world.signed_zones(folder.path());
    let mut both = Both::new(&zones, world::answering());
    let mut questions = Questions::new(dice, &world);
    let count = queries() / 20;
    ask_all(&mut both, &mut questions, count);
    for what in ["Answer", "NoData", "Referral", "NxDomain"] {
        assert!(both.count(what) > count / 2000, "{what}: {:?}", both.seen);
    }
}

/// Whatever octets there are: a response, or none, and no end of the thread.
#[test]
fn noise_is_survived() {
    let mut dice = Dice::for_this_run();
    let mut world = world::World::new(dice.clone());
    let zones = world.zones();
    let mut both = Both::new(&zones, world::answering());
    for _ in 0..queries() / 2 {
        let length = dice.below(80) as usize;
        let mut request: Vec<u8> = (0..length).map(|_| dice.roll() as u8).collect();
        // Mostly something that looks like a question at first.
        if let Some(head) = request.first_chunk_mut::<HEADER>().filter(|_| dice.below(8) > 0) {
            let kept = head[3];
            *head = [0, 1, 0, kept, 0, dice.below(3) as u8, 0, 0, 0, 0, 0, dice.below(3) as u8];
        }
        both.ask(&request, questions::peer(&mut dice), world::NOW);
    }
    println!("{:?}", both.seen);
    for what in ["dropped", "unreadable", "unusual FormErr"] {
        assert!(both.count(what) > 0, "{what}: {:?}", both.seen);
    }
}
