//! Answers composed straight into a message: what is asked most, without a record, name or list being made on the way.
//!
//! | question | composed by |
//! |---|---|
//! | of who does not verify, or in a zone that is not signed | `everyday`: templates and blocks, the zone's configuration |
//! | with signatures, for the records of the signing, of an expired zone | the lookup's [`Answer`] |
//!
//! Names are compressed (RFC 1035, section 4.1.4): of owners, and in the RDATA of those types of RFC 1035 that there are, NS and SOA, as
//! RFC 3597, section 4, allows. Whatever way an answer takes, its octets are the same.

mod compression;
mod everyday;

use crate::{
    Answer, Class, Name, Position, Rcode, Record, RecordType, name::NIBBLES_WIRE, position::det_number,
};
pub use compression::Compression;
use drip_det::ZoneCut;

/// A question as it stands in a message.
#[derive(Clone, Copy, Debug)]
pub struct WireQuestion<'a> {
    /// The name: labels and the root's empty one, uncompressed, 255 octets at most.
    pub name: &'a [u8],
    /// The type asked for.
    pub record_type: RecordType,
    /// The class asked for.
    pub class: Class,
    /// The number of the DET whose name it is, or would be.
    det: Option<u128>,
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
    /// The zone that answers; `None` where the question is of none.
    pub zone: Option<ZoneCut>,
}

impl<'a> WireQuestion<'a> {
    /// The question that a section begins with, and what follows it; `None` where there is none, or its name is compressed.
    pub fn read(section: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let det = section.first_chunk().and_then(det_number);
        let length = if det.is_some() { NIBBLES_WIRE } else { name_length(section)? };
        let (name, rest) = section.split_at_checked(length)?;
        let (fixed, rest) = rest.split_first_chunk::<4>()?;
        let [t0, t1, c0, c1] = *fixed;
        let record_type = RecordType(u16::from_be_bytes([t0, t1]));
        Some((WireQuestion { name, record_type, class: Class(u16::from_be_bytes([c0, c1])), det }, rest))
    }

    /// A question for a name that is well formed.
    pub fn new(name: &'a [u8], record_type: RecordType, class: Class) -> Self {
        WireQuestion { name, record_type, class, det: name.try_into().ok().and_then(det_number) }
    }

    /// The name by itself.
    pub(crate) fn to_name(self) -> Option<Name> {
        Name::of_wire(self.name)
    }

    /// Whether the name is just like a DET's.
    fn is_of_det(&self) -> bool {
        self.det.is_some()
    }

    /// Where the name lies; `None` where it is not under `ip6.arpa`.
    pub(crate) fn position(&self) -> Option<Position> {
        let prefix = || Position::of_prefix(self.name);
        self.det.map(Position::of_det).or_else(prefix).or_else(|| Position::of(&self.to_name()?))
    }
}

/// The octets of a name, if one begins here and ends without a pointer.
fn name_length(octets: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match octets.get(at)? {
            0 => return (at < 255).then_some(at + 1),
            length @ 1..=63 => at += usize::from(*length) + 1,
            _ => return None,
        }
    }
}

impl Composed {
    /// Writes an answer out.
    pub(crate) fn of_answer(answer: &Answer, out: &mut Vec<u8>, names: &mut Compression) -> Self {
        let mut put = |records: &[Record], out: &mut Vec<u8>| {
            for record in records {
                names.write(record.owner.wire(), out);
                put_fixed(out, record.record_type, record.ttl);
                let at = out.len();
                out.extend_from_slice(&[0; 2]);
                put_rdata(record, out, names);
                put_length_behind(out, at);
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
            zone: None,
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

/// The RDATA, names in it compressed where the type is one of RFC 1035.
fn put_rdata(record: &Record, out: &mut Vec<u8>, names: &mut Compression) {
    let count = match record.record_type {
        RecordType::NS => 1,
        RecordType::SOA => 2,
        _ => 0,
    };
    let mut rest = record.rdata.as_slice();
    for _ in 0..count {
        let mut end = 0;
        while let Some(&length) = rest.get(end).filter(|length| **length > 0) {
            end += usize::from(length) + 1;
        }
        let Some((name, after)) = rest.split_at_checked(end + 1) else { break };
        names.write(name, out);
        rest = after;
    }
    out.extend_from_slice(rest);
}

/// Puts the number of octets that have been written since into the two at a place before them.
fn put_length_behind(out: &mut [u8], at: usize) {
    let length = out.len().saturating_sub(at + 2);
    if let Some(slot) = out.get_mut(at..at + 2) {
        slot.copy_from_slice(&(length as u16).to_be_bytes());
    }
}
