//! What is not the everyday: answered through hickory-server's reader of messages and hickory-proto's writer.
//!
//! | request | answered by |
//! |---|---|
//! | NOTIFY, where there is a secondary | `secondary` |
//! | signed by TSIG; AXFR, IXFR; about the catalogue | `primary` |
//! | unreadable | FORMERR, without a question |
//! | all else | `reply` |
//!
//! Over UDP these count against the same limits as everyday responses, but for what is signed.

use crate::{
    Decision, ResponseKind, Transport,
    counters::Outcome,
    primary::Taken,
    reply::{self, Reply, reply},
    respond::Peer,
    secondary::NOTIFY,
    shared::Shared,
    transfer::Outgoing,
    walk::{Head, TC},
};
use hickory_server::{net::xfer::Protocol, server::Request};

/// The responses to an unusual request.
pub(crate) enum Unusual {
    /// None.
    Nothing,
    /// One.
    One(Vec<u8>),
    /// Those of a transfer.
    Many(Box<dyn Iterator<Item = Vec<u8>> + Send>),
}

/// Answers a request that is none of the everyday ones.
pub(crate) async fn unusual(shared: &Shared, request: &[u8], peer: Peer) -> Unusual {
    let is_notify = Head::of(request).is_some_and(|head| head.opcode() == NOTIFY && !head.is_response());
    if let Some(secondary) = shared.secondary.get().filter(|_| is_notify) {
        let response = secondary.notified(request, peer.address.ip());
        return if response.is_empty() { Unusual::Nothing } else { Unusual::One(response) };
    }
    match shared.primary.take(request, peer.address.ip(), peer.transport) {
        Taken::Answered(Outgoing::One(response)) => Unusual::One(response),
        Taken::Answered(Outgoing::Many(stream)) => Unusual::Many(Box::new(stream)),
        Taken::Open { request, limit, chain } => {
            let Some(reply) = plain(shared, &request, peer) else { return Unusual::Nothing };
            let is_limited = peer.transport == Transport::Udp && !reply.is_proven && chain.is_none();
            let decision =
                if is_limited { decide(shared, reply.outcome.kind(), peer) } else { Decision::Send };
            match decision {
                Decision::Drop => Unusual::Nothing,
                Decision::Slip => Unusual::One(empty(&reply.octets)),
                Decision::Send => Unusual::One(shared.primary.sign(reply.octets, limit, chain)),
            }
        }
    }
}

/// Answers a request without its signature.
fn plain(shared: &Shared, request: &[u8], peer: Peer) -> Option<Reply> {
    let protocol = match peer.transport {
        Transport::Udp => Protocol::Udp,
        Transport::Tcp | Transport::Tls => Protocol::Tcp,
    };
    let reply = match Request::from_bytes(request.to_vec(), peer.address, protocol) {
        Ok(read) => {
            let (view, answering) = (shared.zones.view(), shared.answering());
            let asked = reply::Asked { view: &view, answering: &answering, peer, moment: shared.moment() };
            reply(&read, &asked)
        }
        Err(_) => Reply {
            octets: Head::of(request)?.response(FORMERR).encode().to_vec(),
            outcome: Outcome::FormErr,
            is_truncated: false,
            is_proven: peer.transport != Transport::Udp,
        },
    };
    shared.counters.answered(peer.transport, reply.outcome);
    if reply.is_truncated {
        shared.counters.truncated();
    }
    Some(reply)
}

const FORMERR: u8 = 1;

fn decide(shared: &Shared, kind: ResponseKind, peer: Peer) -> Decision {
    let answering = shared.answering();
    let limit = answering.rate_limit.as_ref();
    limit.map_or(Decision::Send, |limit| limit.decide(peer.address.ip(), kind, shared.moment().milliseconds))
}

/// The header of a response alone, with TC: ask again over TCP.
fn empty(response: &[u8]) -> Vec<u8> {
    let head = Head::of(response).map(|head| Head { flags: head.flags | TC, counts: [0; 4], ..head });
    head.map(|head| head.encode().to_vec()).unwrap_or_default()
}
