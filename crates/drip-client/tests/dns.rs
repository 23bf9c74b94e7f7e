//! The DNS client against servers that answer, refuse, truncate, lie and stay silent (RFC 1035, RFC 7766).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::str::FromStr;
use std::time::Duration;

use drip_client::dns::{Answer, DnsError, Resolver};
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, NS, NULL, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};

const OWNER: &str = "2.b.6.c.b.4.a.9.9.6.4.2.8.0.3.1.5.0.a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
const ZONE: &str = "a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
const HHIT: u16 = 67;

/// The start of an answer to `query`, with this code.
fn reply(query: &Message, code: ResponseCode) -> Message {
    let mut reply = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
    reply.metadata.authoritative = true;
    reply.metadata.response_code = code;
    reply.add_queries(query.queries.iter().cloned());
    reply
}

fn name(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

fn hhit(rdata: &[u8]) -> Record {
    let data = RData::Unknown { code: RecordType::Unknown(HHIT), rdata: NULL::with(rdata.to_vec()) };
    Record::from_rdata(name(OWNER), 60, data)
}

fn soa() -> Record {
    let soa = SOA::new(name("localhost."), name("hostmaster.localhost."), 1, 2, 3, 4, 5);
    Record::from_rdata(name(ZONE), 60, RData::SOA(soa))
}

fn ns() -> Record {
    Record::from_rdata(name(ZONE), 60, RData::NS(NS(name("ns.example."))))
}

/// A server that sends, for the first query, these answers in order; then it is gone.
fn serve(answers: impl FnOnce(&Message) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        let (length, asker) = socket.recv_from(&mut buffer).unwrap();
        let query = Message::from_vec(&buffer[..length]).unwrap();
        for answer in answers(&query) {
            socket.send_to(&answer, asker).unwrap();
        }
    });
    address
}

fn ask(server: SocketAddr) -> Result<Answer, DnsError> {
    Resolver::new(server).with_patience(Duration::from_millis(500), 1).ask(OWNER, HHIT)
}

fn answer(build: impl FnOnce(&Message) -> Message + Send + 'static) -> Result<Answer, DnsError> {
    ask(serve(|query| vec![build(query).to_vec().unwrap()]))
}

#[test]
fn records_are_returned_as_they_came() {
    let found = answer(|query| {
        let mut reply = reply(query, ResponseCode::NoError);
        reply.add_answers([hhit(b"one"), hhit(b"\xff\x00two")]);
        reply
    });
    assert_eq!(found.unwrap(), Answer::Records(vec![b"one".to_vec(), b"\xff\x00two".to_vec()]));
}

#[test]
fn records_of_other_names_are_not_ours() {
    let found = answer(|query| {
        let mut reply = reply(query, ResponseCode::NoError);
        let mut other = hhit(b"other");
        other.name = name(ZONE);
        reply.add_answers([other]);
        reply.add_authority(soa());
        reply
    });
    assert_eq!(found.unwrap(), Answer::NoData);
}

#[test]
fn the_two_kinds_of_no() {
    let found = answer(|query| {
        let mut reply = reply(query, ResponseCode::NXDomain);
        reply.add_authority(soa());
        reply
    });
    assert_eq!(found.unwrap(), Answer::NxDomain);
    let found = answer(|query| {
        let mut reply = reply(query, ResponseCode::NoError);
        reply.add_authority(soa());
        reply
    });
    assert_eq!(found.unwrap(), Answer::NoData);
}

#[test]
fn referrals_and_refusals_are_no_answers() {
    let found = answer(|query| {
        let mut reply = reply(query, ResponseCode::NoError);
        reply.metadata.authoritative = false;
        reply.add_authority(ns());
        reply
    });
    assert!(matches!(found, Err(DnsError::Referral { ref zone, .. }) if zone == ZONE), "{found:?}");
    for code in [ResponseCode::Refused, ResponseCode::ServFail] {
        let found = answer(move |query| reply(query, code));
        assert!(matches!(found, Err(DnsError::Rcode { .. })), "{found:?}");
    }
}

/// Answers every query at this address, until the test ends.
fn serve_on(
    address: SocketAddr,
    answer: impl Fn(&Message) -> Message + Send + 'static,
) -> Option<SocketAddr> {
    let socket = UdpSocket::bind(address).ok()?;
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, asker)) = socket.recv_from(&mut buffer) {
            let query = Message::from_vec(&buffer[..length]).unwrap();
            socket.send_to(&answer(&query).to_vec().unwrap(), asker).unwrap();
        }
    });
    Some(address)
}

/// A referral to `zone`, served by `server`, whose address is said to be `glue`.
fn refer(query: &Message, zone: &str, server: &str, glue: &[(&str, [u8; 4])]) -> Message {
    let mut reply = reply(query, ResponseCode::NoError);
    reply.metadata.authoritative = false;
    reply.add_authority(Record::from_rdata(name(zone), 60, RData::NS(NS(name(server)))));
    for (owner, address) in glue {
        let [a, b, c, d] = *address;
        reply.add_additional(Record::from_rdata(name(owner), 60, RData::A(A::new(a, b, c, d))));
    }
    reply
}

const APEX: &str = "3.0.0.1.0.0.2.ip6.arpa.";
const RAA: &str = "0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";

/// An Apex at 127.0.0.1 and, at the same port, what `lower` answers at 127.0.0.2.
fn two_levels(
    upper: impl Fn(&Message) -> Message + Send + 'static,
    lower: impl Fn(&Message) -> Message + Send + Clone + 'static,
) -> SocketAddr {
    let apex = serve_on((Ipv4Addr::LOCALHOST, 0).into(), upper).unwrap();
    let second = SocketAddr::from(([127, 0, 0, 2], apex.port()));
    serve_on(second, lower).expect("the second loopback address has that port free");
    apex
}

#[test]
fn referrals_are_followed_down() {
    let apex = two_levels(
        |query| refer(query, RAA, &format!("ns.{RAA}"), &[(&format!("ns.{RAA}"), [127, 0, 0, 2])]),
        |query| {
            let mut reply = reply(query, ResponseCode::NoError);
            reply.add_answer(hhit(b"from below"));
            reply
        },
    );
    let resolver = Resolver::new(apex).with_patience(Duration::from_millis(500), 1);
    assert_eq!(resolver.ask(OWNER, HHIT).unwrap(), Answer::Records(vec![b"from below".to_vec()]));
    assert_eq!(
        resolver.ask(OWNER, HHIT).unwrap(),
        Answer::Records(vec![b"from below".to_vec()]),
        "remembered"
    );
}

#[test]
fn referrals_that_lead_nowhere() {
    let refused = |zone: &'static str, server: String, owner: String| {
        let found = answer(move |query| refer(query, zone, &server, &[(&owner, [127, 0, 0, 1])]));
        match found {
            Err(DnsError::Referral { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    };
    let no_address =
        "no address of its name servers came along that could be believed; ask a recursive resolver";
    assert_eq!(refused(ZONE, "ns.example.".into(), "ns.example.".into()), no_address, "out of bailiwick");
    assert_eq!(refused(ZONE, format!("ns.{ZONE}"), format!("other.{ZONE}")), no_address);
    let elsewhere = "f.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
    assert_eq!(
        refused(elsewhere, format!("ns.{APEX}"), format!("ns.{APEX}")),
        "the name is not in that zone"
    );
    // Below, a server that points up, or at itself.
    for zone in [RAA, APEX] {
        let apex = two_levels(
            |query| refer(query, RAA, &format!("ns.{RAA}"), &[(&format!("ns.{RAA}"), [127, 0, 0, 2])]),
            move |query| refer(query, zone, &format!("ns.{RAA}"), &[(&format!("ns.{RAA}"), [127, 0, 0, 2])]),
        );
        match ask(apex) {
            Err(DnsError::Referral { why, .. }) => {
                assert_eq!(why, "that is not below the zone of the server, so it leads nowhere");
            }
            other => panic!("{other:?}"),
        }
    }
    // Glue for a name outside the zone that the lower server was delegated.
    let apex = two_levels(
        |query| refer(query, RAA, &format!("ns.{RAA}"), &[(&format!("ns.{RAA}"), [127, 0, 0, 2])]),
        |query| refer(query, ZONE, &format!("ns.{APEX}"), &[(&format!("ns.{APEX}"), [127, 0, 0, 1])]),
    );
    assert!(matches!(ask(apex), Err(DnsError::Referral { why, .. }) if why == no_address));
}

#[test]
fn an_answer_to_something_else_is_no_answer() {
    let found = answer(|query| {
        let mut reply = reply(query, ResponseCode::NoError);
        reply.queries = vec![Query::query(name(ZONE), RecordType::Unknown(HHIT))];
        reply
    });
    assert!(matches!(found, Err(DnsError::Malformed { .. })), "{found:?}");
}

#[test]
fn answers_with_another_id_are_passed_over() {
    let found = ask(serve(|query| {
        let mut forged = reply(query, ResponseCode::NoError);
        forged.metadata.id ^= 1;
        forged.add_answer(hhit(b"forged"));
        let mut honest = reply(query, ResponseCode::NoError);
        honest.add_answer(hhit(b"honest"));
        vec![forged.to_vec().unwrap(), honest.to_vec().unwrap()]
    }));
    assert_eq!(found.unwrap(), Answer::Records(vec![b"honest".to_vec()]));
}

#[test]
fn a_truncated_answer_is_fetched_over_tcp() {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let udp = UdpSocket::bind(tcp.local_addr().unwrap()).unwrap();
    let address = tcp.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        let (length, asker) = udp.recv_from(&mut buffer).unwrap();
        let query = Message::from_vec(&buffer[..length]).unwrap();
        let mut cut = reply(&query, ResponseCode::NoError);
        cut.metadata.truncation = true;
        udp.send_to(&cut.to_vec().unwrap(), asker).unwrap();
        let (mut stream, _) = tcp.accept().unwrap();
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut octets).unwrap();
        let mut whole = reply(&Message::from_vec(&octets).unwrap(), ResponseCode::NoError);
        whole.add_answer(hhit(&[7; 4000]));
        let octets = whole.to_vec().unwrap();
        stream.write_all(&u16::try_from(octets.len()).unwrap().to_be_bytes()).unwrap();
        stream.write_all(&octets).unwrap();
    });
    assert_eq!(ask(address).unwrap(), Answer::Records(vec![vec![7; 4000]]));
}

#[test]
fn silence_and_no_server() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let resolver = Resolver::new(silent.local_addr().unwrap()).with_patience(Duration::from_millis(20), 3);
    let found = resolver.ask(OWNER, HHIT);
    assert!(matches!(found, Err(DnsError::Timeout { .. })), "{found:?}");
    let mut asked = [0; 512];
    for _ in 0..3 {
        silent.recv(&mut asked).expect("three attempts");
    }
    let gone = silent.local_addr().unwrap();
    drop(silent);
    assert!(Resolver::new(gone).with_patience(Duration::from_millis(20), 1).ask(OWNER, HHIT).is_err());
}

#[test]
fn any_octets_at_all_are_survived() {
    let address = {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = socket.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 512];
            let mut round = 0_usize;
            while let Ok((length, asker)) = socket.recv_from(&mut buffer) {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                let mut honest = reply(&query, ResponseCode::NoError);
                honest.add_answer(hhit(&[9; 40]));
                honest.add_authority(soa());
                let mut octets = honest.to_vec().unwrap();
                // Even rounds change an octet, odd ones cut the message there; the identifier stays.
                let at = 2 + (round / 2) % (octets.len() - 2);
                if round.is_multiple_of(2) {
                    octets[at] ^= 0xff
                } else {
                    octets.truncate(at)
                }
                round += 1;
                socket.send_to(&octets, asker).unwrap();
            }
        });
        address
    };
    let resolver = Resolver::new(address).with_patience(Duration::from_millis(200), 1);
    for _ in 0..600 {
        // Whatever it is, it is an answer or an error; an octet changed in RDATA is for the chain to see.
        match resolver.ask(OWNER, HHIT) {
            Ok(Answer::Records(rdata)) => assert!(rdata.iter().all(|record| record.len() <= 40)),
            Ok(Answer::NoData | Answer::NxDomain) | Err(_) => {}
        }
    }
}

#[test]
fn names_that_are_none() {
    let resolver = Resolver::new((Ipv4Addr::LOCALHOST, 9).into());
    let long = "a".repeat(64);
    assert!(matches!(resolver.ask(&long, HHIT), Err(DnsError::Name { .. })));
}
