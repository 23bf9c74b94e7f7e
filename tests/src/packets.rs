//! A UDP socket that is connected to a server, sends and receives in batches, and never waits.

use dime_udp::{Endpoint, Incoming, Outgoing, Sharing, SocketOptions};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Packets a batch.
const BATCH: usize = 64;
/// Octets of the largest answer that is of interest: no server may send more than 1232.
const LARGEST: usize = 2048;

/// The socket.
pub struct Packets {
    socket: UdpSocket,
    server: Endpoint,
    incoming: Incoming,
    outgoing: Outgoing,
}

impl Packets {
    /// A socket of its own to a server.
    pub fn connect(server: SocketAddr) -> io::Result<Self> {
        let local = match server {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        Self::connect_from(local, server)
    }

    /// The same from an address of one's choice.
    pub fn connect_from(local: IpAddr, server: SocketAddr) -> io::Result<Self> {
        let options = SocketOptions { sharing: Sharing::Alone, receive_buffer: 4 << 20, patience: None };
        let socket = dime_udp::bind((local, 0).into(), &options)?;
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        Ok(Packets {
            socket,
            server: Endpoint { remote: server, local: None },
            incoming: Incoming::new(BATCH, LARGEST),
            outgoing: Outgoing::new(BATCH, 512),
        })
    }

    /// What has arrived, up to a batch; how many packets there were.
    pub fn receive(&mut self, mut take: impl FnMut(&[u8])) -> usize {
        let Ok(came) = self.incoming.receive(&self.socket) else { return 0 };
        self.incoming.datagrams().for_each(|datagram| take(datagram.octets));
        came
    }

    /// Sends what `make` writes, up to a batch, until it writes no more; how many packets there were.
    pub fn send(&mut self, mut make: impl FnMut(&mut Vec<u8>) -> Option<()>) -> usize {
        let mut made = 0;
        while let Some(packet) = self.outgoing.buffer() {
            if make(packet).is_none() {
                break;
            }
            self.outgoing.queue(&self.server);
            made += 1;
        }
        if made > 0 {
            // What is not sent is a question without an answer.
            drop(self.outgoing.send(&self.socket));
        }
        made
    }
}
