//! What the primary has signed beside DETs, as it comes and goes: the keys, and the NSEC and signatures of the zone's own name, of cuts and
//! of hosts.

use super::CopyError;
use crate::{
    Name, Position, Record, RecordType,
    chain::Owner,
    dnssec::Rrset,
    proof::records_of,
    received::{Seal, Signs, Types},
    zone::Zone,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The key sets in the order in which a signer has them.
const KEYS: [RecordType; 3] = [RecordType::DNSKEY, RecordType::CDS, RecordType::CDNSKEY];

/// What a record of the signing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// NSEC or RRSIG.
    Seal,
    /// DNSKEY, CDS or CDNSKEY of the zone's own name.
    Key,
}

/// Which kind a record is; `None` where it is none of the signing.
pub(super) fn kind(zone: &Name, record: &Record) -> Result<Option<Kind>, CopyError> {
    /// NSEC3, NSEC3PARAM.
    const HASHED: [RecordType; 2] = [RecordType(50), RecordType(51)];
    match record.record_type {
        RecordType::NSEC | RecordType::RRSIG => Ok(Some(Kind::Seal)),
        wanted if HASHED.contains(&wanted) => {
            Err(CopyError::Hashed { owner: record.owner.clone(), record_type: wanted })
        }
        wanted if KEYS.contains(&wanted) && record.owner.is_same(zone) => Ok(Some(Kind::Key)),
        _ => Ok(None),
    }
}

/// The keys, and the seals of owners that are no DETs, by their names in lower case: those that came or changed.
#[derive(Debug, Default)]
pub(super) struct Signing {
    keys: Option<Vec<Record>>,
    seals: HashMap<Name, Seal>,
}

impl Signing {
    /// Whether nothing came or changed.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_none() && self.seals.is_empty()
    }

    /// Adds a record; `zone` is what there was before.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        record: Record,
        name: &Name,
        zone: Option<&Zone>,
    ) -> Result<(), CopyError> {
        match kind {
            Kind::Seal => self.seal(&record.owner, zone).add(record, name),
            Kind::Key => {
                let keys = self.keys(zone);
                if let Some(have) = keys.iter().find(|have| have.record_type == record.record_type)
                    && have.ttl != record.ttl
                {
                    let Record { owner, record_type, ttl: found, .. } = record;
                    return Err(CopyError::Ttl { owner, record_type, found, expected: have.ttl });
                }
                if !keys.iter().any(|have| is_same(have, &record)) {
                    keys.push(record);
                }
                Ok(())
            }
        }
    }

    /// Takes a record away.
    pub(super) fn remove(&mut self, kind: Kind, record: &Record, zone: &Zone) -> Result<(), CopyError> {
        match kind {
            Kind::Seal => self.seal(&record.owner, Some(zone)).remove(record, &zone.name),
            Kind::Key => {
                let keys = self.keys(Some(zone));
                let at = keys.iter().position(|have| is_same(have, record));
                let (owner, record_type) = (record.owner.clone(), record.record_type);
                keys.remove(at.ok_or(CopyError::NotThere { owner, record_type })?);
                Ok(())
            }
        }
    }

    fn keys(&mut self, zone: Option<&Zone>) -> &mut Vec<Record> {
        self.keys.get_or_insert_with(|| {
            let received = zone.and_then(|zone| zone.received.as_deref());
            received.into_iter().flat_map(|received| &received.keys).flat_map(records_of).collect()
        })
    }

    fn seal(&mut self, owner: &Name, zone: Option<&Zone>) -> &mut Seal {
        let seal = || zone.and_then(|zone| seal_of(zone, &zone.owner_of(owner)?)).unwrap_or_default();
        self.seals.entry(owner.to_lower()).or_insert_with(seal)
    }

    /// Puts all of it into a zone whose frame and DETs are as they will be; returns the owners that changed.
    pub(super) fn put(self, zone: &mut Zone) -> Result<HashSet<Name>, CopyError> {
        let mut received = zone.received.as_deref().cloned().unwrap_or_default();
        let mut changed: HashSet<Name> = self.seals.keys().cloned().collect();
        if let Some(keys) = self.keys {
            changed.insert(zone.name.clone());
            received.keys = sets_of(keys);
        }
        let signed = received.keys.iter().any(|set| set.record_type == RecordType::DNSKEY);
        if !signed && !received.keys.is_empty() {
            return Err(CopyError::NoKeys(zone.name.clone()));
        }
        let mut hosts = None;
        for (name, seal) in self.seals {
            if !signed && !seal.is_empty() {
                return Err(CopyError::NoKeys(zone.name.clone()));
            }
            let octets = (!seal.is_empty()).then(|| seal.octets(Types::Told, &zone.name));
            match (place(zone, &name), octets) {
                (Some(Place::Apex), octets) => received.apex = octets.unwrap_or_default(),
                (Some(Place::Cut(prefix)), Some(octets)) => zone.insert_signatures(prefix, &octets),
                (Some(Place::Cut(prefix)), None) => zone.remove_signatures(prefix),
                (Some(Place::Host), octets) => {
                    let hosts = hosts.get_or_insert_with(|| HashMap::clone(&received.hosts));
                    match octets {
                        Some(octets) => hosts.insert(name, octets),
                        None => hosts.remove(&name),
                    };
                }
                (None, None) => {}
                (None, Some(_)) => return Err(CopyError::Stray(name)),
            }
        }
        if let Some(hosts) = hosts {
            received.hosts = Arc::new(hosts);
        }
        zone.received = signed.then(|| Arc::new(received));
        Ok(changed)
    }
}

/// Where a seal is kept.
enum Place {
    Apex,
    Cut(u128),
    Host,
}

/// Where the seal of a name is kept, which may be no owner any more.
fn place(zone: &Zone, name: &Name) -> Option<Place> {
    let position = Position::of(name)?;
    if position.is_at(zone.config.cut) {
        return Some(Place::Apex);
    }
    match zone.owner_at(name, position) {
        Some(Owner::Apex) => Some(Place::Apex),
        Some(Owner::Cut(cut)) => Some(Place::Cut(cut.prefix())),
        Some(Owner::Host(_)) => Some(Place::Host),
        Some(Owner::Det(_)) => None,
        None => match position.cut() {
            // Not where a DET has the number: a cut that went made room for it.
            Some(cut) => zone.records(cut.prefix()).is_none().then_some(Place::Cut(cut.prefix())),
            None => Some(Place::Host),
        },
    }
}

/// The seal of an owner, as it is kept.
pub(super) fn seal_of(zone: &Zone, owner: &Owner) -> Option<Seal> {
    let received = zone.received.as_deref()?;
    let sealed = zone.sealed(owner, received)?;
    Some(Seal::of(&sealed, &zone.name_of(owner), &zone.name, zone.types_at(owner, Signs::Received(received))))
}

fn sets_of(keys: Vec<Record>) -> Vec<Rrset> {
    let of_type = |wanted: RecordType| {
        Rrset::of(keys.iter().filter(|record| record.record_type == wanted).cloned().collect())
    };
    KEYS.into_iter().filter_map(of_type).collect()
}

fn is_same(one: &Record, other: &Record) -> bool {
    (one.record_type, &one.rdata) == (other.record_type, &other.rdata)
}
