//! The response to an everyday request, composed in place: what every transport calls.
//!
//! | request | response |
//! |---|---|
//! | a response, or less than a header | none |
//! | one question, with or without EDNS | composed here |
//! | anything else | see `unusual` |
//!
//! | EDNS of the request | in the response |
//! |---|---|
//! | none | none; 512 octets at most over UDP |
//! | a version above 0 | BADVERS |
//! | any payload | 1232 as ours; theirs counts between 512 and that |
//! | DO, CO | DO copied; signatures and proofs, NXDOMAIN of compact denials |
//! | cookie | ours (RFC 9018); FORMERR for one of an impossible length |
//! | NSID | the configured identity (RFC 5001) |
//! | padding, over TLS | padded to a multiple of 468 octets (RFC 8467, section 4.1) |
//! | any, where the answer is REFUSED or SERVFAIL | why (RFC 8914) |
//!
//! No memory is asked for on the way: the response grows in a buffer that is used again, names are compressed in tables that are.

use crate::{
    CookieCheck, Decision, ResponseKind, Transport,
    answering::{Answering, payload_limit},
    counters::{Counters, Outcome},
    ede::Ede,
    opt::{OPT, pad, put_opt, put_option},
    query::{self, CO, DO, EdnsRequest, HEADER, Query, flag, option},
    tally::Tally,
};
use dime_zone::{Composed, Compression, Rcode, RecordType, View, dnssec::Asker};
use drip_det::{UnixTime, ZoneCut};
use std::{net::SocketAddr, sync::Arc};

/// A type that is in bitmaps only (RFC 9824, section 3.5).
const NXNAME: RecordType = RecordType(128);

/// Who asks, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address that the request came from.
    pub address: SocketAddr,
    /// The transport that it came by.
    pub transport: Transport,
}

/// What is to be done about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The response is to be sent.
    Send,
    /// There is none.
    Drop,
    /// It is none of the everyday requests.
    Unusual,
}

/// When a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time of day.
    pub now: UnixTime,
    /// Milliseconds of a clock that does not go back.
    pub milliseconds: u64,
}

/// Answers requests. Each thread has its own.
pub struct Responder {
    answering: Arc<Answering>,
    names: Compression,
    tally: Tally,
}

/// Who asked, what their cookie says, and when.
#[derive(Clone, Copy)]
struct Asked {
    peer: Peer,
    cookie: Option<CookieCheck>,
    /// Whether the address is theirs: shown by TCP or a cookie.
    is_proven: bool,
    moment: Moment,
}

/// What is known once a response is composed.
struct Ready {
    rcode: u16,
    outcome: Outcome,
    flags: u16,
    counts: [u16; 3],
    authority_end: usize,
    zone: Option<ZoneCut>,
}

impl Responder {
    /// Answers as `answering` says. What is counted goes to the counters of the process.
    pub fn new(answering: Arc<Answering>) -> Self {
        Self::counting(answering, Arc::new(Counters::new()))
    }

    /// The same, with counters at hand.
    pub(crate) fn counting(answering: Arc<Answering>, counters: Arc<Counters>) -> Self {
        Responder { answering, names: Compression::new(), tally: Tally::new(counters) }
    }

    /// What is counted.
    pub(crate) fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Answers otherwise from now on.
    pub fn change(&mut self, answering: Arc<Answering>) {
        self.answering = answering;
    }

    /// One request in, one response into `out`, which is cleared first.
    pub fn respond(
        &mut self,
        view: &View<'_>,
        request: &[u8],
        peer: Peer,
        moment: Moment,
        out: &mut Vec<u8>,
    ) -> Disposition {
        out.clear();
        let query = match query::read(request) {
            query::Request::Nothing => return Disposition::Drop,
            query::Request::Unusual => return Disposition::Unusual,
            query::Request::Query(query) => query,
        };
        if [RecordType::AXFR, RecordType::IXFR].contains(&query.question.record_type) {
            return Disposition::Unusual;
        }
        out.extend_from_slice(request.get(..query.end).unwrap_or_default());
        let option = query.edns.and_then(|edns| edns.cookie);
        let cookie = option.and_then(|option| self.answering.check_cookie(option, peer, moment));
        let is_proven = peer.transport != Transport::Udp || matches!(cookie, Some(CookieCheck::Valid { .. }));
        let asker = if is_proven { Asker::Proven } else { Asker::Unproven };
        let ready = if query.edns.is_some_and(|edns| edns.version > 0) {
            Ready::fault(BADVERS, Outcome::BadVers, out)
        } else if cookie == Some(CookieCheck::Malformed) || query.question.record_type == NXNAME {
            Ready::fault(FORMERR, Outcome::FormErr, out)
        } else {
            let verifies = query.edns.filter(|edns| edns.flags & DO != 0).map(|_| asker);
            let composed = view.compose(&query.question, verifies, out, &mut self.names);
            Ready::of(&composed, query.edns)
        };
        if ready.outcome == Outcome::Refused && self.answering.is_elsewhere(query.question.name) {
            return Disposition::Unusual;
        }
        self.finish(ready, &query, &Asked { peer, cookie, is_proven, moment }, out)
    }

    /// Adds what has been counted since to the counters that all share.
    pub fn flush(&mut self) {
        self.tally.flush();
    }

    /// Fills in the header, cuts what does not fit, and adds EDNS.
    fn finish(
        &mut self,
        mut ready: Ready,
        query: &Query<'_>,
        asked: &Asked,
        out: &mut Vec<u8>,
    ) -> Disposition {
        let Asked { peer, cookie, is_proven, moment } = *asked;
        let limit = usize::from(payload_limit(peer.transport, query.edns.map(|edns| edns.payload)));
        let answer = self.answering.answer_cookie(cookie, peer, moment);
        let nsid = query.edns.filter(|edns| edns.nsid).map_or(&[][..], |_| &self.answering.nsid);
        let ede = query.edns.and(Ede::of(ready.outcome, query.question.record_type));
        let head = if nsid.is_empty() { 0 } else { 4 + nsid.len() };
        let options = head + answer.map_or(0, |_| 28) + ede.map_or(0, |ede| ede.option().len());
        let room = query.edns.map_or(limit, |_| limit.saturating_sub(OPT + options));

        let cut = |ready: &mut Ready, out: &mut Vec<u8>| {
            ready.flags |= flag::TC;
            ready.counts = [0; 3];
            out.truncate(query.end);
        };
        let is_courtesy = ready.counts.first().is_some_and(|&answers| answers > 0);
        if out.len() > room && is_courtesy && ready.authority_end <= room {
            // Addresses beside an answer are a courtesy; in a referral they are the way to the servers (RFC 9471).
            out.truncate(ready.authority_end);
            let [_, _, additional] = &mut ready.counts;
            *additional = 0;
        } else if out.len() > room {
            cut(&mut ready, out);
        }
        if let (Transport::Udp, false, Some(limit)) = (peer.transport, is_proven, &self.answering.rate_limit)
        {
            match limit.decide(peer.address.ip(), ready.outcome.kind(), moment.milliseconds) {
                Decision::Send => {}
                Decision::Slip => cut(&mut ready, out),
                Decision::Drop => {
                    self.tally.limited();
                    return Disposition::Drop;
                }
            }
        }
        if let Some(edns) = query.edns {
            put_opt(out, &edns, ready.rcode, options);
            if !nsid.is_empty() {
                put_option(out, option::NSID, nsid);
            }
            if let Some(cookie) = answer {
                put_option(out, option::COOKIE, &cookie);
            }
            if let Some(ede) = ede {
                out.extend_from_slice(&ede.option());
            }
            if edns.padding && peer.transport == Transport::Tls {
                pad(out, options);
            }
        }
        ready.put_header(out, query);
        self.tally.answered(peer.transport, ready.outcome, ready.zone);
        if ready.flags & flag::TC != 0 {
            self.tally.truncated();
        }
        Disposition::Send
    }
}

const FORMERR: u16 = 1;
const BADVERS: u16 = 16;

impl Ready {
    fn fault(rcode: u16, outcome: Outcome, out: &[u8]) -> Self {
        Ready { rcode, outcome, flags: 0, counts: [0; 3], authority_end: out.len(), zone: None }
    }

    fn of(composed: &Composed, edns: Option<EdnsRequest<'_>>) -> Self {
        let has_answers = composed.counts.first().is_some_and(|&answers| answers > 0);
        let wants_nxdomain = composed.nxname && edns.is_some_and(|edns| edns.flags & CO != 0);
        let (rcode, outcome) = match composed.rcode {
            Rcode::NoError if has_answers => (0, Outcome::Answer),
            Rcode::NoError if wants_nxdomain => (3, Outcome::NxDomain),
            Rcode::NoError if composed.authoritative => (0, Outcome::NoData),
            Rcode::NoError => (0, Outcome::Referral),
            Rcode::ServFail => (2, Outcome::ServFail),
            Rcode::NxDomain => (3, Outcome::NxDomain),
            Rcode::Refused => (5, Outcome::Refused),
        };
        let flags = if composed.authoritative { flag::AA } else { 0 };
        let Composed { counts, authority_end, zone, .. } = *composed;
        Ready { rcode, outcome, flags, counts, authority_end, zone }
    }

    fn put_header(&self, out: &mut [u8], query: &Query<'_>) {
        let flags = flag::QR | self.flags | query.flags & (flag::RD | flag::CD) | self.rcode & 0xf;
        let [answers, authority, additional] = self.counts;
        let counts = [1, answers, authority, additional + u16::from(query.edns.is_some())];
        let words = core::iter::once(flags).chain(counts);
        // The ID stands there already.
        for (slot, word) in out.get_mut(2..HEADER).unwrap_or_default().chunks_exact_mut(2).zip(words) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
    }
}

impl Outcome {
    /// What it counts as where responses are limited.
    pub(crate) fn kind(self) -> ResponseKind {
        match self {
            Outcome::Answer | Outcome::NoData => ResponseKind::Answer,
            Outcome::NxDomain => ResponseKind::NxDomain,
            Outcome::Referral => ResponseKind::Referral,
            _ => ResponseKind::Error,
        }
    }
}
