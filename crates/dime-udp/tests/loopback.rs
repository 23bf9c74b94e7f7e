//! Batches over loopback, of both families.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]
use dime_udp::{Endpoint, Incoming, Outgoing, Sent, Sharing, SocketOptions, bind};
use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr, UdpSocket},
    time::Duration,
};

const OPTIONS: SocketOptions = SocketOptions {
    sharing: Sharing::Alone,
    receive_buffer: 1 << 20,
    patience: Some(Duration::from_millis(50)),
};

fn pair(listen: &str, reach: &str) -> (UdpSocket, UdpSocket, SocketAddr) {
    let server = bind(listen.parse().unwrap(), &OPTIONS).unwrap();
    let at = SocketAddr::new(reach.parse().unwrap(), server.local_addr().unwrap().port());
    let client = UdpSocket::bind(SocketAddr::new(reach.parse().unwrap(), 0)).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    (server, client, at)
}

/// Everything comes back, from the address it went to, whatever address the server listens on.
#[test]
fn an_echo() {
    for (listen, reach) in
        [("127.0.0.1:0", "127.0.0.1"), ("0.0.0.0:0", "127.0.0.1"), ("[::1]:0", "::1"), ("[::]:0", "::1")]
    {
        let (server, client, at) = pair(listen, reach);
        let mut incoming = Incoming::new(64, 512);
        let mut outgoing = Outgoing::new(64, 512);
        for length in 0..200 {
            client.send_to(&vec![length as u8; length], at).unwrap();
        }
        let mut came = 0;
        while came < 200 {
            came += incoming.receive(&server).unwrap();
            for datagram in incoming.datagrams() {
                assert!(!datagram.is_cut);
                assert_eq!(datagram.endpoint.remote, client.local_addr().unwrap());
                let local = datagram.endpoint.local.map(|(local, _)| local);
                let wildcard = listen.starts_with("0.") || listen.starts_with("[::]");
                assert_eq!(local, wildcard.then(|| reach.parse::<IpAddr>().unwrap()), "{listen}");
                outgoing.buffer().unwrap().extend_from_slice(datagram.octets);
                outgoing.queue(&datagram.endpoint);
            }
            let waiting = outgoing.len();
            assert_eq!(outgoing.send(&server).unwrap(), Sent { sent: waiting, unsent: 0 });
            assert!(outgoing.is_empty());
        }
        let mut buffer = [0; 512];
        for length in 0..200 {
            assert_eq!(client.recv_from(&mut buffer).unwrap(), (length, at), "{listen}");
            assert!(buffer[..length].iter().all(|&octet| octet == length as u8));
        }
    }
}

/// 127.0.0.2 is asked, 127.0.0.2 answers.
#[test]
fn from_the_address_that_was_asked() {
    let (server, client, at) = pair("0.0.0.0:0", "127.0.0.1");
    let other = SocketAddr::new("127.0.0.2".parse().unwrap(), at.port());
    client.send_to(b"?", other).unwrap();
    let mut incoming = Incoming::new(4, 16);
    incoming.receive(&server).unwrap();
    let endpoint = incoming.datagrams().next().unwrap().endpoint;
    let mut outgoing = Outgoing::new(4, 16);
    outgoing.buffer().unwrap().extend_from_slice(b"!");
    outgoing.queue(&endpoint);
    outgoing.send(&server).unwrap();
    assert_eq!(client.recv_from(&mut [0; 16]).unwrap(), (1, other));
}

#[test]
fn patience_ends_and_long_datagrams_are_cut() {
    let (server, client, at) = pair("127.0.0.1:0", "127.0.0.1");
    let mut incoming = Incoming::new(64, 100);
    assert_eq!(incoming.receive(&server).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(incoming.datagrams().count(), 0);
    client.send_to(&[7; 101], at).unwrap();
    client.send_to(&[8; 100], at).unwrap();
    assert_eq!(incoming.receive(&server).unwrap(), 2);
    let cut: Vec<_> = incoming.datagrams().map(|datagram| (datagram.octets.len(), datagram.is_cut)).collect();
    assert_eq!(cut, [(100, true), (100, false)]);
}

#[test]
fn one_that_cannot_be_sent_does_not_keep_the_others() {
    let (server, client, _) = pair("127.0.0.1:0", "127.0.0.1");
    let to = |remote: SocketAddr| Endpoint { remote, local: None };
    let good = to(client.local_addr().unwrap());
    let mut outgoing = Outgoing::new(8, 16);
    // A datagram longer than any, an address of the other family, and port 0 cannot be sent to.
    for (size, endpoint) in [
        (1, good),
        (70_000, good),
        (1, good),
        (1, to("[::1]:9".parse().unwrap())),
        (1, to("127.0.0.1:0".parse().unwrap())),
        (1, good),
    ] {
        outgoing.buffer().unwrap().resize(size, 0);
        outgoing.queue(&endpoint);
    }
    assert_eq!(outgoing.send(&server).unwrap(), Sent { sent: 3, unsent: 3 });
    for _ in 0..3 {
        assert_eq!(client.recv(&mut [0; 16]).unwrap(), 1);
    }
}

#[test]
fn a_full_batch_has_no_room() {
    let (server, client, _) = pair("[::1]:0", "::1");
    let mut outgoing = Outgoing::new(2, 16);
    let to = Endpoint { remote: client.local_addr().unwrap(), local: None };
    for _ in 0..2 {
        outgoing.buffer().unwrap().push(1);
        outgoing.queue(&to);
    }
    assert!(outgoing.buffer().is_none());
    outgoing.queue(&to);
    assert_eq!(outgoing.send(&server).unwrap(), Sent { sent: 2, unsent: 0 });
    assert!(outgoing.buffer().is_some());
}

/// Shared sockets have one address; one that is not shared has it alone.
#[test]
fn sharing() {
    let shared = SocketOptions { sharing: Sharing::Shared, ..OPTIONS };
    let first = bind("127.0.0.1:0".parse().unwrap(), &shared).unwrap();
    let at = first.local_addr().unwrap();
    let second = bind(at, &shared).unwrap();
    assert_eq!(second.local_addr().unwrap(), at);
    assert_eq!(bind(at, &OPTIONS).unwrap_err().kind(), ErrorKind::AddrInUse);
}
