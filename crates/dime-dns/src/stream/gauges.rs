//! How many connections there are, and how they ended.

use super::connection::End;
use crate::Transport;
use metrics::{Counter, Gauge, counter, gauge};

/// Handles, so that counting looks nothing up.
pub(crate) struct Gauges {
    tcp: OfTransport,
    tls: OfTransport,
}

struct OfTransport {
    open: Gauge,
    ended: Vec<(End, Counter)>,
}

impl Gauges {
    pub(crate) fn new() -> Self {
        Gauges { tcp: OfTransport::new("tcp"), tls: OfTransport::new("tls") }
    }

    fn of(&self, transport: Transport) -> &OfTransport {
        match transport {
            Transport::Tls => &self.tls,
            Transport::Tcp | Transport::Udp => &self.tcp,
        }
    }

    pub(crate) fn opened(&self, transport: Transport) {
        self.of(transport).open.increment(1);
    }

    pub(crate) fn ended(&self, transport: Transport, end: End) {
        self.of(transport).open.decrement(1);
        self.of(transport).count(end);
    }

    /// Somebody was not let in.
    pub(crate) fn refused(&self, transport: Transport, end: End) {
        self.of(transport).count(end);
    }
}

impl OfTransport {
    fn new(transport: &'static str) -> Self {
        let counter = |end: End| {
            (end, counter!("dime_dns_connections_total", "transport" => transport, "end" => end.label()))
        };
        OfTransport {
            open: gauge!("dime_dns_connections", "transport" => transport),
            ended: End::ALL.map(counter).into(),
        }
    }

    fn count(&self, end: End) {
        if let Some((_, counter)) = self.ended.iter().find(|(one, _)| *one == end) {
            counter.increment(1);
        }
    }
}
