//! The response to a request, short of its octets (RFC 1035, section 4.1; EDNS of RFC 6891; truncation of RFC 2181, section 9).
//!
//! | request | response |
//! |---|---|
//! | opcode other than QUERY | NOTIMP |
//! | EDNS version above 0 | BADVERS |
//! | not exactly one question | FORMERR |
//! | anything else | what the lookup says |
//!
//! RD and CD are copied, RA and AD are never set (we verify nothing), AA as the lookup says. A request with EDNS gets a response with
//! EDNS; one with the DO bit gets signatures and proofs (RFC 4035, section 3.1). What would not fit into a datagram is left out
//! altogether and TC set: a part of an RRset is of no use to anybody.

use crate::{Transport, counters::Outcome};
use dime_zone::{Answer, Class, Name, Question, Rcode, RecordType, Zones};
use hickory_proto::{
    op::{Edns, LowerQuery, Metadata, OpCode, ResponseCode},
    rr::{self, RData, Record, rdata::NULL},
};

/// The largest datagram sent or asked for: it passes unfragmented on practically every path (DNS flag day 2020).
pub(crate) const MAX_PAYLOAD: u16 = 1232;
/// The largest datagram for who does not speak EDNS (RFC 1035, section 4.2.1).
const PLAIN_PAYLOAD: u16 = 512;

/// Octets of a header, of type, class, TTL and length of a record, of an OPT record without options, of a compression pointer.
const HEADER: usize = 12;
const RECORD_FIXED: usize = 10;
const OPT: usize = 11;
const POINTER: usize = 2;
/// Octets of type and class after a question's name.
const QUESTION_FIXED: usize = 4;

/// A request, as far as it matters.
pub(crate) struct Asked<'a> {
    pub(crate) metadata: &'a Metadata,
    pub(crate) queries: &'a [LowerQuery],
    pub(crate) edns: Option<&'a Edns>,
    pub(crate) transport: Transport,
}

/// A response, as far as it differs from an empty one.
pub(crate) struct Reply {
    pub(crate) metadata: Metadata,
    pub(crate) answers: Vec<Record>,
    pub(crate) authority: Vec<Record>,
    pub(crate) additional: Vec<Record>,
    pub(crate) edns: Option<Edns>,
    pub(crate) outcome: Outcome,
}

/// Answers a request from the zones.
pub(crate) fn reply(asked: &Asked<'_>, zones: &Zones) -> Reply {
    let mut reply = Reply {
        metadata: Metadata::response_from_request(asked.metadata),
        answers: Vec::new(),
        authority: Vec::new(),
        additional: Vec::new(),
        edns: asked.edns.map(response_edns),
        outcome: Outcome::Answer,
    };
    if asked.metadata.op_code != OpCode::Query {
        reply.fail(ResponseCode::NotImp, Outcome::NotImp);
        return reply;
    }
    if asked.edns.is_some_and(|edns| edns.version() > 0) {
        reply.fail(ResponseCode::BADVERS, Outcome::BadVers);
        return reply;
    }
    let query = match asked.queries {
        [query] => query.original(),
        _ => {
            reply.fail(ResponseCode::FormErr, Outcome::FormErr);
            return reply;
        }
    };
    let Ok(name) = Name::from_labels(query.name().iter()) else {
        reply.fail(ResponseCode::FormErr, Outcome::FormErr);
        return reply;
    };
    let question = Question {
        name: &name,
        record_type: RecordType(query.query_type().into()),
        class: Class(query.query_class().into()),
    };
    let verifies = asked.edns.is_some_and(|edns| edns.flags().dnssec_ok);
    let answer = if verifies { zones.lookup_signed(question) } else { zones.lookup(question) };
    reply.metadata.authoritative = answer.authoritative;
    (reply.metadata.response_code, reply.outcome) = match answer.rcode {
        Rcode::NoError if !answer.answers.is_empty() => (ResponseCode::NoError, Outcome::Answer),
        Rcode::NoError if answer.authoritative => (ResponseCode::NoError, Outcome::NoData),
        Rcode::NoError => (ResponseCode::NoError, Outcome::Referral),
        Rcode::NxDomain => (ResponseCode::NXDomain, Outcome::NxDomain),
        Rcode::ServFail => (ResponseCode::ServFail, Outcome::ServFail),
        Rcode::Refused => (ResponseCode::Refused, Outcome::Refused),
    };
    reply.fill(answer, &name, query.name(), asked);
    reply
}

fn response_edns(request: &Edns) -> Edns {
    let mut edns = Edns::new();
    edns.set_version(0);
    // What we take, whatever the asker takes (RFC 6891, section 6.2.4).
    edns.set_max_payload(MAX_PAYLOAD);
    // RFC 3225, section 3: the bit is copied, also where nothing is signed.
    edns.set_dnssec_ok(request.flags().dnssec_ok);
    edns
}

impl Reply {
    fn fail(&mut self, code: ResponseCode, outcome: Outcome) {
        self.metadata.response_code = code;
        self.outcome = outcome;
    }

    /// Takes the records over as far as there is room.
    fn fill(&mut self, answer: Answer, name: &Name, query_name: &rr::Name, asked: &Asked<'_>) {
        let room = usize::from(match (asked.transport, asked.edns) {
            (Transport::Tcp, _) => u16::MAX,
            (Transport::Udp, Some(edns)) => edns.max_payload().clamp(PLAIN_PAYLOAD, MAX_PAYLOAD),
            (Transport::Udp, None) => PLAIN_PAYLOAD,
        });
        let fixed = HEADER + name.wire().len() + QUESTION_FIXED + if self.edns.is_some() { OPT } else { 0 };
        let needed = fixed + size(&answer.answers) + size(&answer.authority);
        // Addresses beside an answer are a courtesy; in a referral they are the way to the servers (RFC 9471).
        let courtesy = !answer.answers.is_empty();
        let whole = needed + size(&answer.additional);
        if needed > room || !courtesy && whole > room {
            self.metadata.truncation = true;
            return;
        }
        let records = |records: Vec<dime_zone::Record>| {
            records.into_iter().filter_map(|record| to_wire(record, name, query_name)).collect()
        };
        self.answers = records(answer.answers);
        self.authority = records(answer.authority);
        if whole <= room {
            self.additional = records(answer.additional);
        }
    }
}

/// Octets the records take at most: an owner is written out once and pointed to while the next records have the same.
fn size(records: &[dime_zone::Record]) -> usize {
    let mut last: Option<&Name> = None;
    let mut size = 0;
    for record in records {
        let owner = if last == Some(&record.owner) { POINTER } else { record.owner.wire().len() };
        last = Some(&record.owner);
        size += owner + RECORD_FIXED + record.rdata.len();
    }
    size
}

fn to_wire(record: dime_zone::Record, name: &Name, query_name: &rr::Name) -> Option<Record> {
    let owner = if record.owner == *name {
        query_name.clone()
    } else {
        rr::Name::from_labels(record.owner.labels()).ok()?
    };
    let rdata = RData::Unknown { code: record.record_type.0.into(), rdata: NULL::with(record.rdata) };
    Some(Record::from_rdata(owner, record.ttl, rdata))
}
