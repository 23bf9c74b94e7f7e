//! The response to any request that hickory can read, made with hickory-proto's message and written by it (RFC 1035, section 4.1; EDNS of
//! RFC 6891; truncation of RFC 2181, section 9).
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
//!
//! `respond` gives the same octets for what it answers.

use crate::{
    CookieCheck, Transport,
    answering::{Answering, MAX_PAYLOAD, payload_limit},
    counters::Outcome,
    ede::{EDE_OPTION, Ede},
    opt::unpadded,
    query::{CO, option},
    respond::{Moment, Peer},
};
use dime_zone::{Answer, Class, Name, Question, Rcode, RecordType, View, dnssec::Asker};
use hickory_proto::{
    op::{Edns, Message, MessageType, Metadata, OpCode, ResponseCode},
    rr::{
        self, RData, Record,
        rdata::{
            NULL,
            opt::{EdnsCode, EdnsOption},
        },
    },
    serialize::binary::{BinDecoder, Restrict},
};
use hickory_server::server::Request;

/// What an answer is made from, beside the request.
pub(crate) struct Asked<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) answering: &'a Answering,
    pub(crate) peer: Peer,
    pub(crate) moment: Moment,
}

/// A response.
pub(crate) struct Reply {
    pub(crate) octets: Vec<u8>,
    pub(crate) outcome: Outcome,
    pub(crate) is_truncated: bool,
    /// Whether the asker has shown that the address is theirs.
    pub(crate) is_proven: bool,
}

/// Answers a request.
pub(crate) fn reply(request: &Request, asked: &Asked<'_>) -> Reply {
    let metadata = Metadata::response_from_request(&request.metadata);
    let mut message = Message::new(metadata.id, MessageType::Response, metadata.op_code);
    message.metadata = metadata;
    message.queries = request.queries.queries().iter().map(|query| query.original().clone()).collect();
    let edns = request.edns.as_ref();
    let cookie = edns.and_then(|edns| asked.cookie(edns));
    let is_proven =
        asked.peer.transport != Transport::Udp || matches!(cookie, Some(CookieCheck::Valid { .. }));
    let outcome = if metadata.op_code != OpCode::Query {
        message.metadata.response_code = ResponseCode::NotImp;
        Outcome::NotImp
    } else if edns.is_some_and(|edns| edns.version() > 0) {
        message.metadata.response_code = ResponseCode::BADVERS;
        Outcome::BadVers
    } else {
        let asker = if is_proven { Asker::Proven } else { Asker::Unproven };
        let is_malformed = cookie == Some(CookieCheck::Malformed);
        let answered = if is_malformed { None } else { answer(&mut message, edns, asker, asked.view) };
        answered.unwrap_or_else(|| {
            message.metadata.response_code = ResponseCode::FormErr;
            Outcome::FormErr
        })
    };
    let asked_for =
        message.queries.first().map_or(RecordType::ANY, |query| RecordType(query.query_type().into()));
    message.edns = edns.map(|edns| asked.edns(edns, cookie, (outcome, asked_for)));
    let limit = usize::from(payload_limit(asked.peer.transport, edns.map(Edns::max_payload)));
    let octets = fitting(&mut message, limit, edns, asked.peer.transport);
    Reply { octets, outcome, is_truncated: message.metadata.truncation, is_proven }
}

/// Puts the answer to the question into the message; `None` where there is not one question that could have an answer.
fn answer(message: &mut Message, edns: Option<&Edns>, asker: Asker, view: &View<'_>) -> Option<Outcome> {
    let [query] = message.queries.as_slice() else { return None };
    let asked = query.name().clone();
    let name = Name::from_labels(asked.iter()).ok()?;
    let record_type = RecordType(query.query_type().into());
    if record_type == RecordType::NXNAME {
        return None;
    }
    let question = Question { name: &name, record_type, class: Class(query.query_class().into()) };
    let verifies = edns.filter(|edns| edns.flags().dnssec_ok).map(|_| asker);
    let answer = view.answer(question, verifies);
    let wants_nxdomain = answer.nxname && edns.is_some_and(|edns| edns.flags().z & CO != 0);
    let (code, outcome) = match answer.rcode {
        Rcode::NoError if !answer.answers.is_empty() => (ResponseCode::NoError, Outcome::Answer),
        Rcode::NoError if wants_nxdomain => (ResponseCode::NXDomain, Outcome::NxDomain),
        Rcode::NoError if answer.authoritative => (ResponseCode::NoError, Outcome::NoData),
        Rcode::NoError => (ResponseCode::NoError, Outcome::Referral),
        Rcode::NxDomain => (ResponseCode::NXDomain, Outcome::NxDomain),
        Rcode::ServFail => (ResponseCode::ServFail, Outcome::ServFail),
        Rcode::Refused => (ResponseCode::Refused, Outcome::Refused),
    };
    message.metadata.response_code = code;
    message.metadata.authoritative = answer.authoritative;
    let Answer { answers, authority, additional, .. } = answer;
    let records = |records: Vec<dime_zone::Record>| {
        records.into_iter().filter_map(|record| to_hickory(record, &name, &asked)).collect()
    };
    message.answers = records(answers);
    message.authorities = records(authority);
    message.additionals = records(additional);
    Some(outcome)
}

impl Asked<'_> {
    fn cookie(&self, edns: &Edns) -> Option<CookieCheck> {
        match edns.option(EdnsCode::Cookie)? {
            EdnsOption::Unknown(_, option) => self.answering.check_cookie(option, self.peer, self.moment),
            _ => None,
        }
    }

    fn edns(
        &self,
        request: &Edns,
        cookie: Option<CookieCheck>,
        (outcome, asked_for): (Outcome, RecordType),
    ) -> Edns {
        let mut edns = Edns::new();
        // What we take, whatever the asker takes (RFC 6891, section 6.2.4).
        edns.set_max_payload(MAX_PAYLOAD);
        // RFC 3225, section 3: the bit is copied, also where nothing is signed.
        edns.set_dnssec_ok(request.flags().dnssec_ok);
        // So is CO beside it (RFC 9824, section 5.1).
        edns.flags_mut().z = if request.flags().dnssec_ok { request.flags().z & CO } else { 0 };
        if request.option(EdnsCode::NSID).is_some() && !self.answering.nsid.is_empty() {
            edns.options_mut().insert(EdnsOption::Unknown(option::NSID, self.answering.nsid.clone()));
        }
        if let Some(answer) = self.answering.answer_cookie(cookie, self.peer, self.moment) {
            edns.options_mut().insert(EdnsOption::Unknown(option::COOKIE, answer.to_vec()));
        }
        if let Some(Ede(code)) = Ede::of(outcome, asked_for) {
            edns.options_mut().insert(EdnsOption::Unknown(EDE_OPTION, code.to_be_bytes().to_vec()));
        }
        edns
    }
}

/// The octets of the message, without what would make it too large.
fn fitting(message: &mut Message, limit: usize, request: Option<&Edns>, transport: Transport) -> Vec<u8> {
    let whole = |message: &Message| {
        // Beyond 65,535 octets hickory leaves records out, and says so by TC.
        let is_whole =
            |octets: &Vec<u8>| octets.len() <= limit && octets.get(2).is_some_and(|flags| flags & 2 == 0);
        message.to_vec().ok().filter(is_whole)
    };
    let mut octets = whole(message);
    if octets.is_none() && !message.answers.is_empty() {
        // Addresses beside an answer are a courtesy; in a referral they are the way to the servers (RFC 9471).
        message.additionals.clear();
        octets = whole(message);
    }
    let octets = octets.unwrap_or_else(|| {
        message.metadata.truncation = true;
        message.answers.clear();
        message.authorities.clear();
        message.additionals.clear();
        message.to_vec().unwrap_or_default()
    });
    let is_padded = request.is_some_and(|edns| edns.option(EdnsCode::Padding).is_some());
    match (unpadded(octets.len()), &mut message.edns) {
        (Some(zeros), Some(edns)) if is_padded && transport == Transport::Tls => {
            edns.options_mut().insert(EdnsOption::Unknown(option::PADDING, vec![0; zeros]));
            message.to_vec().unwrap_or_default()
        }
        _ => octets,
    }
}

fn to_hickory(record: dime_zone::Record, name: &Name, asked: &rr::Name) -> Option<Record> {
    let owner = if record.owner == *name {
        asked.clone()
    } else {
        rr::Name::from_labels(record.owner.labels()).ok()?
    };
    let rdata = match record.record_type {
        // Names in the RDATA of these are compressed.
        RecordType::NS | RecordType::SOA => {
            let length = Restrict::new(u16::try_from(record.rdata.len()).ok()?);
            RData::read(&mut BinDecoder::new(&record.rdata), record.record_type.0.into(), length).ok()?
        }
        // hickory's other kinds of RDATA may not be empty.
        RecordType(code) if record.rdata.is_empty() => RData::Update0(code.into()),
        RecordType(code) => RData::Unknown { code: code.into(), rdata: NULL::with(record.rdata) },
    };
    Some(Record::from_rdata(owner, record.ttl, rdata))
}
