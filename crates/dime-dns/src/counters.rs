//! What was answered, counted for all threads together, in `metrics`.
//!
//! | name | labels | what |
//! |---|---|---|
//! | `dime_dns_responses_total` | transport, outcome | responses |
//! | `dime_dns_zone_responses_total` | zone, outcome | the same by zone; from the 4097th zone on as zone `other` |
//! | `dime_dns_response_seconds_bucket`, `_count`, `_sum` | transport, le | a histogram: from when a request was taken from its socket until its response was handed over. Of UDP, a batch counts as one: the last of its responses goes when the first does |
//! | `dime_dns_truncated_total` | | responses that did not fit, or were cut for the rate limit |
//! | `dime_dns_rate_limited_total` | | responses that were not sent for the rate limit |
//! | `dime_dns_unsent_total` | | responses that the system did not take |
//! | `dime_dns_connections` | transport | connections there are |
//! | `dime_dns_connections_total` | transport, end | connections that ended: `closed` by the asker, `idle`, `slow` to read, `malformed`, `told` to make room or to end, `handshake` of TLS, never let in for the `source-limit` or the `limit` |
//!
//! Threads and connections count for themselves ([`crate::tally`]) and add what they counted here after each batch.

use crate::{
    Transport,
    latency::{BOUNDS, BUCKETS},
};
use drip_det::ZoneCut;
use metrics::{Counter, Gauge, counter, gauge};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Outcome {
    Answer,
    NoData,
    Referral,
    NxDomain,
    ServFail,
    Refused,
    FormErr,
    NotImp,
    BadVers,
}

impl Outcome {
    /// How many there are.
    pub(crate) const COUNT: usize = 9;

    const ALL: [(Outcome, &'static str); Outcome::COUNT] = [
        (Outcome::Answer, "answer"),
        (Outcome::NoData, "nodata"),
        (Outcome::Referral, "referral"),
        (Outcome::NxDomain, "nxdomain"),
        (Outcome::ServFail, "servfail"),
        (Outcome::Refused, "refused"),
        (Outcome::FormErr, "formerr"),
        (Outcome::NotImp, "notimp"),
        (Outcome::BadVers, "badvers"),
    ];
}

/// Handles of all counters, so that counting looks nothing up.
pub(crate) struct Counters {
    responses: Vec<(Transport, Outcome, Counter)>,
    truncated: Counter,
    limited: Counter,
    unsent: Counter,
    latency: Vec<Latency>,
    zones: Mutex<HashMap<ZoneCut, Arc<OfZone>>>,
}

/// Zones that are counted each for itself.
const MOST_ZONES: usize = 4096;

/// Responses from one zone, by outcome.
pub(crate) type OfZone = [Counter; Outcome::COUNT];

/// The histogram of one transport.
pub(crate) struct Latency {
    buckets: Vec<Counter>,
    count: Counter,
    sum: Gauge,
}

impl Counters {
    /// In the order of their numbers.
    pub(crate) const TRANSPORTS: [(Transport, &'static str); 3] =
        [(Transport::Udp, "udp"), (Transport::Tcp, "tcp"), (Transport::Tls, "tls")];

    pub(crate) fn new() -> Self {
        let counters = Self::TRANSPORTS.into_iter().flat_map(|(transport, transport_label)| {
            Outcome::ALL.into_iter().map(move |(outcome, outcome_label)| {
                let counter =
                    counter!("dime_dns_responses_total", "transport" => transport_label, "outcome" => outcome_label);
                (transport, outcome, counter)
            })
        });
        Counters {
            responses: counters.collect(),
            truncated: counter!("dime_dns_truncated_total"),
            limited: counter!("dime_dns_rate_limited_total"),
            unsent: counter!("dime_dns_unsent_total"),
            latency: Self::TRANSPORTS.map(|(_, transport)| Latency::new(transport)).into(),
            zones: Mutex::default(),
        }
    }

    /// The counters of a zone.
    pub(crate) fn of_zone(&self, zone: ZoneCut) -> Arc<OfZone> {
        let mut zones = self.zones.lock();
        if let Some(known) = zones.get(&zone) {
            return Arc::clone(known);
        }
        let name = if zones.len() < MOST_ZONES { zone.name() } else { "other".to_owned() };
        let counters = Outcome::ALL.map(|(_, outcome)| {
            counter!("dime_dns_zone_responses_total", "zone" => name.clone(), "outcome" => outcome)
        });
        let counters = Arc::new(counters);
        if zones.len() < MOST_ZONES {
            zones.insert(zone, Arc::clone(&counters));
        }
        counters
    }

    /// Adds so many responses by transport and outcome, in the order of their numbers.
    pub(crate) fn add_responses(&self, responses: &mut [[u64; Outcome::COUNT]; Self::TRANSPORTS.len()]) {
        for ((_, _, counter), count) in self.responses.iter().zip(responses.iter_mut().flatten()) {
            add(counter, count);
        }
    }

    /// Adds to what has no labels.
    pub(crate) fn add_others(&self, truncated: &mut u64, limited: &mut u64, unsent: &mut u64) {
        add(&self.truncated, truncated);
        add(&self.limited, limited);
        add(&self.unsent, unsent);
    }

    /// The histogram of a transport.
    pub(crate) fn latency(&self, transport: Transport) -> Option<&Latency> {
        self.latency.get(transport as usize)
    }

    pub(crate) fn answered(&self, transport: Transport, outcome: Outcome) {
        if let Some((_, _, counter)) =
            self.responses.iter().find(|(t, o, _)| *t == transport && *o == outcome)
        {
            counter.increment(1);
        }
    }

    pub(crate) fn truncated(&self) {
        self.truncated.increment(1);
    }

    pub(crate) fn unsent(&self) {
        self.unsent.increment(1);
    }
}

impl Latency {
    fn new(transport: &'static str) -> Self {
        let bucket =
            |le: String| counter!("dime_dns_response_seconds_bucket", "transport" => transport, "le" => le);
        let bounds = BOUNDS.iter().map(|micros| format!("{}", *micros as f64 / 1e6));
        Latency {
            buckets: bounds.chain(["+Inf".to_owned()]).map(bucket).collect(),
            count: counter!("dime_dns_response_seconds_count", "transport" => transport),
            sum: gauge!("dime_dns_response_seconds_sum", "transport" => transport),
        }
    }

    /// Adds what fell into each bucket, and how long all of it took.
    pub(crate) fn add(&self, buckets: &[u64; BUCKETS], seconds: f64) {
        let mut up_to = 0;
        for (counter, count) in self.buckets.iter().zip(buckets) {
            up_to += count;
            if up_to > 0 {
                counter.increment(up_to);
            }
        }
        self.count.increment(up_to);
        self.sum.increment(seconds);
    }
}

/// Adds a number to a counter and forgets it.
pub(crate) fn add(counter: &Counter, count: &mut u64) {
    if *count > 0 {
        counter.increment(core::mem::take(count));
    }
}
