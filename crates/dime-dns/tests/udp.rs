//! UDP through its sockets: who is answered, with what beside the answer, from where, and how often.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_dns::{DnsConfig, DnsServer, RateLimitConfig};
use dime_zone::{Name, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Hid, ZoneCut};
use std::{
    collections::HashSet,
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::{Duration, Instant},
};

const SOA: u16 = 6;
const QUERY: u8 = 0;
const STATUS: u8 = 2;
const COOKIE: u16 = 10;
const NSID: u16 = 3;
const EDE: u16 = 15;
/// Long enough for any answer on loopback.
const SOON: Duration = Duration::from_secs(10);

fn cut() -> ZoneCut {
    ZoneCut::raa_of(Hid::from_numbers(16376, 16376).unwrap())
}

fn start(config: DnsConfig) -> (DnsServer, SocketAddr) {
    let name = |text: &str| text.parse::<Name>().unwrap();
    let zones = Zones::new();
    let soa = Soa {
        mname: name("ns1.dime.example."),
        rname: name("hostmaster.dime.example."),
        refresh: 3600,
        retry: 600,
        expire: 604_800,
        minimum: 30,
    };
    let ns = vec![name("ns1.dime.example.")];
    zones
        .add_zone(ZoneConfig { cut: cut(), soa, serial: Serial(1), ns, glue: Vec::new(), ttl: 3600 })
        .unwrap();
    let listen =
        if config.listen.is_empty() { vec!["127.0.0.1:0".parse().unwrap()] } else { config.listen.clone() };
    let server = DnsServer::start(Arc::new(zones), DnsConfig { listen, ..config }).unwrap();
    let address = server.local_addrs()[0];
    (server, address)
}

fn asker() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    socket
}

fn request(id: u16, opcode: u8, name: &str, options: &[(u16, &[u8])]) -> Vec<u8> {
    let mut octets = [&id.to_be_bytes()[..], &[opcode << 3, 0, 0, 1, 0, 0, 0, 0, 0, 1]].concat();
    octets.extend(name.parse::<Name>().unwrap().wire());
    octets.extend(SOA.to_be_bytes());
    octets.extend([0, 1, 0, 0, 41, 4, 208, 0, 0, 0, 0]);
    octets.extend((options.iter().map(|(_, value)| value.len() as u16 + 4).sum::<u16>()).to_be_bytes());
    for (code, value) in options {
        octets.extend(code.to_be_bytes());
        octets.extend((value.len() as u16).to_be_bytes());
        octets.extend(*value);
    }
    octets
}

/// Sends a request, and gives the response with the address that it came from.
fn ask(socket: &UdpSocket, to: SocketAddr, request: &[u8]) -> (Vec<u8>, SocketAddr) {
    socket.send_to(request, to).unwrap();
    receive(socket).expect("a response")
}

fn receive(socket: &UdpSocket) -> Option<(Vec<u8>, SocketAddr)> {
    let mut buffer = vec![0; 4096];
    let (length, from) = socket.recv_from(&mut buffer).ok()?;
    buffer.truncate(length);
    Some((buffer, from))
}

/// Options of the OPT record, which these responses end with.
fn options(response: &[u8]) -> Vec<(u16, Vec<u8>)> {
    assert_eq!(response[11], 1, "OPT alone");
    // The one place where an OPT record begins whose options reach to the end.
    let word = |at: usize| u16::from_be_bytes([response[at], response[at + 1]]);
    let begins = |at: &usize| {
        response[*at..at + 3] == [0, 0, 41] && at + 11 + usize::from(word(at + 9)) == response.len()
    };
    let mut at = (12..response.len() - 10).find(begins).expect("OPT") + 11;
    let mut options = Vec::new();
    while at < response.len() {
        let end = at + 4 + usize::from(word(at + 2));
        options.push((word(at), response[at + 4..end].to_vec()));
        at = end;
    }
    options
}

fn option(response: &[u8], code: u16) -> Option<Vec<u8>> {
    options(response).into_iter().find(|(found, _)| *found == code).map(|(_, value)| value)
}

fn rcode(response: &[u8]) -> u8 {
    response[3] & 15
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_identity_and_reasons_either_way() {
    let (server, at) = start(DnsConfig { nsid: b"here".to_vec(), ..DnsConfig::default() });
    let socket = asker();
    let client = [1, 2, 3, 4, 5, 6, 7, 8];
    let asked: [(u16, &[u8]); 2] = [(COOKIE, &client), (NSID, &[])];
    for (opcode, name, code, reason) in [
        (QUERY, cut().name(), 0, None),
        (QUERY, "example.".into(), 5, Some(20_u16)),
        (STATUS, cut().name(), 4, Some(21)),
    ] {
        let (response, _) = ask(&socket, at, &request(7, opcode, &name, &asked));
        assert_eq!((rcode(&response), response[2] >> 3 & 15), (code, opcode), "{name}");
        let cookie = option(&response, COOKIE).expect("a cookie");
        assert_eq!((&cookie[..8], cookie.len()), (&client[..], 24));
        assert_eq!(option(&response, NSID).unwrap(), b"here");
        assert_eq!(option(&response, EDE), reason.map(|code| code.to_be_bytes().to_vec()), "{name}");
        // A cookie of this server is given back.
        let (again, _) = ask(&socket, at, &request(8, opcode, &name, &[(COOKIE, &cookie)]));
        assert_eq!(option(&again, COOKIE).unwrap(), cookie);
        assert_eq!(option(&again, NSID), None);
        // One of no possible length is no request.
        let (wrong, _) = ask(&socket, at, &request(9, opcode, &name, &[(COOKIE, &client[..5])]));
        assert_eq!(rcode(&wrong), if opcode == QUERY { 1 } else { 4 });
    }
    server.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_much_is_slowed_unless_known() {
    let rate_limit = RateLimitConfig { per_second: 5, window: 1, slip: 2, ..RateLimitConfig::default() };
    let (server, at) = start(DnsConfig { rate_limit, ..DnsConfig::default() });
    let (socket, zone) = (asker(), cut().name());
    let (response, _) = ask(&socket, at, &request(0, QUERY, &zone, &[(COOKIE, &[9; 8])]));
    let cookie = option(&response, COOKIE).unwrap();
    for id in 1..=200 {
        socket.send_to(&request(id, QUERY, "x.example.", &[]), at).unwrap();
    }
    // Those of one asker are answered in their order: the last says that no more come.
    socket.send_to(&request(999, QUERY, &zone, &[(COOKIE, &cookie)]), at).unwrap();
    let (mut whole, mut cut_off) = (0, 0);
    while let Some((response, _)) = receive(&socket).filter(|(response, _)| response[..2] != [3, 231]) {
        match response[2] & 2 {
            0 => whole += 1,
            _ => cut_off += 1,
        }
    }
    assert!((1..100).contains(&whole) && (20..=100).contains(&cut_off), "{whole} whole, {cut_off} cut off");
    for id in 1..=100 {
        let (response, _) = ask(&socket, at, &request(id, QUERY, &zone, &[(COOKIE, &cookie)]));
        assert_eq!((response[2] & 2, response[7]), (0, 1), "known");
    }
    // Requests that are no questions count, too. When the server has stopped, no more come.
    for id in 1..=200 {
        socket.send_to(&request(id, STATUS, &zone, &[]), at).unwrap();
    }
    server.shutdown().await.unwrap();
    socket.set_nonblocking(true).unwrap();
    let responses: Vec<Vec<u8>> =
        std::iter::from_fn(|| receive(&socket)).map(|(response, _)| response).collect();
    assert!((1..150).contains(&responses.len()), "{} responses", responses.len());
    assert!(responses.iter().any(|response| response[2] & 2 != 0), "none was cut off");
}

/// Where the server has all addresses, it answers from the one that it was asked at, in whatever way it answers.
#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_was_asked_answers() {
    for (listen, addresses) in [("0.0.0.0:0", ["127.0.0.2", "127.0.0.3"]), ("[::]:0", ["::1", "::1"])] {
        let (server, at) = start(DnsConfig { listen: vec![listen.parse().unwrap()], ..DnsConfig::default() });
        for address in addresses {
            let to = SocketAddr::new(address.parse().unwrap(), at.port());
            let socket = UdpSocket::bind(if to.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" }).unwrap();
            socket.set_read_timeout(Some(SOON)).unwrap();
            for opcode in [QUERY, STATUS] {
                let (response, from) = ask(&socket, to, &request(5, opcode, &cut().name(), &[]));
                assert_eq!((from, &response[..2]), (to, &[0, 5][..]), "{opcode}");
            }
        }
        server.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_threads_answer_everybody_and_stop_soon() {
    let (server, at) = start(DnsConfig { udp_threads: 4, ..DnsConfig::default() });
    let askers: Vec<UdpSocket> = (0..64).map(|_| asker()).collect();
    for round in 0..20_u16 {
        for asker in &askers {
            for part in 0..4 {
                asker.send_to(&request(round * 4 + part, QUERY, &cut().name(), &[]), at).unwrap();
            }
        }
        for asker in &askers {
            let ids: HashSet<u16> = (0..4)
                .map(|_| receive(asker).expect("a response").0)
                .map(|response| u16::from_be_bytes([response[0], response[1]]))
                .collect();
            assert_eq!(ids, (round * 4..round * 4 + 4).collect());
        }
    }
    let began = Instant::now();
    server.shutdown().await.unwrap();
    // A tenth of a second, and what a machine with much else to do needs.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(UdpSocket::bind(at).is_ok(), "the port is free");
}
