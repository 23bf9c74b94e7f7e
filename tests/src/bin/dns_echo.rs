//! `dime-dns-echo`: returns every packet, as many threads as asked for, on the sockets and in the batches that the name server uses.
//!
//! `dime-dns-echo [--listen ADDRESS:PORT] [--threads N] [--octets N]`: a packet comes back with zeros behind it, so that it has at least so
//! many octets: what an answer costs to be sent. It prints `ready dns=ADDRESS:PORT`, and what it reaches is the ceiling of any server
//! that is built this way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_udp::{Incoming, Outgoing, Sharing, SocketOptions};
use std::net::{SocketAddr, UdpSocket};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments
            .iter()
            .position(|part| part == name)
            .and_then(|at| arguments.get(at + 1))
            .map(String::as_str)
    };
    let number = |name: &str| option(name).map(|text| text.parse().unwrap_or_else(|_| panic!("{name} N")));
    let mut address: SocketAddr = option("--listen").unwrap_or("127.0.0.1:0").parse().expect("--listen");
    let options = SocketOptions { sharing: Sharing::Shared, receive_buffer: 4 << 20, patience: None };
    let sockets: Vec<UdpSocket> = (0..number("--threads").unwrap_or(1))
        .map(|_| {
            let socket = dime_udp::bind(address, &options).expect("a socket");
            address = socket.local_addr().expect("an address");
            socket
        })
        .collect();
    println!("ready dns={address}");
    std::thread::scope(|scope| {
        for socket in &sockets {
            scope.spawn(|| echo(socket, number("--octets").unwrap_or(0)));
        }
    });
}

fn echo(socket: &UdpSocket, octets: usize) {
    let (mut incoming, mut outgoing) = (Incoming::new(64, 2048), Outgoing::new(64, 2048));
    loop {
        if incoming.receive(socket).is_err() {
            continue;
        }
        for datagram in incoming.datagrams() {
            let Some(packet) = outgoing.buffer() else { break };
            packet.extend_from_slice(datagram.octets);
            packet.resize(octets.max(packet.len()), 0);
            outgoing.queue(&datagram.endpoint);
        }
        drop(outgoing.send(socket));
    }
}
