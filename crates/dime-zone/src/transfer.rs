//! A zone as other servers take it: whole (RFC 5936), or as what changed since a serial (RFC 1995).
//!
//! Both are made from the zone as it is at one moment, record by record as they are asked for; changes that come meanwhile are not in them,
//! and wait for nothing. A signed zone goes out with its signatures and its NSEC chain, and a difference has what changed of those: the
//! past is the present with the journal's changes undone, and what an owner had then is asked of it in the same way.

use crate::{
    Delegation, Host, Name, Position, Record, RecordType, Serial, ZoneError, Zones,
    chain::Owner,
    journal::Touched,
    proof::records_of,
    template::DetRecord,
    zone::{Zone, address_records, ds_records, ns_records},
};
use drip_det::ZoneCut;
use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

/// Records that are made as they are taken.
pub type Records = Box<dyn Iterator<Item = Record> + Send>;

/// A whole zone.
pub struct Transfer {
    /// Its SOA.
    pub soa: Record,
    /// All other records.
    pub records: Records,
}

/// A zone for who has an older copy.
pub struct Difference {
    /// Its SOA.
    pub soa: Record,
    /// What is to be changed in the older copy.
    pub changes: Changes,
}

/// From an older copy to the present.
pub enum Changes {
    /// Nothing: the copy is of the present serial, or a later one.
    None,
    /// One condensed difference; the SOA is in neither list.
    Since {
        /// The SOA of the older copy.
        before: Record,
        /// What it has and the zone has not.
        removed: Records,
        /// What the zone has and it has not.
        added: Records,
    },
    /// The journal does not say: the zone is to be taken as a whole.
    Unknown,
}

impl Zones {
    /// The whole of a zone as it is now.
    pub fn transfer(&self, cut: ZoneCut) -> Result<Transfer, ZoneError> {
        Ok(whole(self.present(cut)?.0))
    }

    /// What changed in a zone since a serial.
    pub fn difference(&self, cut: ZoneCut, since: Serial) -> Result<Difference, ZoneError> {
        let (zone, journal) = self.present(cut)?;
        let (soa, now) = (zone.soa(zone.config.ttl), zone.serial());
        if !now.is_newer_than(since) {
            return Ok(Difference { soa, changes: Changes::None });
        }
        let touched = journal.lock().since(since, now);
        let changes = touched.map_or(Changes::Unknown, |touched| difference(zone, since, touched));
        Ok(Difference { soa, changes })
    }
}

fn whole(zone: Arc<Zone>) -> Transfer {
    let soa = zone.soa(zone.config.ttl);
    let mut first = records_at(&zone, &Owner::Apex);
    first.extend(beside(&zone));
    for owner in other_owners(&zone) {
        first.extend(records_at(&zone, &owner));
    }
    let dets = Dets { zone, from: Some(0), ready: VecDeque::new() };
    Transfer { soa, records: Box::new(first.into_iter().chain(dets)) }
}

/// The records of all DETs, in order.
struct Dets {
    zone: Arc<Zone>,
    from: Option<u128>,
    ready: VecDeque<Record>,
}

impl Iterator for Dets {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while self.ready.is_empty() {
            let number = self.zone.sequence().first_from(self.from?)?;
            self.from = number.checked_add(1);
            self.ready.extend(records_at(&self.zone, &Owner::Det(number)));
        }
        self.ready.pop_front()
    }
}

/// Present and past of a zone.
struct Both {
    now: Arc<Zone>,
    past: Past,
}

/// What an owner had.
enum Past {
    /// An unsigned zone of which DETs only were touched: what the journal kept.
    Kept(Touched),
    /// The zone as it was.
    Zone(Box<Zone>),
}

fn difference(now: Arc<Zone>, since: Serial, touched: Touched) -> Changes {
    let before = now.soa_at(since);
    if !now.is_signed() && touched.cuts.is_empty() {
        let owners: Vec<Owner> = touched.dets.keys().map(|number| Owner::Det(*number)).collect();
        let both = Arc::new(Both { now, past: Past::Kept(touched) });
        return both.changes(before, owners, Vec::new(), Vec::new());
    }
    let past = now.as_it_was(since, &touched);
    let owners = affected(&past, &now, &touched);
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    if !touched.cuts.is_empty() {
        let (old, new) = (beside(&past), beside(&now));
        removed = without(&old, &new);
        added = without(&new, &old);
    }
    let both = Arc::new(Both { now, past: Past::Zone(Box::new(past)) });
    both.changes(before, owners, removed, added)
}

impl Both {
    fn changes(
        self: Arc<Self>,
        before: Record,
        owners: Vec<Owner>,
        removed: Vec<Record>,
        added: Vec<Record>,
    ) -> Changes {
        let (old, new) = (Arc::clone(&self), self);
        let gone =
            owners.clone().into_iter().flat_map(move |owner| without(&old.before(&owner), &old.now(&owner)));
        let come = owners.into_iter().flat_map(move |owner| without(&new.now(&owner), &new.before(&owner)));
        Changes::Since {
            before,
            removed: Box::new(removed.into_iter().chain(gone)),
            added: Box::new(added.into_iter().chain(come)),
        }
    }

    fn now(&self, owner: &Owner) -> Vec<Record> {
        records_at(&self.now, owner)
    }

    fn before(&self, owner: &Owner) -> Vec<Record> {
        match (&self.past, owner) {
            (Past::Zone(zone), owner) => records_at(zone, owner),
            (Past::Kept(touched), Owner::Det(number)) => {
                let kept = touched.dets.get(number).and_then(Option::as_ref);
                kept.map(|kept| kept.records(*number).collect()).unwrap_or_default()
            }
            (Past::Kept(_), _) => Vec::new(),
        }
    }
}

/// Those of the first that are not among the second.
fn without(these: &[Record], those: &[Record]) -> Vec<Record> {
    these.iter().filter(|record| !those.contains(record)).cloned().collect()
}

/// The owners whose records may be others than they were: those touched, and in signed zones their neighbours in the NSEC chain.
fn affected(past: &Zone, now: &Zone, touched: &Touched) -> Vec<Owner> {
    let mut owners = vec![Owner::Apex];
    owners.extend(touched.dets.keys().map(|number| Owner::Det(*number)));
    if !touched.cuts.is_empty() {
        // A cut hides what lies below it, or shows it again.
        let below = |zone: &Zone| other_owners(zone).collect::<Vec<Owner>>();
        owners.extend(touched.cuts.values().map(|(cut, _)| Owner::Cut(*cut)));
        owners.extend([past, now].into_iter().flat_map(below));
    }
    if now.is_signed() {
        let touched: Vec<Owner> = owners.iter().skip(1).cloned().collect();
        for owner in touched {
            let name = now.name_of(&owner);
            let Some(position) = Position::of(&name) else { continue };
            owners.extend([past, now].map(|zone| zone.owner_at_or_before(&name, position)));
        }
    }
    let mut seen = HashSet::new();
    owners.retain(|owner| seen.insert(now.name_of(owner)));
    owners
}

/// All that a zone has at an owner and is the authority of, with signatures and NSEC where it is signed: but for the SOA itself.
pub(crate) fn records_at(zone: &Zone, owner: &Owner) -> Vec<Record> {
    if !exists(zone, owner) {
        return Vec::new();
    }
    let Some(signs) = zone.signs() else { return plain_at(zone, owner) };
    let mut records = Vec::new();
    for set in zone.sets_at(owner, signs) {
        if set.record_type != RecordType::SOA {
            records.extend(records_of(&set));
        }
        records.extend(zone.signatures_of(owner, &set, signs).unwrap_or_default());
    }
    if let Some(nsec) = zone.nsec_of(owner, signs) {
        records.extend(records_of(&nsec));
        records.extend(zone.signatures_of(owner, &nsec, signs).unwrap_or_default());
    }
    records
}

fn plain_at(zone: &Zone, owner: &Owner) -> Vec<Record> {
    let ttl = zone.config.ttl;
    match owner {
        Owner::Apex => ns_records(&zone.name, &zone.config.ns, ttl),
        Owner::Det(number) => {
            let name = Name::of_nibbles(*number, 32);
            let records = zone.records(*number).into_iter().flatten();
            records.map(|record| det_record(&name, &record)).collect()
        }
        Owner::Cut(cut) => {
            let name = zone.name_of(owner);
            let found = zone.cuts().get(&(cut.prefix(), cut.prefix_bits()));
            found.map(|(_, delegation)| ds_records(&name, &delegation.ds, ttl)).unwrap_or_default()
        }
        Owner::Host(name) => {
            let hosts = zone.config.glue.iter().filter(|host| host.name.is_same(name));
            unique(hosts.flat_map(|host| address_records(host, ttl)).collect())
        }
    }
}

pub(crate) fn det_record(owner: &Name, record: &DetRecord<'_>) -> Record {
    let record_type = RecordType(record.record.record_type);
    Record { owner: owner.clone(), record_type, ttl: record.ttl, rdata: record.rdata() }
}

fn exists(zone: &Zone, owner: &Owner) -> bool {
    match owner {
        Owner::Apex => true,
        Owner::Det(number) => zone.records(*number).is_some(),
        Owner::Cut(cut) => zone.cut_above(Position::of_cut(*cut)).is_some_and(|(above, _)| above == cut),
        Owner::Host(name) => {
            zone.is_authoritative(name) && zone.config.glue.iter().any(|host| host.name.is_same(name))
        }
    }
}

/// The owners besides the zone's own name and the DETs: cuts that are in no other, and hosts.
fn other_owners(zone: &Zone) -> impl Iterator<Item = Owner> {
    let cuts = zone.cuts().values().map(|(cut, _)| Owner::Cut(*cut));
    let hosts = zone.config.glue.iter().filter(|host| !host.addresses.is_empty());
    let hosts: HashSet<Name> = hosts.map(|host| host.name.to_lower()).collect();
    cuts.chain(hosts.into_iter().map(Owner::Host))
        .filter(|owner| exists(zone, owner))
        .collect::<Vec<_>>()
        .into_iter()
}

/// What a zone has without being the authority: NS at cuts, all of cuts below cuts, addresses below cuts.
pub(crate) fn beside(zone: &Zone) -> Vec<Record> {
    let ttl = zone.config.ttl;
    let mut records = Vec::new();
    let mut hosts: Vec<&Host> = zone.config.glue.iter().collect();
    for (cut, Delegation { ns, glue, ds }) in zone.cuts().values() {
        let owner = Owner::Cut(*cut);
        let name = zone.name_of(&owner);
        records.extend(ns_records(&name, ns, ttl));
        if !exists(zone, &owner) {
            records.extend(ds_records(&name, ds, ttl));
        }
        hosts.extend(glue.iter().filter(|host| ns.iter().any(|server| server.is_same(&host.name))));
    }
    let hosts = hosts.into_iter().filter(|host| !zone.is_authoritative(&host.name));
    records.extend(hosts.flat_map(|host| address_records(host, ttl)));
    unique(records)
}

/// Each record once.
fn unique(mut records: Vec<Record>) -> Vec<Record> {
    let mut seen = HashSet::new();
    records.retain(|record| seen.insert((record.owner.to_lower(), record.record_type, record.rdata.clone())));
    records
}
