//! A primary says that something changed (RFC 1996): it is answered, and the zone looked after at once.
//!
//! | NOTIFY | answer |
//! |---|---|
//! | signed, and wrongly | as RFC 8945, section 5.2 |
//! | of a zone that is not followed | NOTAUTH |
//! | not from the address of a primary of the zone, or not signed with its key | REFUSED |
//! | otherwise | NOERROR |

use super::{
    config::Primary,
    follow::{Kind, Next, key},
    incoming::serial_of,
    run::Secondary,
};
use crate::{
    tsig::{Chain, Checked, TsigKey, bare, check},
    walk::{self, AA, Head, RD, Section},
};
use dime_zone::{Class, RecordType, Serial};
use std::net::IpAddr;

/// The opcode.
pub(crate) const NOTIFY: u8 = 4;

const NOERROR: u8 = 0;
const FORMERR: u8 = 1;
const REFUSED: u8 = 5;
const NOTAUTH: u8 = 9;

impl Secondary {
    /// Answers a NOTIFY, its signature checked here. Empty where there is nothing to answer to.
    pub(crate) fn notified(&self, request: &[u8], from: IpAddr) -> Vec<u8> {
        let now = self.now();
        match check(&self.config().keys, request, now) {
            Checked::Wrong(response) => response,
            Checked::Unsigned => authoritative(bare(request, self.take_note(request, from, None))),
            Checked::Signed(signed) => {
                let rcode = self.take_note(&signed.message, from, Some(&signed.key));
                let response = authoritative(bare(&signed.message, rcode));
                sign(response, signed.chain, now)
            }
        }
    }

    fn take_note(&self, request: &[u8], from: IpAddr, signer: Option<&TsigKey>) -> u8 {
        let Some(asked) = walk::question(request) else { return FORMERR };
        if (asked.record_type, asked.class) != (RecordType::SOA, Class::IN) {
            return FORMERR;
        }
        let zone = asked.name;
        let now = self.now();
        {
            let mut book = self.book();
            let Some(follow) = book.0.get_mut(&key(&zone)) else {
                tracing::debug!(%zone, %from, "NOTIFY of a zone that is not followed");
                return NOTAUTH;
            };
            let is_it = |primary: &Primary| {
                primary.address.ip().to_canonical() == from.to_canonical()
                    && match (&primary.key, signer) {
                        (None, None) => true,
                        (Some(agreed), Some(key)) => agreed.is_same(key.name()),
                        _ => false,
                    }
            };
            let Some(primary) = follow.primaries.iter().position(is_it) else {
                tracing::warn!(%zone, %from, "NOTIFY from who is no primary, or not signed as agreed");
                return REFUSED;
            };
            let ours = match &follow.kind {
                Kind::Zone(cut) => self.zones().serial(*cut).ok(),
                Kind::Catalog { members, .. } => members.serial,
            };
            // Several primaries tell of the same change.
            let known = ours.is_some() && serial_told(request) == ours && follow.times.is_good(now);
            if known {
                return NOERROR;
            }
            follow.prefer = primary;
            follow.hurry(Next::Again, now);
        }
        self.wake();
        NOERROR
    }
}

/// The serial that a NOTIFY tells (RFC 1996, section 3.7): a hint.
fn serial_told(request: &[u8]) -> Option<Serial> {
    let records = walk::records(request)?;
    let soa = records
        .iter()
        .find(|record| (record.section, record.record_type) == (Section::Answer, RecordType::SOA))?;
    // Names, compressed or not, stand before the five numbers.
    let record = dime_zone::Record {
        owner: dime_zone::Name::root(),
        record_type: RecordType::SOA,
        ttl: 0,
        rdata: soa.rdata.to_vec(),
    };
    serial_of(&record)
}

fn authoritative(mut response: Vec<u8>) -> Vec<u8> {
    if let Some(head) = Head::of(&response) {
        Head { flags: head.flags & !RD | AA, ..head }.put(&mut response);
    }
    response
}

fn sign(mut response: Vec<u8>, mut chain: Chain, now: drip_det::UnixTime) -> Vec<u8> {
    chain.sign(&mut response, now);
    response
}
