//! The records of a response, names uncompressed.

use crate::walk::{self, Head, Section};
use dime_zone::{Class, Name, Record, RecordType};

const PTR: RecordType = RecordType(12);
/// Octets of a SOA after its two names.
const NUMBERS: usize = 20;

/// Why octets are not the response to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseFault {
    /// They are no message.
    #[error("the response cannot be read")]
    Malformed,
    /// They answer something else.
    #[error("the response is to another question")]
    Other,
    /// The server says an error.
    #[error("the server answers {0} (1 FORMERR, 2 SERVFAIL, 3 NXDOMAIN, 4 NOTIMP, 5 REFUSED, 9 NOTAUTH)")]
    Rcode(u8),
}

/// The question that a response must be to.
pub(super) struct Asked<'a> {
    pub(super) id: u16,
    pub(super) name: &'a Name,
    pub(super) record_type: RecordType,
}

/// The records in the answer section of a response. A later message of a transfer need not repeat the question (RFC 5936, section 2.2.1).
pub(super) fn answers(response: &[u8], asked: &Asked<'_>) -> Result<Vec<Record>, ResponseFault> {
    let head = Head::of(response).ok_or(ResponseFault::Malformed)?;
    if !head.is_response() || head.id != asked.id || head.opcode() != 0 {
        return Err(ResponseFault::Other);
    }
    if head.rcode() != 0 {
        return Err(ResponseFault::Rcode(head.rcode()));
    }
    match head.counts {
        [0, ..] => {}
        [1, ..] => {
            let said = walk::question(response).ok_or(ResponseFault::Malformed)?;
            let same = said.name.is_same(asked.name)
                && (said.record_type, said.class) == (asked.record_type, Class::IN);
            if !same {
                return Err(ResponseFault::Other);
            }
        }
        _ => return Err(ResponseFault::Malformed),
    }
    let placed = walk::records(response).ok_or(ResponseFault::Malformed)?;
    let answers = placed.iter().filter(|placed| placed.section == Section::Answer);
    answers.map(|placed| record(response, placed).ok_or(ResponseFault::Malformed)).collect()
}

fn record(message: &[u8], placed: &walk::Placed<'_>) -> Option<Record> {
    if placed.class != Class::IN.0 {
        return None;
    }
    let (owner, _) = walk::name_at(message, placed.at)?;
    let name = |at| walk::name_at(message, at).filter(|(_, end)| *end <= placed.end);
    let rdata = match placed.record_type {
        RecordType::NS | PTR => {
            let (name, end) = name(placed.rdata_at)?;
            (end == placed.end).then(|| name.wire().to_vec())?
        }
        RecordType::SOA => {
            let (mname, at) = name(placed.rdata_at)?;
            let (rname, at) = name(at)?;
            let numbers = message.get(at..placed.end)?;
            if numbers.len() != NUMBERS {
                return None;
            }
            [mname.wire(), rname.wire(), numbers].concat()
        }
        _ => placed.rdata.to_vec(),
    };
    Some(Record { owner, record_type: placed.record_type, ttl: placed.ttl, rdata })
}
