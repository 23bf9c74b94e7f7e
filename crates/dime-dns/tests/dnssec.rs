//! A signed zone through the server's sockets: what the DO bit changes, and what it does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_dns::{DnsConfig, DnsServer};
use dime_zone::{
    Name, Serial, Soa, ZoneConfig, Zones,
    dnssec::{HdaZones, KeyFolder, KeyRole, Signing, SigningPolicy, UpperZones, ZoneKey, first_keys},
};
use drip_det::{Hid, UnixTime, ZoneCut};
use hickory_proto::{
    op::{Edns, Message, MessageType, OpCode, Query, ResponseCode},
    rr::{self, RecordType},
    serialize::binary::{BinDecodable, BinEncodable},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

const NOW: UnixTime = UnixTime(1_795_350_896);
const SOON: Duration = Duration::from_secs(5);
const ZONE: &str = "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";

/// Whether the DO bit is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    Signatures,
    Nothing,
}

/// The RAA's last zone, signed, with no DET in it.
fn start(folder: &std::path::Path) -> (DnsServer, SocketAddr) {
    let name = |text: &str| text.parse::<Name>().unwrap();
    let keys = KeyFolder::new(folder);
    for (seed, role) in [(1, KeyRole::KeySigning), (2, KeyRole::ZoneSigning)] {
        let new = first_keys(role, UnixTime(NOW.0 - 60));
        keys.create(&name(ZONE), &ZoneKey::from_seed(&[seed; 32], new.role, new.times)).unwrap();
    }
    let policy = SigningPolicy::new(1_209_600, 604_800, UpperZones::Signed, HdaZones::Unsigned).unwrap();
    let zones = Zones::signed(Signing::new(keys, policy, NOW));
    zones
        .add_zone(ZoneConfig {
            cut: ZoneCut::raa_of(Hid::from_numbers(16376, 16376).unwrap()),
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
    let address = "127.0.0.1:0".parse().unwrap();
    let server = DnsServer::bind([address], Arc::new(zones), DnsConfig::default()).unwrap();
    let address = server.local_addrs()[0];
    (server, address)
}

fn question(owner: &str, record_type: RecordType, payload: u16, wants: Wants) -> Message {
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    message.metadata.authentic_data = true;
    message.metadata.checking_disabled = true;
    message.add_query(Query::query(rr::Name::from_ascii(owner).unwrap(), record_type));
    let mut edns = Edns::new();
    edns.set_max_payload(payload).set_version(0).set_dnssec_ok(wants == Wants::Signatures);
    message.edns = Some(edns);
    message
}

async fn ask(address: SocketAddr, message: &Message) -> (usize, Message) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&message.to_bytes().unwrap(), address).await.unwrap();
    let mut buffer = vec![0; 4096];
    let length = timeout(SOON, socket.recv(&mut buffer)).await.unwrap().unwrap();
    (length, Message::from_bytes(&buffer[..length]).unwrap())
}

async fn ask_tcp(address: SocketAddr, message: &Message) -> Message {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let octets = message.to_bytes().unwrap();
    stream.write_u16(octets.len() as u16).await.unwrap();
    stream.write_all(&octets).await.unwrap();
    let mut answer = vec![0; usize::from(timeout(SOON, stream.read_u16()).await.unwrap().unwrap())];
    stream.read_exact(&mut answer).await.unwrap();
    Message::from_bytes(&answer).unwrap()
}

fn types(records: &[rr::Record]) -> Vec<u16> {
    records.iter().map(|record| record.record_type().into()).collect()
}

const SOA: u16 = 6;
const RRSIG: u16 = 46;
const NSEC: u16 = 47;
const DNSKEY: u16 = 48;

#[tokio::test]
async fn signatures_for_who_asks() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, address) = start(folder.path());
    let missing = format!("5.{ZONE}");
    for (wants, answer, authority) in [
        (Wants::Nothing, vec![SOA], vec![SOA]),
        (Wants::Signatures, vec![SOA, RRSIG], vec![SOA, RRSIG, NSEC, RRSIG]),
    ] {
        let (_, found) = ask(address, &question(ZONE, RecordType::SOA, 1232, wants)).await;
        assert_eq!(types(&found.answers), answer);
        let metadata = &found.metadata;
        assert!(metadata.authoritative && metadata.checking_disabled, "CD is copied");
        assert!(!metadata.authentic_data, "we verify nothing");
        assert_eq!(found.edns.as_ref().unwrap().flags().dnssec_ok, wants == Wants::Signatures);
        let (_, found) = ask(address, &question(&missing, RecordType::SOA, 1232, wants)).await;
        assert_eq!(found.metadata.response_code, ResponseCode::NXDomain);
        assert_eq!(types(&found.authorities), authority);
        let (_, found) = ask(address, &question(ZONE, RecordType::A, 1232, wants)).await;
        assert_eq!(
            (found.metadata.response_code, types(&found.authorities)),
            (ResponseCode::NoError, authority)
        );
    }
    let (_, keys) = ask(address, &question(ZONE, RecordType::DNSKEY, 1232, Wants::Signatures)).await;
    assert_eq!(types(&keys.answers), [DNSKEY, DNSKEY, RRSIG]);
}

#[tokio::test]
async fn what_does_not_fit_is_truncated_and_whole_over_tcp() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, address) = start(folder.path());
    let all = |payload| question(ZONE, RecordType::RRSIG, payload, Wants::Signatures);
    let (length, found) = ask(address, &all(512)).await;
    assert!(found.metadata.truncation && found.answers.is_empty() && length <= 512);
    let (length, found) = ask(address, &all(4096)).await;
    assert!(!found.metadata.truncation && length > 512 && length <= 1232);
    assert_eq!(types(&found.answers), [RRSIG; 6]);
    let tcp = ask_tcp(address, &all(512)).await;
    assert_eq!(tcp.answers, found.answers);
}
