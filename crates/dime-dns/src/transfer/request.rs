//! What a request for a transfer says, and responses that refuse it.

use super::pack::Packer;
use crate::{
    Transport,
    ede::Ede,
    tsig::{Chain, bare},
    walk::{self, AA, Asked, Head, Section},
};
use dime_zone::{Record, RecordType, Serial};
use drip_det::UnixTime;

const OPT: RecordType = RecordType(41);
/// The largest datagram taken or sent.
const PAYLOAD: u16 = 1232;
/// The largest datagram for who does not speak EDNS.
const PLAIN_PAYLOAD: u16 = 512;
const BADVERS: u16 = 16;

/// RCODEs (RFC 1035, section 4.1.1; RFC 2136, section 2.2).
pub(crate) const FORMERR: u8 = 1;
pub(crate) const REFUSED: u8 = 5;
pub(crate) const NOTAUTH: u8 = 9;

/// A request, as far as a transfer needs it.
pub(crate) struct Request<'a> {
    octets: &'a [u8],
    pub(crate) head: Head,
    pub(crate) asked: Asked,
    edns: Option<Edns>,
    /// The serial in the SOA of the authority section: what the asker has (RFC 1995, section 3).
    pub(crate) serial: Option<Serial>,
}

#[derive(Clone, Copy)]
struct Edns {
    payload: u16,
    version: u8,
    flags: u16,
}

impl<'a> Request<'a> {
    /// Reads a request that is not signed, or no longer; `None` of what is no request with one question.
    pub(crate) fn read(octets: &'a [u8]) -> Option<Self> {
        let head = Head::of(octets)?;
        let records = walk::records(octets)?;
        if head.counts.first() != Some(&1) {
            return None;
        }
        let edns = records.iter().find(|record| record.record_type == OPT).map(|opt| Edns {
            payload: opt.class,
            version: (opt.ttl >> 16) as u8,
            flags: opt.ttl as u16,
        });
        let soa = records
            .iter()
            .find(|record| (record.section, record.record_type) == (Section::Authority, RecordType::SOA));
        // Five numbers end the RDATA, the serial first; names, compressed or not, stand before.
        let serial = soa.and_then(|soa| {
            let (_, numbers) = soa.rdata.split_last_chunk::<20>()?;
            numbers.first_chunk().map(|serial| Serial(u32::from_be_bytes(*serial)))
        });
        Some(Request { octets, head, asked: walk::question(octets)?, edns, serial })
    }

    /// Whether it speaks a version of EDNS that we do not.
    pub(crate) fn is_of_later_edns(&self) -> bool {
        self.edns.is_some_and(|edns| edns.version > 0)
    }

    /// The largest datagram it takes.
    pub(crate) fn datagram(&self) -> usize {
        usize::from(self.edns.map_or(PLAIN_PAYLOAD, |edns| edns.payload.clamp(PLAIN_PAYLOAD, PAYLOAD)))
    }

    /// The largest response over a transport.
    pub(crate) fn limit(&self, transport: Transport) -> usize {
        if transport == Transport::Udp { self.datagram() } else { usize::from(u16::MAX) }
    }

    /// An answer with these records, or without any, the SOA for that.
    pub(crate) fn answer(&self, rcode: u8, answers: &[Record], soa: &Record) -> Vec<u8> {
        let head = self.head.response(rcode);
        let head = Head { flags: head.flags | AA, ..head };
        let mut packer = Packer::new(head, &self.asked.encode(), usize::from(u16::MAX));
        for record in answers {
            packer.push(record);
        }
        if answers.is_empty() {
            packer.push_authority(soa);
        }
        packer.finish(self.opt(u16::from(rcode), None).as_deref())
    }

    /// The OPT record of the response, where the request has one.
    pub(crate) fn opt(&self, code: u16, ede: Option<Ede>) -> Option<Vec<u8>> {
        let edns = self.edns?;
        let mut opt = vec![0];
        opt.extend_from_slice(&OPT.0.to_be_bytes());
        opt.extend_from_slice(&PAYLOAD.to_be_bytes());
        // The upper octet of the response code, version 0, and of the flags the DO bit.
        opt.extend_from_slice(&[(code >> 4) as u8, 0]);
        opt.extend_from_slice(&(edns.flags & 0x8000).to_be_bytes());
        let option = ede.map(Ede::option);
        let option = option.as_ref().map(<[u8; _]>::as_slice).unwrap_or_default();
        opt.extend_from_slice(&(option.len() as u16).to_be_bytes());
        opt.extend_from_slice(option);
        Some(opt)
    }

    /// The response that says what is wrong.
    pub(crate) fn fault(&self, rcode: u8, ede: Option<Ede>) -> Vec<u8> {
        self.with_opt(bare(self.octets, rcode), self.opt(u16::from(rcode), ede))
    }

    /// The response to a version of EDNS that we do not speak.
    pub(crate) fn later_edns(&self) -> Vec<u8> {
        self.with_opt(bare(self.octets, 0), self.opt(BADVERS, None))
    }

    fn with_opt(&self, mut response: Vec<u8>, opt: Option<Vec<u8>>) -> Vec<u8> {
        if let (Some(opt), Some(mut head)) = (opt, Head::of(&response)) {
            let [.., additional] = &mut head.counts;
            *additional = 1;
            head.put(&mut response);
            response.extend_from_slice(&opt);
        }
        response
    }
}

/// Signs one response, where the request was signed.
pub(crate) fn sign(mut response: Vec<u8>, chain: Option<Chain>, now: UnixTime) -> Vec<u8> {
    if let Some(mut chain) = chain {
        chain.sign(&mut response, now);
    }
    response
}
