//! The server through its sockets, asked by plain octets and by hickory's message codec.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_dns::{DnsConfig, DnsServer, StartError, Transport};
use dime_zone::{Delegation, Host, Name, Published, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Det, DripTime, EntityType, Hid, ZoneCut};
use hickory_proto::{
    op::{Edns, Message, MessageType, OpCode, Query, ResponseCode},
    rr::{self, DNSClass, RecordType},
    serialize::binary::{BinDecodable, BinEncodable},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

const UA1: &str = "2001:3f:fe3f:f805:f98a:849d:5615:9774";
const HHIT: RecordType = RecordType::Unknown(67);
const BRID: RecordType = RecordType::Unknown(68);
/// Long enough for any answer on loopback, short enough to show that none comes.
const SOON: Duration = Duration::from_secs(5);
const NEVER: Duration = Duration::from_millis(300);

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// The zone of HDA 16376/16376 with the aircraft of the test chain in it.
fn zones() -> Arc<Zones> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
    let manifest: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let ua1 = &manifest["entities"]["ua1"];
    let octets = |value: &serde_json::Value| hex::decode(value.as_str().unwrap()).unwrap();
    let det: Det = UA1.parse().unwrap();
    assert_eq!(ua1["det"].as_str().unwrap(), det.to_hex());
    let zones = Zones::new();
    for cut in [ZoneCut::raa_of(det.hid()), ZoneCut::Hda(det.hid())] {
        zones
            .add_zone(ZoneConfig {
                cut,
                soa: Soa {
                    mname: name("ns1.dime.example."),
                    rname: name("hostmaster.dime.example."),
                    refresh: 3600,
                    retry: 600,
                    expire: 604_800,
                    minimum: 30,
                },
                serial: Serial(1),
                ns: vec![name("ns1.dime.example.")],
                glue: Vec::new(),
                ttl: 3600,
            })
            .unwrap();
    }
    zones
        .load(&Published {
            det,
            hi: ua1["hi"].as_str().unwrap().parse().unwrap(),
            ttl: 60,
            entity_type: EntityType::UA,
            abbreviation: det.hid().abbreviation(),
            certificate: octets(&ua1["certs"]["lite"]["der_hex"]),
            brid: Some(octets(&manifest["brid_ua1"]["nested_rdata_hex"])),
            uri: None,
            vnb: DripTime(0),
            vna: DripTime(0),
        })
        .unwrap();
    Arc::new(zones)
}

fn start(zones: Arc<Zones>) -> (DnsServer, SocketAddr) {
    let server = DnsServer::bind(["127.0.0.1:0".parse().unwrap()], zones, DnsConfig::default()).unwrap();
    let address = server.local_addrs()[0];
    (server, address)
}

fn question(owner: &str, record_type: RecordType) -> Message {
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    // `parse` would make it lower case.
    message.add_query(Query::query(rr::Name::from_ascii(owner).unwrap(), record_type));
    message
}

fn with_edns(mut message: Message, payload: u16, version: u8) -> Message {
    let mut edns = Edns::new();
    edns.set_max_payload(payload).set_version(version);
    message.edns = Some(edns);
    message
}

async fn ask_octets(address: SocketAddr, octets: &[u8], patience: Duration) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(octets, address).await.unwrap();
    let mut buffer = vec![0; 4096];
    let length = timeout(patience, socket.recv(&mut buffer)).await.ok()?.unwrap();
    buffer.truncate(length);
    Some(buffer)
}

async fn ask(address: SocketAddr, message: &Message) -> Message {
    let octets = ask_octets(address, &message.to_bytes().unwrap(), SOON).await.expect("an answer");
    Message::from_bytes(&octets).unwrap()
}

async fn ask_tcp(stream: &mut TcpStream, message: &Message) -> Message {
    let octets = message.to_bytes().unwrap();
    stream.write_u16(octets.len() as u16).await.unwrap();
    stream.write_all(&octets).await.unwrap();
    let mut answer = vec![0; usize::from(timeout(SOON, stream.read_u16()).await.unwrap().unwrap())];
    stream.read_exact(&mut answer).await.unwrap();
    Message::from_bytes(&answer).unwrap()
}

fn owner() -> String {
    UA1.parse::<Det>().unwrap().owner_name()
}

#[tokio::test]
async fn header_bits_and_case() {
    let (server, address) = start(zones());
    let mixed = owner().replace('f', "F");
    let mut query = question(&mixed, HHIT);
    query.metadata.checking_disabled = true;
    let answer = ask(address, &query).await;
    let flags = answer.metadata;
    assert_eq!(
        (flags.id, flags.message_type, flags.response_code),
        (4711, MessageType::Response, ResponseCode::NoError)
    );
    assert!(flags.authoritative && flags.recursion_desired && flags.checking_disabled);
    assert!(!flags.recursion_available && !flags.authentic_data && !flags.truncation);
    assert_eq!(answer.answers.len(), 1);
    assert_eq!(answer.answers[0].name.to_string(), mixed);
    assert_eq!(answer.queries[0].name().to_string(), mixed);
    assert!(answer.edns.is_none(), "who does not speak EDNS gets none");
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn edns_is_capped_answered_and_refused_by_version() {
    let (_server, address) = start(zones());
    for asked in [4096, 1232, 600, 0] {
        let mut query = with_edns(question(&owner(), HHIT), asked, 0);
        query.edns.as_mut().unwrap().set_dnssec_ok(true);
        let answer = ask(address, &query).await;
        let edns = answer.edns.expect("an OPT record");
        assert_eq!((edns.max_payload(), edns.version(), edns.flags().dnssec_ok), (1232, 0, true), "{asked}");
    }
    let answer = ask(address, &with_edns(question(&owner(), HHIT), 1232, 1)).await;
    assert_eq!(u16::from(answer.metadata.response_code), 16, "BADVERS");
    assert_eq!(answer.edns.unwrap().version(), 0);
    assert!(answer.answers.is_empty());
}

#[tokio::test]
async fn what_does_not_fit_is_truncated_and_whole_over_tcp() {
    let (_server, address) = start(zones());
    let plain = ask(address, &question(&owner(), BRID)).await;
    assert!(plain.metadata.truncation && plain.metadata.authoritative);
    assert!(plain.answers.is_empty(), "no part of an RRset");
    let small = ask(address, &with_edns(question(&owner(), BRID), 600, 0)).await;
    assert!(small.metadata.truncation && small.edns.is_some());
    let large = ask(address, &with_edns(question(&owner(), BRID), 1232, 0)).await;
    assert!(!large.metadata.truncation);
    let (mut cut, mut whole) = (0, 0);
    for payload in (0..1300).step_by(7) {
        let query = with_edns(question(&owner(), BRID), payload, 0).to_bytes().unwrap();
        let octets = ask_octets(address, &query, SOON).await.unwrap();
        assert!(octets.len() <= usize::from(payload.max(512)), "{} octets for {payload}", octets.len());
        let count = if octets[2] & 2 == 0 { &mut whole } else { &mut cut };
        *count += 1;
    }
    assert!(cut > 50 && whole > 50, "{cut} cut, {whole} whole");

    let mut stream = TcpStream::connect(address).await.unwrap();
    let whole = ask_tcp(&mut stream, &question(&owner(), BRID)).await;
    assert!(!whole.metadata.truncation);
    assert_eq!(whole.answers, large.answers);
    let second = ask_tcp(&mut stream, &question(&owner(), HHIT)).await;
    assert_eq!(second.answers.len(), 1, "a connection takes more than one question");
}

#[tokio::test]
async fn other_opcodes_classes_and_question_counts() {
    let (_server, address) = start(zones());
    for opcode in [OpCode::Status, OpCode::Notify, OpCode::Update, OpCode::Unknown(9)] {
        let mut query = question(&owner(), RecordType::SOA);
        query.metadata.op_code = opcode;
        let answer = ask(address, &query).await;
        assert_eq!((answer.metadata.response_code, answer.metadata.op_code), (ResponseCode::NotImp, opcode));
    }
    let mut none = question(&owner(), HHIT);
    none.queries.clear();
    assert_eq!(ask(address, &none).await.metadata.response_code, ResponseCode::FormErr);
    let mut two = question(&owner(), HHIT);
    two.add_query(Query::query(owner().parse().unwrap(), BRID));
    assert_eq!(ask(address, &two).await.metadata.response_code, ResponseCode::FormErr);
    let mut chaos = question("version.bind.", RecordType::TXT);
    chaos.queries[0].set_query_class(DNSClass::CH);
    assert_eq!(ask(address, &chaos).await.metadata.response_code, ResponseCode::Refused);
    let outside = ask(address, &question("example.", RecordType::A)).await;
    assert_eq!(outside.metadata.response_code, ResponseCode::Refused);
    assert!(!outside.metadata.authoritative && outside.authorities.is_empty());
}

#[tokio::test]
async fn malformed_messages_are_formerr_or_dropped_and_service_goes_on() {
    let (_server, address) = start(zones());
    let good = with_edns(question(&owner(), HHIT), 1232, 0).to_bytes().unwrap();
    for length in 12..good.len() {
        let answer = ask_octets(address, &good[..length], SOON).await.expect("an answer to a cut message");
        let rcode = answer[3] & 0xf;
        assert_eq!((&answer[..2], rcode), (&good[..2], 1), "cut at {length}");
    }
    assert_eq!(ask_octets(address, &good[..11], NEVER).await, None, "no header, no answer");
    let mut response = good.clone();
    response[2] |= 0x80;
    assert_eq!(ask_octets(address, &response, NEVER).await, None, "a response is not answered: no loops");
    let mut looping = good[..12].to_vec();
    looping.extend([0xc0, 12, 0, 67, 0, 1]);
    looping[11] = 0;
    assert_eq!(
        ask_octets(address, &looping, SOON).await.unwrap()[3] & 0xf,
        1,
        "a name that points at itself"
    );
    assert_eq!(ask(address, &question(&owner(), HHIT)).await.answers.len(), 1);
}

/// Changed, lengthened and shortened queries: whatever has a header and does not claim to be a response is answered, with its own id.
#[tokio::test]
async fn every_mutation_of_a_query_is_answered() {
    let (_server, address) = start(zones());
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(address).await.unwrap();
    let good = with_edns(question(&owner(), HHIT), 1232, 0).to_bytes().unwrap();
    let mut seed = 7_u64;
    let mut dice = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut buffer = vec![0; 4096];
    for id in 0..3000_u16 {
        let mut octets = good.clone();
        for _ in 0..=dice(4) {
            let at = dice(octets.len());
            match dice(4) {
                0 => octets[at] = dice(256) as u8,
                1 => octets[at] ^= 1 << dice(8),
                2 => octets.insert(at, dice(256) as u8),
                _ => drop(octets.remove(at)),
            }
        }
        octets[..2].copy_from_slice(&id.to_be_bytes());
        octets[2] &= 0x7f;
        socket.send(&octets).await.unwrap();
        let length = timeout(SOON, socket.recv(&mut buffer))
            .await
            .unwrap_or_else(|_| panic!("no answer to {octets:02x?}"));
        let answer = &buffer[..length.unwrap()];
        assert_eq!(answer[..2], id.to_be_bytes());
        assert_eq!(answer[2] & 0x80, 0x80, "a response");
    }
}

#[tokio::test]
async fn a_referral_that_does_not_fit_is_truncated() {
    let zones = zones();
    let hid = Hid::from_numbers(16376, 16377).unwrap();
    let cut = ZoneCut::Hda(hid);
    let servers: Vec<Name> = (0..15).map(|index| name(&format!("ns{index}.{}", cut.name()))).collect();
    let address = |index: usize| format!("192.0.2.{index}").parse().unwrap();
    let glue = servers
        .iter()
        .enumerate()
        .map(|(i, server)| Host { name: server.clone(), addresses: vec![address(i)] });
    let delegation = Delegation { ns: servers.clone(), glue: glue.collect(), ds: Vec::new() };
    zones.delegate(cut, delegation, Serial(2)).unwrap();
    let (_server, address) = start(zones);
    let plain = ask(address, &question(&cut.name(), HHIT)).await;
    assert!(
        plain.metadata.truncation && !plain.metadata.authoritative,
        "fifteen addresses do not fit into 512 octets"
    );
    let answer = ask(address, &with_edns(question(&cut.name(), HHIT), 1232, 0)).await;
    assert_eq!((answer.authorities.len(), answer.additionals.len()), (15, 15));
    assert!(!answer.metadata.truncation && !answer.metadata.authoritative);
}

#[tokio::test]
async fn a_port_in_use_and_a_strange_address_are_named() {
    let (server, address) = start(zones());
    let bind_error = |address| match DnsServer::bind([address], zones(), DnsConfig::default()) {
        Err(StartError::Bind(error)) => error,
        _ => panic!("{address} can be had"),
    };
    let taken = bind_error(address);
    assert_eq!((taken.address, taken.transport), (address, Transport::Tcp));
    assert!(
        taken.to_string().contains(&address.to_string()) && taken.to_string().contains("another program")
    );
    let udp_only = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let taken = bind_error(udp_only.local_addr().unwrap());
    assert_eq!(taken.transport, Transport::Udp);
    let strange = bind_error("192.0.2.1:0".parse().unwrap());
    assert!(strange.to_string().contains("does not have that address"), "{strange}");
    server.shutdown().await.unwrap();
    let again = DnsServer::bind([address], zones(), DnsConfig::default()).unwrap();
    assert_eq!(again.local_addrs(), [address], "a stopped server frees its port");
}

#[tokio::test]
async fn several_addresses_and_changes_seen_at_once() {
    let zones = zones();
    let addresses =
        ["127.0.0.1:0".parse().unwrap(), "[::1]:0".parse().unwrap(), "127.0.0.1:0".parse().unwrap()];
    let server = DnsServer::bind(addresses, zones.clone(), DnsConfig::default()).unwrap();
    let [first, ipv6, third] = server.local_addrs() else { panic!("three addresses") };
    assert_ne!(first.port(), third.port());
    let mut stream = TcpStream::connect(ipv6).await.unwrap();
    assert_eq!(ask_tcp(&mut stream, &question(&owner(), HHIT)).await.answers.len(), 1);
    zones.remove(UA1.parse().unwrap(), Serial(2)).unwrap();
    assert_eq!(ask(*first, &question(&owner(), HHIT)).await.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(ask(*third, &question(&owner(), HHIT)).await.metadata.response_code, ResponseCode::NXDomain);
}
