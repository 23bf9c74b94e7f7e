//! Datagrams that go.

use crate::system::{self, Control, Endpoint, Name};
use std::{io, net::UdpSocket};

/// A batch of datagrams that is being written.
pub struct Outgoing {
    slots: Vec<Vec<u8>>,
    names: Vec<Name>,
    controls: Vec<Control>,
    headers: Vec<system::Header>,
    queued: usize,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Datagrams that the system took.
    pub sent: usize,
    /// Datagrams that it did not: nobody can be reached there, or there was no room.
    pub unsent: usize,
}

impl Outgoing {
    /// Room for so many datagrams; their buffers begin with so many octets and grow as needed.
    pub fn new(slots: usize, size: usize) -> Self {
        Outgoing {
            slots: (0..slots).map(|_| Vec::with_capacity(size)).collect(),
            names: vec![Name::default(); slots],
            controls: vec![Control::default(); slots],
            headers: vec![system::Header::default(); slots],
            queued: 0,
        }
    }

    /// How many datagrams are queued.
    pub fn len(&self) -> usize {
        self.queued
    }

    /// Whether none is queued.
    pub fn is_empty(&self) -> bool {
        self.queued == 0
    }

    /// The buffer of the next datagram, empty; `None` when the batch is full. It goes out only once it is queued.
    pub fn buffer(&mut self) -> Option<&mut Vec<u8>> {
        let slot = self.slots.get_mut(self.queued)?;
        slot.clear();
        Some(slot)
    }

    /// Queues what was written into the last [`Outgoing::buffer`].
    pub fn queue(&mut self, to: &Endpoint) {
        if let (Some(name), Some(control)) =
            (self.names.get_mut(self.queued), self.controls.get_mut(self.queued))
        {
            name.set(to.remote);
            control.set(to);
            self.queued += 1;
        }
    }

    /// Sends all that is queued, and empties the batch. One datagram that cannot be sent does not keep the others.
    ///
    /// Only a socket that cannot be used any more is an error.
    pub fn send(&mut self, socket: &UdpSocket) -> io::Result<Sent> {
        let total = core::mem::take(&mut self.queued);
        let mut done = Sent::default();
        while done.sent + done.unsent < total {
            let from = done.sent + done.unsent;
            let batch = (
                self.slots.get(from..total).unwrap_or_default(),
                self.names.get_mut(from..total).unwrap_or_default(),
                self.controls.get_mut(from..total).unwrap_or_default(),
            );
            match system::send(socket, batch, &mut self.headers) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(sent) => done.sent += sent,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if system::is_of_the_socket(&error) => return Err(error),
                // The first of the rest is the one that failed.
                Err(_) => done.unsent += 1,
            }
        }
        Ok(done)
    }
}
