//! What the primary of a copied zone has signed, as it came: keys, an NSEC record for each owner, signatures. Nothing here signs.
//!
//! | of | kept |
//! |---|---|
//! | a DET | by its number among the zone's signatures |
//! | a cut | by its prefix in the same place: no DET of this zone is below a cut |
//! | the zone's own name | here, with DNSKEY, CDS and CDNSKEY |
//! | a host that is named in the zone | here, by name |
//!
//! What is kept of each is a [`Seal`]. Before a copy is served, `check` has seen that every owner has an NSEC that links to the next, and
//! every set a signature; whether a signature is good, and of this time, is for who validates.

mod check;
mod seal;

pub(crate) use seal::{Next, Seal, Sealed, Types};

use crate::{
    Name, Record, RecordType,
    chain::Owner,
    dnssec::{Denial, Rrset, Signer, nsec_rdata},
    zone::Zone,
};
use drip_det::UnixTime;
use std::{collections::HashMap, sync::Arc};

/// What the primary has signed beside DETs and cuts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Received {
    /// DNSKEY, CDS and CDNSKEY: those that there are.
    pub(crate) keys: Vec<Rrset>,
    /// The octets of the zone's own name.
    pub(crate) apex: Vec<u8>,
    /// The octets of hosts, by their names in lower case.
    pub(crate) hosts: Arc<HashMap<Name, Vec<u8>>>,
}

/// Where the signatures of a zone come from.
#[derive(Clone, Copy)]
pub(crate) enum Signs<'a> {
    /// We make them.
    Own(&'a Signer),
    /// The primary has made them.
    Received(&'a Received),
}

impl Signs<'_> {
    /// The sets that the zone has at its own name besides SOA, NS and NSEC.
    pub(crate) fn key_sets(&self, ttl: u32) -> Vec<Rrset> {
        match self {
            Signs::Own(signer) => signer.key_sets(ttl).collect(),
            Signs::Received(received) => received.keys.clone(),
        }
    }

    /// How the zone denies.
    pub(crate) fn denial(&self) -> Denial {
        match self {
            Signs::Own(signer) => signer.denial(),
            Signs::Received(_) => Denial::Nsec,
        }
    }
}

impl Zone {
    /// Where its signatures come from; `None` where it is not signed.
    pub(crate) fn signs(&self) -> Option<Signs<'_>> {
        match &self.signed {
            Some(signed) => Some(Signs::Own(&signed.signer)),
            None => self.received.as_deref().map(Signs::Received),
        }
    }

    /// Whether it is signed.
    pub(crate) fn is_signed(&self) -> bool {
        self.signed.is_some() || self.received.is_some()
    }

    /// The NSEC record of an owner, as a set; `None` where none came.
    pub(crate) fn nsec_of(&self, owner: &Owner, signs: Signs<'_>) -> Option<Rrset> {
        match signs {
            Signs::Own(signer) => Some(self.nsec(owner, signer)),
            Signs::Received(received) => {
                let sealed = self.sealed(owner, received)?;
                let next = match sealed.next {
                    Next::Det(number) => Name::of_nibbles(number, 32),
                    Next::Name(wire) => Name::of_wire(wire)?,
                };
                let rdata = match sealed.types {
                    Some(types) => [next.wire(), types].concat(),
                    None => nsec_rdata(&next, self.types_at(owner, signs)),
                };
                let (owner, record_type) = (self.name_of(owner), RecordType::NSEC);
                Some(Rrset { owner, record_type, ttl: sealed.ttl, rdata: vec![rdata] })
            }
        }
    }

    /// The RRSIG records of a set at an owner; `None` where none came.
    pub(crate) fn signatures_of(&self, owner: &Owner, set: &Rrset, signs: Signs<'_>) -> Option<Vec<Record>> {
        match signs {
            Signs::Own(signer) => Some(self.sign_set(owner, set, signer)),
            Signs::Received(received) => {
                let records = self.sealed(owner, received)?.signatures_of(set, &self.name);
                (!records.is_empty()).then_some(records)
            }
        }
    }

    /// The types of the sets at an owner, but for NSEC and RRSIG.
    pub(crate) fn types_at(&self, owner: &Owner, signs: Signs<'_>) -> Vec<RecordType> {
        match owner {
            Owner::Det(number) => {
                let records = self.records(*number).into_iter().flatten();
                records.map(|record| RecordType(record.record.record_type)).collect()
            }
            Owner::Cut(_) => {
                let sets = self.sets_at(owner, signs);
                core::iter::once(RecordType::NS).chain(sets.into_iter().map(|set| set.record_type)).collect()
            }
            Owner::Apex | Owner::Host(_) => {
                self.sets_at(owner, signs).into_iter().map(|set| set.record_type).collect()
            }
        }
    }

    /// What is kept of an owner; `None` where nothing is, or nothing that can be read.
    pub(crate) fn sealed<'a>(&'a self, owner: &Owner, received: &'a Received) -> Option<Sealed<'a>> {
        let octets = match owner {
            Owner::Apex => received.apex.as_slice(),
            Owner::Det(number) => self.signatures().find(*number)?,
            Owner::Cut(cut) => self.signatures().find(cut.prefix())?,
            Owner::Host(name) => received.hosts.get(&name.to_lower())?,
        };
        Sealed::read(octets)
    }

    /// Until when the signatures of a copy's SOA are valid, the one that lasts longest; `None` of a zone of ours, or an unsigned one.
    pub(crate) fn received_until(&self, now: UnixTime) -> Option<UnixTime> {
        let sealed = self.sealed(&Owner::Apex, self.received.as_deref()?)?;
        // Modulo 2^32, so within 68 years of now (RFC 4034, section 3.1.5).
        let time = |expiration: u32| {
            let ahead = i64::from(expiration.wrapping_sub(now.0 as u32) as i32);
            UnixTime(now.0.saturating_add_signed(ahead))
        };
        sealed.expirations(RecordType::SOA).map(time).max()
    }
}

#[cfg(test)]
mod tests;
