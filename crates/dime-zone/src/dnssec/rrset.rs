//! The octets that a signature covers (RFC 4034, section 3.1.8.1; canonical form of section 6, as RFC 6840, section 5.1, has it).

use super::{Dnskey, window::Window};
use crate::{Name, RecordType};

/// All records of one name and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rrset {
    pub(crate) owner: Name,
    pub(crate) record_type: RecordType,
    /// The TTL in the zone, which a copy may have less of.
    pub(crate) ttl: u32,
    pub(crate) rdata: Vec<Vec<u8>>,
}

/// What an RRSIG says of the set that it covers.
pub(crate) struct Covered<'a> {
    pub(crate) owner: &'a Name,
    pub(crate) record_type: RecordType,
    pub(crate) ttl: u32,
}

/// The RDATA of an RRSIG up to its signature.
///
/// | octets | content |
/// |---|---|
/// | 2 | type covered |
/// | 1 | algorithm of the key |
/// | 1 | labels of the owner, without an asterisk at the left |
/// | 4 | original TTL |
/// | 4, 4 | expiration, inception: seconds since 1970 modulo 2^32 |
/// | 2 | key tag |
/// | to the end | the zone's name, then the signature |
pub(crate) fn header(covered: &Covered<'_>, window: &Window, key: &Dnskey, zone: &Name) -> Vec<u8> {
    let mut rdata = Vec::with_capacity(18 + zone.wire().len() + 64);
    rdata.extend_from_slice(&covered.record_type.0.to_be_bytes());
    rdata.extend_from_slice(&[key.algorithm().number(), labels(covered.owner)]);
    rdata.extend_from_slice(&covered.ttl.to_be_bytes());
    rdata.extend_from_slice(&(window.expiration.0 as u32).to_be_bytes());
    rdata.extend_from_slice(&(window.inception.0 as u32).to_be_bytes());
    rdata.extend_from_slice(&key.key_tag().to_be_bytes());
    rdata.extend_from_slice(zone.wire());
    rdata
}

/// The labels of an owner, at most 127, without an asterisk at the left: there are no wildcards here, but a name that would be one may be
/// denied under its own name (RFC 4034, section 3.1.3).
pub(crate) fn labels(owner: &Name) -> u8 {
    owner.labels().enumerate().filter(|(index, label)| *index > 0 || *label != b"*").count() as u8
}

impl Rrset {
    /// What an RRSIG says of it.
    pub(crate) fn covered(&self) -> Covered<'_> {
        Covered { owner: &self.owner, record_type: self.record_type, ttl: self.ttl }
    }

    /// The records in canonical form and order: what follows the RRSIG's own RDATA under the signature.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let mut all: Vec<Vec<u8>> =
            self.rdata.iter().map(|rdata| canonical_rdata(self.record_type, rdata)).collect();
        all.sort();
        all.dedup();
        let owner = self.owner.wire().to_ascii_lowercase();
        let size: usize = all.iter().map(|rdata| owner.len() + 10 + rdata.len()).sum();
        let mut octets = Vec::with_capacity(size);
        for rdata in all {
            octets.extend_from_slice(&owner);
            octets.extend_from_slice(&self.record_type.0.to_be_bytes());
            octets.extend_from_slice(&[0, 1]);
            octets.extend_from_slice(&self.ttl.to_be_bytes());
            octets.extend_from_slice(&(rdata.len() as u16).to_be_bytes());
            octets.extend_from_slice(&rdata);
        }
        octets
    }
}

/// Names in the RDATA of the types of RFC 1035 are in lower case. Length octets are below 64 and so no letters.
fn canonical_rdata(record_type: RecordType, rdata: &[u8]) -> Vec<u8> {
    match record_type {
        RecordType::NS => rdata.to_ascii_lowercase(),
        RecordType::SOA => {
            let (names, numbers) = rdata.split_at(rdata.len().saturating_sub(20));
            [&names.to_ascii_lowercase(), numbers].concat()
        }
        _ => rdata.to_vec(),
    }
}
