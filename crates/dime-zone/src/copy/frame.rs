//! What is no DET's: the SOA, the zone's name servers, the zones below, addresses.
//!
//! An address below a cut is glue of that cut where its name servers are named so, and an address of this zone's own servers where those are.

use super::CopyError;
use crate::{
    Delegation, Ds, Host, Name, Position, Record, RecordType, Rest, Serial, Soa, ZoneConfig,
    zone::{Zone, address_records, ds_records, ns_records},
};
use drip_det::ZoneCut;
use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
};

/// The most records that are no DET's.
pub(super) const MOST: usize = 1 << 22;

/// The configuration of a zone, and the zones below it.
pub(super) type Frame = (ZoneConfig, Vec<(ZoneCut, Delegation)>);

/// Makes it of the SOA and the other records, each of which is inside the zone.
pub(super) fn frame(cut: ZoneCut, soa: &Record, others: &[Record]) -> Result<Frame, CopyError> {
    let name = soa.owner.clone();
    let (start, serial) = read_soa(soa)?;
    let mut ns = Vec::new();
    let mut below: BTreeMap<(u128, u8), (ZoneCut, Delegation)> = BTreeMap::new();
    let mut hosts = Hosts::default();
    for record in others {
        if record.ttl != soa.ttl {
            let (owner, record_type) = (record.owner.clone(), record.record_type);
            return Err(CopyError::Ttl { owner, record_type, found: record.ttl, expected: soa.ttl });
        }
        match record.record_type {
            RecordType::NS if record.owner.is_same(&name) => once(&mut ns, whole_name(record)?),
            RecordType::NS => once(&mut delegation(cut, record, &mut below)?.ns, whole_name(record)?),
            RecordType::DS => once(&mut delegation(cut, record, &mut below)?.ds, ds(record)?),
            RecordType::A | RecordType::AAAA => hosts.add(&record.owner, address(record)?),
            _ => return Err(unservable(record)),
        }
    }
    let mut glue = Vec::new();
    for host in hosts.0 {
        let position = Position::of(&host.name).filter(|position| position.rest == Rest::Labels);
        let position = position.ok_or_else(|| crate::ZoneError::NotAHostName(host.name.clone()))?;
        let names = |servers: &[Name]| servers.iter().any(|server| server.is_same(&host.name));
        let mut placed = false;
        for above in position.cuts().filter(|above| above.prefix_bits() > cut.prefix_bits()) {
            if let Some((_, delegation)) = below.get_mut(&(above.prefix(), above.prefix_bits()))
                && names(&delegation.ns)
            {
                delegation.glue.push(host.clone());
                placed = true;
            }
        }
        if !placed || names(&ns) {
            glue.push(host);
        }
    }
    let config = ZoneConfig { cut, soa: start, serial, ns, glue, ttl: soa.ttl };
    Ok((config, below.into_values().collect()))
}

/// The records that [`frame`] makes the frame of, but for the SOA.
pub(super) fn records(zone: &Zone) -> Vec<Record> {
    let ttl = zone.config.ttl;
    let mut records = ns_records(&zone.name, &zone.config.ns, ttl);
    let mut hosts: Vec<&Host> = zone.config.glue.iter().collect();
    for (cut, Delegation { ns, glue, ds }) in zone.cuts().values() {
        let owner = Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4);
        records.extend(ns_records(&owner, ns, ttl));
        records.extend(ds_records(&owner, ds, ttl));
        hosts.extend(glue);
    }
    let mut seen = HashMap::new();
    for record in hosts.into_iter().flat_map(|host| address_records(host, ttl)) {
        // A server of two zones is named by both.
        let key = (record.owner.to_lower(), record.rdata.clone());
        if seen.insert(key, ()).is_none() {
            records.push(record);
        }
    }
    records
}

/// The fields of a SOA record, and its serial.
pub fn read_soa(record: &Record) -> Result<(Soa, Serial), CopyError> {
    let read = || {
        let (mname, rest) = name_at_start(&record.rdata)?;
        let (rname, rest) = name_at_start(rest)?;
        let (numbers, rest) = rest.as_chunks::<4>();
        let numbers: Vec<u32> = numbers.iter().map(|octets| u32::from_be_bytes(*octets)).collect();
        match (numbers.as_slice(), rest) {
            (&[serial, refresh, retry, expire, minimum], []) => {
                Some((Soa { mname, rname, refresh, retry, expire, minimum }, Serial(serial)))
            }
            _ => None,
        }
    };
    read().ok_or_else(|| malformed(record))
}

/// Addresses by host, in the order in which they came.
#[derive(Default)]
struct Hosts(Vec<Host>, HashMap<Name, usize>);

impl Hosts {
    fn add(&mut self, name: &Name, address: IpAddr) {
        let Hosts(hosts, places) = self;
        let place = *places.entry(name.to_lower()).or_insert(hosts.len());
        match hosts.get_mut(place) {
            Some(host) if host.addresses.contains(&address) => {}
            Some(host) => host.addresses.push(address),
            None => hosts.push(Host { name: name.clone(), addresses: vec![address] }),
        }
    }
}

/// The same record twice is one.
fn once<T: PartialEq>(set: &mut Vec<T>, item: T) {
    if !set.contains(&item) {
        set.push(item);
    }
}

fn delegation<'a>(
    cut: ZoneCut,
    record: &Record,
    below: &'a mut BTreeMap<(u128, u8), (ZoneCut, Delegation)>,
) -> Result<&'a mut Delegation, CopyError> {
    let at = Position::of(&record.owner).and_then(Position::cut);
    let at = at.filter(|at| at.prefix_bits() > cut.prefix_bits()).ok_or_else(|| unservable(record))?;
    let none = || (at, Delegation { ns: Vec::new(), glue: Vec::new(), ds: Vec::new() });
    Ok(&mut below.entry((at.prefix(), at.prefix_bits())).or_insert_with(none).1)
}

fn ds(record: &Record) -> Result<Ds, CopyError> {
    match record.rdata.split_first_chunk::<4>() {
        Some((&[high, low, algorithm, digest_type], digest)) => {
            let key_tag = u16::from_be_bytes([high, low]);
            Ok(Ds { key_tag, algorithm, digest_type, digest: digest.to_vec() })
        }
        None => Err(malformed(record)),
    }
}

fn address(record: &Record) -> Result<IpAddr, CopyError> {
    let octets = record.rdata.as_slice();
    let address = match record.record_type {
        RecordType::A => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
    };
    address.ok_or_else(|| malformed(record))
}

fn whole_name(record: &Record) -> Result<Name, CopyError> {
    let name = name_at_start(&record.rdata).filter(|(_, rest)| rest.is_empty());
    name.map(|(name, _)| name).ok_or_else(|| malformed(record))
}

/// The uncompressed name at the start of octets, and what stands after it.
fn name_at_start(octets: &[u8]) -> Option<(Name, &[u8])> {
    let (mut labels, mut rest) = (Vec::new(), octets);
    loop {
        let (&length, after) = rest.split_first()?;
        if length == 0 {
            return Some((Name::from_labels(labels).ok()?, after));
        }
        let (label, after) = after.split_at_checked(usize::from(length))?;
        labels.push(label);
        rest = after;
    }
}

fn malformed(record: &Record) -> CopyError {
    CopyError::Malformed { owner: record.owner.clone(), record_type: record.record_type }
}

fn unservable(record: &Record) -> CopyError {
    CopyError::Unservable { owner: record.owner.clone(), record_type: record.record_type }
}
