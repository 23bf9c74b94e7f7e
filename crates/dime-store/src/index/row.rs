//! The values of the index.
//!
//! | kind | octets |
//! |---|---|
//! | a record | tag, pointer (segment 4, offset 8, length 4), number of the write in its entry 2, version 8, then what is looked at without reading the record |
//! | a holder | tag, identifier or DET |
//! | a listing | tag, state 1, kind 1, HID 4 |
//!
//! All numbers are big-endian. The index can be made anew at any time, so there are no old values to be read: whoever changes a
//! value or a table raises [`FORM_VERSION`].

use super::Value;
use super::key;
use crate::{Kind, Registration, RegistrationId, State, Subject, Table, TokenId, journal::Pointer};
use drip_det::{Det, Hid, UnixTime};

/// The version of tables and values.
pub(crate) const FORM_VERSION: &[u8] = b"3";

/// A value, but for where in the journal it points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Registration { place: Place, claim: Claim },
    Authority { place: Place },
    Token { place: Place, digest: [u8; 32] },
    Request { place: Place },
    Other { table: Table, place: Place },
    Holder(Subject),
    Listed(Listed),
}

/// A record's version, and which write of its entry put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) write: u16,
    pub(crate) version: u64,
}

/// What has to be known of a registration to take it out of the tables again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) det: Det,
    pub(crate) hi: [u8; 32],
    pub(crate) state: State,
    pub(crate) kind: Kind,
    pub(crate) not_after: UnixTime,
    pub(crate) operator: Option<Det>,
    pub(crate) unfinished: Unfinished,
}

/// Whether something is decided and not yet signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfinished {
    No,
    Yes,
}

/// What listings filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) state: State,
    pub(crate) kind: Kind,
    pub(crate) hid: Hid,
}

impl Claim {
    pub(crate) fn of(record: &Registration) -> Self {
        let unfinished = if record.state == State::Issuing
            || (record.state == State::Registered && record.renewal.is_some())
        {
            Unfinished::Yes
        } else {
            Unfinished::No
        };
        Claim {
            det: record.det,
            hi: *record.hi.as_bytes(),
            state: record.state,
            kind: record.kind,
            not_after: record.not_after,
            operator: record.operator,
            unfinished,
        }
    }

    pub(crate) fn listed(&self) -> Listed {
        Listed { state: self.state, kind: self.kind, hid: self.det.hid() }
    }
}

/// A number for a state, whose order nothing depends on.
pub(crate) const fn state_number(state: State) -> u8 {
    state as u8
}

fn state(number: u8) -> Option<State> {
    State::ALL.into_iter().find(|state| state_number(*state) == number)
}

fn kind(number: u8) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| *kind as u8 == number)
}

impl Row {
    /// The value that points there.
    pub(crate) fn encode(&self, pointer: Pointer) -> Value {
        let mut out = Vec::with_capacity(112);
        match self {
            Row::Registration { place, claim } => {
                encode_place(&mut out, b'r', pointer, place);
                out.extend_from_slice(&claim.det.to_bytes());
                out.extend_from_slice(&claim.hi);
                out.extend_from_slice(&[state_number(claim.state), claim.kind as u8, claim.unfinished as u8]);
                out.extend_from_slice(&claim.not_after.0.to_be_bytes());
                out.extend(claim.operator.iter().flat_map(|det| det.to_bytes()));
            }
            Row::Authority { place } => encode_place(&mut out, b'a', pointer, place),
            Row::Token { place, digest } => {
                encode_place(&mut out, b't', pointer, place);
                out.extend_from_slice(digest);
            }
            Row::Request { place } => encode_place(&mut out, b'q', pointer, place),
            Row::Other { table, place } => encode_place(&mut out, key::letter(*table), pointer, place),
            Row::Holder(subject) => encode_holder(&mut out, subject),
            Row::Listed(listed) => {
                out.extend_from_slice(&[b'l', state_number(listed.state), listed.kind as u8]);
                out.extend_from_slice(&listed.hid.raa.value().to_be_bytes());
                out.extend_from_slice(&listed.hid.hda.value().to_be_bytes());
            }
        }
        out
    }

    /// The row of a value; `None` when it is none.
    pub(crate) fn decode(value: &[u8]) -> Option<Self> {
        let (tag, rest) = value.split_first()?;
        Some(match tag {
            b'r' => {
                let (place, rest) = decode_place(rest)?;
                Row::Registration { place, claim: decode_claim(rest)? }
            }
            b'a' => Row::Authority { place: decode_place(rest)?.0 },
            b't' => {
                let (place, rest) = decode_place(rest)?;
                Row::Token { place, digest: rest.try_into().ok()? }
            }
            b'q' => Row::Request { place: decode_place(rest)?.0 },
            b'l' => Row::Listed(decode_listed(rest)?),
            b'p' | b'z' | b'c' | b'j' | b'x' => {
                Row::Other { table: table(*tag)?, place: decode_place(rest)?.0 }
            }
            _ => Row::Holder(decode_holder(*tag, rest)?),
        })
    }
}

fn table(letter: u8) -> Option<Table> {
    [Table::Prospects, Table::Delegations, Table::Ceremonies, Table::Jobs, Table::Documents]
        .into_iter()
        .find(|table| key::letter(*table) == letter)
}

fn encode_place(out: &mut Vec<u8>, tag: u8, pointer: Pointer, place: &Place) {
    out.push(tag);
    out.extend_from_slice(&pointer.segment.to_be_bytes());
    out.extend_from_slice(&pointer.offset.to_be_bytes());
    out.extend_from_slice(&pointer.length.to_be_bytes());
    out.extend_from_slice(&place.write.to_be_bytes());
    out.extend_from_slice(&place.version.to_be_bytes());
}

fn decode_place(rest: &[u8]) -> Option<(Place, &[u8])> {
    let (write, rest) = rest.get(16..)?.split_first_chunk()?;
    let (version, rest) = rest.split_first_chunk()?;
    Some((Place { write: u16::from_be_bytes(*write), version: u64::from_be_bytes(*version) }, rest))
}

/// Where a record's value points, and what it says is there.
pub(crate) fn pointer(value: &[u8]) -> Option<(Pointer, Place)> {
    let (segment, rest) = value.get(1..)?.split_first_chunk()?;
    let (offset, rest) = rest.split_first_chunk()?;
    let length = rest.first_chunk()?;
    let pointer = Pointer {
        segment: u32::from_be_bytes(*segment),
        offset: u64::from_be_bytes(*offset),
        length: u32::from_be_bytes(*length),
    };
    Some((pointer, decode_place(value.get(1..)?)?.0))
}

fn decode_claim(rest: &[u8]) -> Option<Claim> {
    let (det, rest) = rest.split_first_chunk()?;
    let (hi, rest) = rest.split_first_chunk()?;
    let ([state_octet, kind_octet, unfinished], rest) = rest.split_first_chunk()?;
    let (not_after, rest) = rest.split_first_chunk()?;
    let operator = match rest {
        [] => None,
        octets => Some(Det::from_bytes(octets.try_into().ok()?).ok()?),
    };
    Some(Claim {
        det: Det::from_bytes(*det).ok()?,
        hi: *hi,
        state: state(*state_octet)?,
        kind: kind(*kind_octet)?,
        not_after: UnixTime(u64::from_be_bytes(*not_after)),
        operator,
        unfinished: if *unfinished == Unfinished::Yes as u8 { Unfinished::Yes } else { Unfinished::No },
    })
}

fn decode_listed(rest: &[u8]) -> Option<Listed> {
    let ([state_octet, kind_octet, r0, r1, h0, h1], []) = rest.split_first_chunk()? else { return None };
    let hid = Hid::from_numbers(u16::from_be_bytes([*r0, *r1]), u16::from_be_bytes([*h0, *h1])).ok()?;
    Some(Listed { state: state(*state_octet)?, kind: kind(*kind_octet)?, hid })
}

fn encode_holder(out: &mut Vec<u8>, subject: &Subject) {
    match subject {
        Subject::Registration(id) => {
            out.push(b'R');
            out.extend_from_slice(id.0.as_bytes());
        }
        Subject::Authority(det) => {
            out.push(b'A');
            out.extend_from_slice(&det.to_bytes());
        }
        Subject::Token(id) => {
            out.push(b'T');
            out.extend_from_slice(id.0.as_bytes());
        }
        Subject::Request(digest) => {
            out.push(b'Q');
            out.extend_from_slice(digest);
        }
        Subject::Other(table, id) => {
            out.extend_from_slice(&[b'O', key::letter(*table)]);
            out.extend_from_slice(id.as_bytes());
        }
    }
}

fn decode_holder(tag: u8, rest: &[u8]) -> Option<Subject> {
    let text = || String::from_utf8(rest.to_vec()).ok();
    Some(match tag {
        b'R' => Subject::Registration(RegistrationId(text()?)),
        b'A' => Subject::Authority(Det::from_bytes(rest.try_into().ok()?).ok()?),
        b'T' => Subject::Token(TokenId(text()?)),
        b'Q' => Subject::Request(rest.try_into().ok()?),
        b'O' => {
            let (letter, id) = rest.split_first()?;
            Subject::Other(table(*letter)?, String::from_utf8(id.to_vec()).ok()?)
        }
        _ => return None,
    })
}
