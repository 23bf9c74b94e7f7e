//! `dime-dns-echo`: returns every packet, as many threads as asked for, on the sockets and in the batches that the name server uses.
//!
//! `dime-dns-echo [--listen ADDRESS:PORT] [--threads N] [--octets N]`: a packet comes back with zeros behind it, so that it has at least so
//! many octets: what an answer costs to be sent. It prints `ready dns=ADDRESS:PORT`, and what it reaches is the ceiling of any server
//! that is built this way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::net::UdpSocket;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments
            .iter()
            .position(|part| part == name)
            .and_then(|at| arguments.get(at + 1))
            .map(String::as_str)
    };
    let octets: usize = option("--octets").unwrap_or("0").parse().expect("--octets N");
    let socket = UdpSocket::bind(option("--listen").unwrap_or("127.0.0.1:0")).expect("a socket");
    println!("ready dns={}", socket.local_addr().expect("an address"));
    let mut buffer = vec![0; 65_536];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        let end = length.max(octets);
        buffer[length..end].fill(0);
        drop(socket.send_to(&buffer[..end], from));
    }
}
