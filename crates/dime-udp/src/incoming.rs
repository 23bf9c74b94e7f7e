//! Datagrams that came.

use crate::system::{self, Control, Endpoint, Name};
use std::{io, net::UdpSocket};

/// Room for a batch of datagrams.
pub struct Incoming {
    size: usize,
    octets: Vec<u8>,
    names: Vec<Name>,
    controls: Vec<Control>,
    headers: Vec<system::Header>,
    came: usize,
}

/// One datagram.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// What is in it.
    pub octets: &'a [u8],
    /// Where it came from, and to which of our addresses.
    pub endpoint: Endpoint,
    /// Whether it was longer than there was room for, and is not whole.
    pub is_cut: bool,
}

impl Incoming {
    /// Room for so many datagrams of so many octets.
    pub fn new(slots: usize, size: usize) -> Self {
        Incoming {
            size,
            octets: vec![0; slots * size],
            names: vec![Name::default(); slots],
            controls: vec![Control::default(); slots],
            headers: vec![system::Header::default(); slots],
            came: 0,
        }
    }

    /// Forgets the last batch, waits for a first datagram, and takes with it those that are there already. Returns how many came.
    ///
    /// `WouldBlock` where none came in the time that the socket has patience for.
    pub fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        self.came = 0;
        let slots = self.octets.chunks_exact_mut(self.size.max(1));
        self.came = system::receive(socket, slots, &mut self.names, &mut self.controls, &mut self.headers)?;
        Ok(self.came)
    }

    /// The datagrams of the last batch; one that came from nowhere that can be answered is left out.
    pub fn datagrams(&self) -> impl Iterator<Item = Datagram<'_>> {
        let slots = self.octets.chunks_exact(self.size.max(1)).take(self.came);
        slots.zip(&self.headers).zip(self.names.iter().zip(&self.controls)).filter_map(
            |((octets, header), (name, control))| {
                Some(Datagram {
                    octets: octets.get(..header.length().min(octets.len()))?,
                    endpoint: name.endpoint(header, control)?,
                    is_cut: header.is_cut(),
                })
            },
        )
    }
}
