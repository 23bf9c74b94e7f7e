//! Answers composed straight into a message: what is asked most, without a record, name or list being made on the way.
//!
//! | question | composed by |
//! |---|---|
//! | a record of a published DET | its template and block |
//! | another type there; a DET that is not published | the SOA |
//! | all else, and answers with signatures | the lookup's [`Answer`] |
//!
//! Names of owners are compressed (RFC 1035, section 4.1.4), those inside RDATA are not. Whatever way an answer takes, its octets are the
//! same.

mod compression;

use crate::{
    Answer, Class, Name, Position, Rcode, Record, RecordType, Rest,
    dnssec::Asker,
    template::DetRecord,
    zone::{Zone, copied::Origin},
};
pub use compression::Compression;

/// Where the question's name stands in a message: after the header.
const QUESTION: u16 = 12;

/// A question as it stands in a message.
#[derive(Clone, Copy, Debug)]
pub struct WireQuestion<'a> {
    /// The name: labels and the root's empty one, uncompressed, 255 octets at most.
    pub name: &'a [u8],
    /// The type asked for.
    pub record_type: RecordType,
    /// The class asked for.
    pub class: Class,
}

/// What was composed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The response code.
    pub rcode: Rcode,
    /// Whether the data is ours (AA).
    pub authoritative: bool,
    /// Whether the response code is NXDOMAIN for who sets the CO flag (RFC 9824, section 5.1).
    pub nxname: bool,
    /// Records of the answer section, the authority section and the additional section.
    pub counts: [u16; 3],
    /// Where the authority section ends in the message: what comes after is a courtesy if there is an answer.
    pub authority_end: usize,
}

impl WireQuestion<'_> {
    /// The name by itself.
    pub(crate) fn to_name(self) -> Option<Name> {
        Name::of_wire(self.name)
    }
}

impl Zone {
    /// The answer, if it is one of those that are composed without records.
    pub(crate) fn compose(
        &self,
        question: &WireQuestion<'_>,
        position: Position,
        verifies: Option<Asker>,
        out: &mut Vec<u8>,
        names: &mut Compression,
    ) -> Option<Composed> {
        let is_signed = self.signed.is_some();
        if self.origin == Origin::Expired
            || position.nibbles != 32
            || position.rest != Rest::Nothing
            || is_signed && verifies.is_some()
            || question.record_type == RecordType::ANY
            || self.cut_above(position).is_some()
        {
            return None;
        }
        match self.records(position.number) {
            Some(mut records) => {
                match records.find(|record| record.record.record_type == question.record_type.0) {
                    Some(record) => Some(of_det(&record, out)),
                    // Signed zones have records there that DETs have not.
                    None if is_signed => None,
                    None => Some(self.negative(Rcode::NoError, out, names)),
                }
            }
            // Below a name like a DET's there may be that of a name server.
            None if self.config.glue.iter().any(|host| host.name.wire().len() > question.name.len()) => None,
            None => Some(self.negative(Rcode::NxDomain, out, names)),
        }
    }

    /// No such name, or no such type at it.
    fn negative(&self, rcode: Rcode, out: &mut Vec<u8>, names: &mut Compression) -> Composed {
        names.write(self.name.wire(), out);
        put_fixed(out, RecordType::SOA, self.negative_ttl());
        let soa = &self.config.soa;
        let length = soa.mname.wire().len() + soa.rname.wire().len() + 20;
        put_length(out, length);
        out.extend_from_slice(soa.mname.wire());
        out.extend_from_slice(soa.rname.wire());
        for number in [self.serial().0, soa.refresh, soa.retry, soa.expire, soa.minimum] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        Composed { rcode, authoritative: true, nxname: false, counts: [0, 1, 0], authority_end: out.len() }
    }
}

/// One record of a DET that was asked for by its own name.
fn of_det(record: &DetRecord<'_>, out: &mut Vec<u8>) -> Composed {
    out.extend_from_slice(&(0xc000 | QUESTION).to_be_bytes());
    put_fixed(out, RecordType(record.record.record_type), record.ttl);
    let at = out.len();
    out.extend_from_slice(&[0; 2]);
    record.write(out);
    let length = out.len() - at - 2;
    if let Some(slot) = out.get_mut(at..at + 2) {
        slot.copy_from_slice(&(length as u16).to_be_bytes());
    }
    Composed {
        rcode: Rcode::NoError,
        authoritative: true,
        nxname: false,
        counts: [1, 0, 0],
        authority_end: out.len(),
    }
}

impl Composed {
    /// Writes an answer out.
    pub(crate) fn of_answer(answer: &Answer, out: &mut Vec<u8>, names: &mut Compression) -> Self {
        let mut put = |records: &[Record], out: &mut Vec<u8>| {
            for record in records {
                names.write(record.owner.wire(), out);
                put_fixed(out, record.record_type, record.ttl);
                put_length(out, record.rdata.len());
                out.extend_from_slice(&record.rdata);
            }
            records.len() as u16
        };
        let answers = put(&answer.answers, out);
        let authority = put(&answer.authority, out);
        let authority_end = out.len();
        let additional = put(&answer.additional, out);
        Composed {
            rcode: answer.rcode,
            authoritative: answer.authoritative,
            nxname: answer.nxname,
            counts: [answers, authority, additional],
            authority_end,
        }
    }
}

/// Type, class IN and TTL.
fn put_fixed(out: &mut Vec<u8>, record_type: RecordType, ttl: u32) {
    let [t0, t1] = record_type.0.to_be_bytes();
    let [c0, c1] = Class::IN.0.to_be_bytes();
    let [l0, l1, l2, l3] = ttl.to_be_bytes();
    out.extend_from_slice(&[t0, t1, c0, c1, l0, l1, l2, l3]);
}

/// The length of RDATA, which has 65,535 octets at most.
fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&(length as u16).to_be_bytes());
}
