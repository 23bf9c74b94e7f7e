//! The answer (RFC 1035 §4.1), with the RDATA octets left as they came.
//!
//! | octets | field | here |
//! |---|---|---|
//! | 12 | header | identifier, QR, AA, RCODE and the four counts |
//! | – | question | must be the one asked |
//! | – | answer | the records of the type asked, at the name asked |
//! | – | authority | SOA: "no such data"; NS alone: a referral |
//! | – | additional | of a referral: the addresses of the name servers |

use std::net::{IpAddr, SocketAddr};

use hickory_proto::op::{Header, MessageType, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RecordType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use super::DnsError;
use super::nsec::Nsec;
use super::query::{Question, Wanted};

/// What a name holds, for one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The RDATA of each record, in the order of the answer; at least one.
    Records(Vec<Vec<u8>>),
    /// The name exists (it may be an empty non-terminal) and has no record of this type.
    NoData,
    /// The name does not exist.
    NxDomain,
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// An answer.
    Answer(Answer),
    /// Nothing there, and the NSEC records that say so.
    Nothing(Vec<Nsec>),
    /// Somebody else holds the name.
    Referral(Referral),
}

/// A delegation as the server above it tells it (RFC 1034, section 4.3.2, step 3b).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Referral {
    /// The zone that holds the name.
    pub(super) zone: Name,
    /// Its name servers.
    pub(super) servers: Vec<Name>,
    /// The addresses that came along, each with the name it is for.
    pub(super) glue: Vec<(Name, IpAddr)>,
}

/// A record whose RDATA is left alone.
struct RawRecord {
    name: Name,
    record_type: RecordType,
    class: DNSClass,
    rdata: Vec<u8>,
}

/// Read the answer to `question`, sent with the identifier `id`.
pub(super) fn decode(
    octets: &[u8],
    id: u16,
    question: &Question,
    server: SocketAddr,
) -> Result<Reply, DnsError> {
    let malformed = |what: &str| DnsError::Malformed { server, what: what.to_owned() };
    let mut decoder = BinDecoder::new(octets);
    let header = Header::read(&mut decoder).map_err(|error| malformed(&format!("header: {error}")))?;
    if header.metadata.id != id || header.metadata.message_type != MessageType::Response {
        return Err(malformed("it is not a response to this question"));
    }
    check_question(&mut decoder, &header, question).map_err(malformed)?;
    let name = question.name.to_string();
    match header.metadata.response_code {
        ResponseCode::NoError => {}
        ResponseCode::NXDomain if question.wanted == Wanted::Records => {
            return Ok(Reply::Answer(Answer::NxDomain));
        }
        ResponseCode::NXDomain => {}
        other => return Err(DnsError::Rcode { server, rcode: format!("{other:?}"), name }),
    }
    let mut rdata = Vec::new();
    for _ in 0..header.counts.answers {
        let record = raw_record(&mut decoder).map_err(|what| malformed(&format!("answer: {what}")))?;
        if record.class == DNSClass::IN
            && record.record_type == question.record_type
            && record.name == question.name
        {
            rdata.push(record.rdata);
        }
    }
    if !rdata.is_empty() {
        return Ok(Reply::Answer(Answer::Records(rdata)));
    }
    if question.wanted == Wanted::Proof && header.metadata.authoritative {
        return proof(&mut decoder, &header).map(Reply::Nothing).map_err(malformed_text(server));
    }
    let mut referral: Option<Referral> = None;
    for _ in 0..header.counts.authorities {
        let (record, rdata) =
            placed_record(&mut decoder).map_err(|what| malformed(&format!("authority: {what}")))?;
        match record.record_type {
            RecordType::SOA => return Ok(Reply::Answer(Answer::NoData)),
            RecordType::NS => {
                let mut rdata = decoder.clone(rdata);
                let target =
                    Name::read(&mut rdata).map_err(|error| malformed(&format!("name server: {error}")))?;
                let zone = record.name;
                let referral =
                    referral.get_or_insert(Referral { zone, servers: Vec::new(), glue: Vec::new() });
                referral.servers.push(target);
            }
            _ => {}
        }
    }
    match referral {
        Some(mut referral) if !header.metadata.authoritative => {
            for _ in 0..header.counts.additionals {
                let record =
                    raw_record(&mut decoder).map_err(|what| malformed(&format!("additional: {what}")))?;
                referral.glue.extend(address(&record).map(|address| (record.name, address)));
            }
            Ok(Reply::Referral(referral))
        }
        _ => Ok(Reply::Answer(Answer::NoData)),
    }
}

fn malformed_text(server: SocketAddr) -> impl Fn(String) -> DnsError {
    move |what| DnsError::Malformed { server, what }
}

/// The NSEC records in the authority section.
fn proof(decoder: &mut BinDecoder<'_>, header: &Header) -> Result<Vec<Nsec>, String> {
    let mut found = Vec::new();
    for _ in 0..header.counts.authorities {
        let record = raw_record(decoder).map_err(|what| format!("authority: {what}"))?;
        if record.class == DNSClass::IN && record.record_type == RecordType::NSEC {
            found.push(Nsec::decode(record.name, &record.rdata)?);
        }
    }
    Ok(found)
}

/// The address in an A or AAAA record.
fn address(record: &RawRecord) -> Option<IpAddr> {
    match record.record_type {
        RecordType::A => <[u8; 4]>::try_from(record.rdata.as_slice()).ok().map(IpAddr::from),
        RecordType::AAAA => <[u8; 16]>::try_from(record.rdata.as_slice()).ok().map(IpAddr::from),
        _ => None,
    }
}

/// The question in the answer must be ours (RFC 5452 §4.2).
fn check_question(
    decoder: &mut BinDecoder<'_>,
    header: &Header,
    question: &Question,
) -> Result<(), &'static str> {
    if header.counts.queries != 1 {
        return Err("it does not repeat the question");
    }
    let query = Query::read(decoder).map_err(|_| "its question cannot be read")?;
    if query.name() != &question.name || query.query_type() != question.record_type {
        return Err("it answers another question");
    }
    Ok(())
}

fn raw_record(decoder: &mut BinDecoder<'_>) -> Result<RawRecord, String> {
    placed_record(decoder).map(|(record, _)| record)
}

/// A record, and where its RDATA begins: names in it may point into the rest of the message.
fn placed_record(decoder: &mut BinDecoder<'_>) -> Result<(RawRecord, u16), String> {
    let read = |error: hickory_proto::serialize::binary::DecodeError| error.to_string();
    let name = Name::read(decoder).map_err(read)?;
    let record_type = RecordType::read(decoder).map_err(read)?;
    // The class of an OPT record is a payload size; it never stands in the sections read here.
    let class = decoder.read_u16().map_err(read)?.unverified();
    let _ttl = decoder.read_u32().map_err(read)?.unverified();
    let length = decoder.read_u16().map_err(read)?.unverified();
    let begins = u16::try_from(decoder.index()).map_err(|_| "longer than a message can be".to_owned())?;
    let rdata = decoder.read_vec(usize::from(length)).map_err(read)?.unverified();
    Ok((RawRecord { name, record_type, class: DNSClass::from(class), rdata }, begins))
}
