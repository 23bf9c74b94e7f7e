//! What was answered, counted by transport and outcome.

use crate::Transport;
use metrics::{Counter, counter};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    const ALL: [(Outcome, &'static str); 9] = [
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
    unsent: Counter,
}

impl Counters {
    pub(crate) fn new() -> Self {
        let transports = [(Transport::Udp, "udp"), (Transport::Tcp, "tcp")];
        let counters = transports.into_iter().flat_map(|(transport, transport_label)| {
            Outcome::ALL.into_iter().map(move |(outcome, outcome_label)| {
                let counter =
                    counter!("dime_dns_responses_total", "transport" => transport_label, "outcome" => outcome_label);
                (transport, outcome, counter)
            })
        });
        Counters {
            responses: counters.collect(),
            truncated: counter!("dime_dns_truncated_total"),
            unsent: counter!("dime_dns_unsent_total"),
        }
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
