//! The everyday request, read without being copied: one question, and EDNS or not (RFC 1035, section 4.1; RFC 6891, section 6.1).
//!
//! What is anything else, or not clean to the last octet, is somebody else's to judge: see `unusual`.

use dime_zone::WireQuestion;

/// Octets of a header.
pub(crate) const HEADER: usize = 12;

/// Bits of the header's flags.
pub(crate) mod flag {
    pub(crate) const QR: u16 = 0x8000;
    pub(crate) const OPCODE: u16 = 0x7800;
    pub(crate) const AA: u16 = 0x0400;
    pub(crate) const TC: u16 = 0x0200;
    pub(crate) const RD: u16 = 0x0100;
    pub(crate) const CD: u16 = 0x0010;
}

/// What a request is.
#[derive(Debug)]
pub(crate) enum Request<'a> {
    /// Too short for a header, or a response: to be dropped. Answering responses makes two servers talk for ever.
    Nothing,
    /// Something to be looked at more closely.
    Unusual,
    /// A question.
    Query(Query<'a>),
}

/// An everyday question.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    /// The flags of its header.
    pub(crate) flags: u16,
    /// What is asked.
    pub(crate) question: WireQuestion<'a>,
    /// Its EDNS, if it has it.
    pub(crate) edns: Option<EdnsRequest<'a>>,
    /// Where the question ends in the message.
    pub(crate) end: usize,
}

/// What a request says by EDNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EdnsRequest<'a> {
    /// Octets of a datagram that the asker takes.
    pub(crate) payload: u16,
    /// The version.
    pub(crate) version: u8,
    /// DO and CO among them.
    pub(crate) flags: u16,
    /// The first cookie option.
    pub(crate) cookie: Option<&'a [u8]>,
    /// NSID is asked for (RFC 5001).
    pub(crate) nsid: bool,
    /// The idle time of the connection is asked for (RFC 7828).
    pub(crate) keepalive: bool,
    /// The request is padded (RFC 7830), so the response may be.
    pub(crate) padding: bool,
}

/// DNSSEC OK (RFC 3225).
pub(crate) const DO: u16 = 0x8000;
/// Compact answers OK (RFC 9824, section 5.1).
pub(crate) const CO: u16 = 0x4000;

/// Codes of options.
pub(crate) mod option {
    pub(crate) const NSID: u16 = 3;
    pub(crate) const COOKIE: u16 = 10;
    pub(crate) const KEEPALIVE: u16 = 11;
    pub(crate) const PADDING: u16 = 12;
}

const TYPE_OPT: u16 = 41;

/// Reads a request.
pub(crate) fn read(message: &[u8]) -> Request<'_> {
    let Some((header, _)) = message.split_first_chunk::<HEADER>() else { return Request::Nothing };
    let [_, _, f0, f1, counts @ ..] = *header;
    let flags = u16::from_be_bytes([f0, f1]);
    if flags & flag::QR != 0 {
        return Request::Nothing;
    }
    // One question, no answers, no authority, at most one more record.
    let ([0, 1, 0, 0, 0, 0, 0, additional @ 0..=1], 0) = (counts, flags & flag::OPCODE) else {
        return Request::Unusual;
    };
    query(message, flags, additional).map_or(Request::Unusual, Request::Query)
}

fn query(message: &[u8], flags: u16, additional: u8) -> Option<Query<'_>> {
    let (question, rest) = WireQuestion::read(message.get(HEADER..)?)?;
    let end = message.len() - rest.len();
    let edns = match (additional, rest) {
        (0, []) => None,
        (1, rest) => Some(edns(rest)?),
        _ => return None,
    };
    Some(Query { flags, question, edns, end })
}

/// An OPT record that the message ends with.
fn edns(record: &[u8]) -> Option<EdnsRequest<'_>> {
    let (fixed, mut options) = record.split_first_chunk::<11>()?;
    let [0, t0, t1, p0, p1, _, version, f0, f1, l0, l1] = *fixed else { return None };
    if u16::from_be_bytes([t0, t1]) != TYPE_OPT || usize::from(u16::from_be_bytes([l0, l1])) != options.len()
    {
        return None;
    }
    let mut edns = EdnsRequest {
        payload: u16::from_be_bytes([p0, p1]),
        version,
        flags: u16::from_be_bytes([f0, f1]),
        cookie: None,
        nsid: false,
        keepalive: false,
        padding: false,
    };
    while !options.is_empty() {
        let (&[c0, c1, l0, l1], rest) = options.split_first_chunk::<4>()?;
        let (value, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([l0, l1])))?;
        match u16::from_be_bytes([c0, c1]) {
            option::COOKIE => edns.cookie = edns.cookie.or(Some(value)),
            option::NSID => edns.nsid = true,
            option::KEEPALIVE => edns.keepalive = true,
            option::PADDING => edns.padding = true,
            _ => {}
        }
        options = rest;
    }
    Some(edns)
}
