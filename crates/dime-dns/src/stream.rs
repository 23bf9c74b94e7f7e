//! DNS over TCP (RFC 7766) and over TLS (RFC 7858).
//!
//! | what | limit | beyond it |
//! |---|---|---|
//! | connections | `tcp_connections` | who has been idle longest is let go; where all are busy, the new one |
//! | connections from one source (an IPv4 address, an IPv6 /64) | `tcp_connections_per_source` | the new one is closed |
//! | TLS handshake | 5 seconds | closed |
//! | silence, or a request that comes in pieces | `tcp_idle` | closed |
//! | requests that take longer, on one connection | `tcp_waiting` | the next is read when one is answered |
//! | octets that wait for the asker to read | 48 KiB and a message | nothing more is read or made |
//! | time for the asker to read those | `tcp_idle` | closed |
//! | a length below that of a header | | closed |
//!
//! * `answers`: the responses. `frames`: octets to messages and back.
//! * `connection`: one connection; `listener`: one address; `census`: all of them together.
//! * `tls`: certificate and key. `keepalive`: the EDNS option that tells the idle time.
//! * `gauges`: how many there are, and why they ended.
//!
//! Who has said all they wanted to say (half-closed) is still answered. Responses that are ready leave in one write. A connection takes
//! 4 KiB to read into and what it is about to write, and nothing while it is idle but that.

pub(crate) mod answers;
mod census;
mod connection;
mod frames;
mod gauges;
mod keepalive;
mod listener;
pub(crate) mod tls;

pub(crate) use connection::Service;
pub(crate) use listener::Listener;
pub use tls::TlsFileError;

use census::{Census, Room};
use gauges::Gauges;
pub(crate) use keepalive::tell as tell_keepalive;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// What connections may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many there may be.
    pub(crate) room: Room,
    /// How long one may be silent, how long a request may take to come, and how long what waits may take to be read.
    pub(crate) idle: Duration,
    /// How long a TLS handshake may take.
    pub(crate) handshake: Duration,
    /// How many requests may be under way on one; the next one is read when one of them is answered.
    pub(crate) under_way: usize,
}

/// What all connections share.
#[derive(Clone)]
pub(crate) struct Streams {
    census: Arc<Census>,
    limits: watch::Receiver<Limits>,
    gauges: Arc<Gauges>,
}

impl Streams {
    /// Nobody is connected yet.
    pub(crate) fn new(limits: watch::Receiver<Limits>) -> Self {
        Streams { census: Census::new(), limits, gauges: Arc::new(Gauges::new()) }
    }

    /// The limits as they are now.
    pub(crate) fn limits(&self) -> Limits {
        *self.limits.borrow()
    }
}

/// How many connections and how long, in numbers.
pub(crate) const fn room(total: usize, per_source: usize) -> Room {
    Room { total, per_source }
}
