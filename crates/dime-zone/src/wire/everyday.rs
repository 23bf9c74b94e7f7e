//! The answers that are composed without a record being made: all of zones that are not signed, and of others for who does not verify.
//!
//! The same steps as in `lookup`, in the same order.

use super::{Composed, Compression, WireQuestion, put_fixed, put_length_behind};
use crate::{
    Delegation, Host, Name, Position, Rcode, RecordType, Rest,
    dnssec::Asker,
    name::{NIBBLES_WIRE, nibbles_wire},
    template::DetRecord,
    zone::{Zone, copied::Origin},
};
use drip_det::ZoneCut;
use std::net::IpAddr;

/// A message that is being composed.
struct Composer<'a> {
    out: &'a mut Vec<u8>,
    names: &'a mut Compression,
}

/// Whose records are written.
#[derive(Clone, Copy)]
enum Owner<'a> {
    /// Of the name that was asked for, in its case.
    Asked,
    /// Of another.
    Named(&'a [u8]),
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
        let is_signed = self.is_signed();
        let of_signing = [RecordType::NSEC, RecordType::RRSIG].contains(&question.record_type);
        if self.origin == Origin::Expired || is_signed && (verifies.is_some() || of_signing) {
            return None;
        }
        let composer = &mut Composer { out, names };
        if let Some((cut, delegation)) = self.cut_above(position) {
            let is_ds = position.is_at(*cut) && question.record_type == RecordType::DS;
            return Some(match is_ds {
                true if delegation.ds.is_empty() => self.negative(Rcode::NoError, composer),
                true => self.ds(delegation, composer),
                false => self.refer(*cut, delegation, composer),
            });
        }
        match position.rest {
            Rest::Labels => Some(self.host(question, composer)),
            Rest::Nothing if position.is_at(self.config.cut) => self.apex(question, composer),
            Rest::Nothing if position.nibbles == 32 => Some(self.det(question, position.number, composer)),
            Rest::Nothing if self.has_any(position.range()) => Some(self.negative(Rcode::NoError, composer)),
            Rest::Nothing => Some(self.host(question, composer)),
        }
    }

    fn det(&self, question: &WireQuestion<'_>, number: u128, composer: &mut Composer<'_>) -> Composed {
        let Some(mut records) = self.records(number) else { return self.host(question, composer) };
        let found = match question.record_type {
            RecordType::ANY => records.min_by_key(DetRecord::length),
            RecordType(wanted) => records.find(|record| record.record.record_type == wanted),
        };
        let Some(found) = found else { return self.negative(Rcode::NoError, composer) };
        let record_type = RecordType(found.record.record_type);
        composer.record(Owner::Asked, record_type, found.ttl, |composer| found.write(composer.out));
        composer.done(Rcode::NoError, [1, 0, 0])
    }

    fn apex(&self, question: &WireQuestion<'_>, composer: &mut Composer<'_>) -> Option<Composed> {
        Some(match question.record_type {
            RecordType::SOA | RecordType::ANY => {
                self.put_soa(Owner::Asked, self.config.ttl, composer);
                composer.done(Rcode::NoError, [1, 0, 0])
            }
            RecordType::NS => {
                let ns = composer.servers(Owner::Asked, &self.config.ns, self.config.ttl);
                let authority_end = composer.out.len();
                let addresses = self.put_addresses(&self.config.ns, &[], composer);
                Composed { authority_end, ..composer.done(Rcode::NoError, [ns, 0, addresses]) }
            }
            // Keys, and what says which they are.
            _ if self.is_signed() => return None,
            _ => self.negative(Rcode::NoError, composer),
        })
    }

    fn host(&self, question: &WireQuestion<'_>, composer: &mut Composer<'_>) -> Composed {
        let glue = &self.config.glue;
        if !glue.iter().any(|host| ends_with_labels(host.name.wire(), question.name)) {
            return self.negative(Rcode::NxDomain, composer);
        }
        let hosts = glue.iter().filter(|host| host.name.wire().eq_ignore_ascii_case(question.name));
        let addresses = hosts.flat_map(|host| &host.addresses);
        let wanted = match question.record_type {
            RecordType::ANY => addresses.clone().next().map_or(RecordType::ANY, type_of),
            wanted => wanted,
        };
        let mut count = 0;
        for address in addresses.filter(|address| type_of(address) == wanted) {
            composer.address(Owner::Asked, address, self.config.ttl);
            count += 1;
        }
        match count {
            0 => self.negative(Rcode::NoError, composer),
            _ => composer.done(Rcode::NoError, [count, 0, 0]),
        }
    }

    fn ds(&self, delegation: &Delegation, composer: &mut Composer<'_>) -> Composed {
        for ds in &delegation.ds {
            composer.record(Owner::Asked, RecordType::DS, self.config.ttl, |composer| {
                composer.out.extend_from_slice(&ds.key_tag.to_be_bytes());
                composer.out.extend_from_slice(&[ds.algorithm, ds.digest_type]);
                composer.out.extend_from_slice(&ds.digest);
            });
        }
        composer.done(Rcode::NoError, [delegation.ds.len() as u16, 0, 0])
    }

    fn refer(&self, cut: ZoneCut, delegation: &Delegation, composer: &mut Composer<'_>) -> Composed {
        let mut octets = [0; NIBBLES_WIRE];
        let owner = Owner::Named(nibbles_wire(cut.prefix(), cut.prefix_bits() / 4, &mut octets));
        let ns = composer.servers(owner, &delegation.ns, self.config.ttl);
        let authority_end = composer.out.len();
        let addresses = self.put_addresses(&delegation.ns, &delegation.glue, composer);
        let composed = composer.done(Rcode::NoError, [0, ns, addresses]);
        Composed { authority_end, authoritative: false, ..composed }
    }

    /// No such name, or no such type at it.
    fn negative(&self, rcode: Rcode, composer: &mut Composer<'_>) -> Composed {
        self.put_soa(Owner::Named(self.name.wire()), self.negative_ttl(), composer);
        composer.done(rcode, [0, 1, 0])
    }

    fn put_soa(&self, owner: Owner<'_>, ttl: u32, composer: &mut Composer<'_>) {
        let soa = &self.config.soa;
        composer.record(owner, RecordType::SOA, ttl, |composer| {
            composer.names.write(soa.mname.wire(), composer.out);
            composer.names.write(soa.rname.wire(), composer.out);
            for number in [self.serial().0, soa.refresh, soa.retry, soa.expire, soa.minimum] {
                composer.out.extend_from_slice(&number.to_be_bytes());
            }
        });
    }

    /// Addresses of name servers, from the glue given and from the zone's own.
    fn put_addresses(&self, ns: &[Name], glue: &[Host], composer: &mut Composer<'_>) -> u16 {
        let mut count = 0;
        for server in ns {
            let host = glue.iter().chain(&self.config.glue).find(|host| host.name.is_same(server));
            for (host, address) in
                host.iter().flat_map(|host| host.addresses.iter().map(move |one| (host, one)))
            {
                composer.address(Owner::Named(host.name.wire()), address, self.config.ttl);
                count += 1;
            }
        }
        count
    }
}

impl Composer<'_> {
    fn record(&mut self, owner: Owner<'_>, record_type: RecordType, ttl: u32, rdata: impl FnOnce(&mut Self)) {
        match owner {
            Owner::Asked => self.names.write_question(self.out),
            Owner::Named(name) => self.names.write(name, self.out),
        }
        put_fixed(self.out, record_type, ttl);
        let at = self.out.len();
        self.out.extend_from_slice(&[0; 2]);
        rdata(self);
        put_length_behind(self.out, at);
    }

    fn address(&mut self, owner: Owner<'_>, address: &IpAddr, ttl: u32) {
        self.record(owner, type_of(address), ttl, |composer| match address {
            IpAddr::V4(v4) => composer.out.extend_from_slice(&v4.octets()),
            IpAddr::V6(v6) => composer.out.extend_from_slice(&v6.octets()),
        });
    }

    fn servers(&mut self, owner: Owner<'_>, ns: &[Name], ttl: u32) -> u16 {
        for server in ns {
            self.record(owner, RecordType::NS, ttl, |composer| {
                composer.names.write(server.wire(), composer.out)
            });
        }
        ns.len() as u16
    }

    fn done(&self, rcode: Rcode, counts: [u16; 3]) -> Composed {
        Composed {
            rcode,
            authoritative: true,
            nxname: false,
            counts,
            authority_end: self.out.len(),
            zone: None,
        }
    }
}

fn type_of(address: &IpAddr) -> RecordType {
    if address.is_ipv4() { RecordType::A } else { RecordType::AAAA }
}

/// Whether a name is another one or below it, both in wire form.
fn ends_with_labels(name: &[u8], ancestor: &[u8]) -> bool {
    let Some(above) = name.len().checked_sub(ancestor.len()) else { return false };
    let mut at = 0;
    while let Some(&length) = name.get(at).filter(|_| at < above) {
        at += usize::from(length) + 1;
    }
    at == above && name.get(above..).is_some_and(|tail| tail.eq_ignore_ascii_case(ancestor))
}
