//! The DNS client against servers that answer, refuse, truncate, lie and stay silent (RFC 1035, RFC 7766).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::str::FromStr;
use std::time::Duration;

use drip_client::dns::{Answer, DnsError, Resolver};
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{NS, NULL, SOA};
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
