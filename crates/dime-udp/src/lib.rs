//! Datagrams in batches: many received by one call of the system, many sent by another (recvmmsg, sendmmsg).
//!
//! * [`bind`]: a socket of one thread among several on the same address (SO_REUSEPORT).
//! * [`Incoming`]: what came.
//! * [`Outgoing`]: what goes.
//!
//! A server with one address on every interface must answer from the address that it was asked at, or who asked throws the answer away:
//! an [`Endpoint`] has both. Nothing here knows what is in a datagram.
//!
//! This crate alone has `unsafe` code, in its module `system`.

mod bind;
mod incoming;
mod outgoing;
mod system;

pub use bind::{Sharing, SocketOptions, bind};
pub use incoming::{Datagram, Incoming};
pub use outgoing::{Outgoing, Sent};
pub use system::Endpoint;
