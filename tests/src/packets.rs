//! A UDP socket that is connected to a server and never waits.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The socket.
pub struct Packets {
    socket: UdpSocket,
    buffer: Vec<u8>,
    packet: Vec<u8>,
}

impl Packets {
    /// A socket of its own to a server.
    pub fn connect(server: SocketAddr) -> io::Result<Self> {
        Self::connect_from(
            if server.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() },
            server,
        )
    }

    /// The same from an address of one's choice.
    pub fn connect_from(local: IpAddr, server: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind((local, 0))?;
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        Ok(Packets { socket, buffer: vec![0; 65535], packet: Vec::new() })
    }

    /// What has arrived, up to 64 packets; how many there were.
    pub fn receive(&mut self, mut take: impl FnMut(&[u8])) -> usize {
        for count in 0..64 {
            match self.socket.recv(&mut self.buffer) {
                Ok(length) => take(&self.buffer[..length]),
                Err(_) => return count,
            }
        }
        64
    }

    /// Sends what `make` writes, up to 64 packets, until it writes no more; how many there were.
    pub fn send(&mut self, mut make: impl FnMut(&mut Vec<u8>) -> Option<()>) -> usize {
        for count in 0..64 {
            if make(&mut self.packet).is_none() {
                return count;
            }
            drop(self.socket.send(&self.packet));
        }
        64
    }
}
