//! A UDP socket that is connected to a server and never waits.

use std::io;
use std::net::{SocketAddr, UdpSocket};

/// The socket.
pub struct Packets {
    socket: UdpSocket,
    buffer: Vec<u8>,
    packet: Vec<u8>,
}

impl Packets {
    /// A socket of its own to a server.
    pub fn connect(server: SocketAddr) -> io::Result<Self> {
        let local = if server.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };
        let socket = UdpSocket::bind(local)?;
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
