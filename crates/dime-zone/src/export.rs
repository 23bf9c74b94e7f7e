//! Master-file text of a zone (RFC 1035, section 5), in canonical order, for other name servers.
//!
//! One file holds one flat zone: its own records, the DETs in it, and for each zone cut out of it NS records and the addresses that are
//! needed to find those servers. A signed zone is written with its signatures and its NSEC chain. Software that does not know the types of DETs reads the generic form (RFC 3597).

use crate::{
    Delegation, Host, Name, Position, Record, RecordType, ZoneError, Zones,
    dnssec::{Rrset, Signer, nsec_rdata},
    proof::records_of,
    template::DetRecord,
    zone::{Snapshot, address_records, ds_records, ns_records},
};
use drip_det::{Det, ZoneCut};
use std::{
    fmt::Write as _,
    io::{self, Write},
    sync::Arc,
};

mod copied;
mod rdata;

use rdata::rdata_text;

/// How HHIT, BRID and HIP records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportForm {
    /// By their mnemonics: for BIND and dnspython.
    Native,
    /// As `TYPE67 \# …` (RFC 3597): for Knot, NSD and whatever else does not know them.
    Generic,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The zone is not served here.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// The text could not be written.
    #[error("the zone's text could not be written")]
    Write(#[from] io::Error),
}

impl Zones {
    /// Writes the text of a zone as it is now. Changes that come while it is being written are not in it and need not wait for it.
    pub fn export(&self, cut: ZoneCut, form: ExportForm, to: &mut impl Write) -> Result<(), ExportError> {
        let (zone, _) = self.present(cut)?;
        if zone.received.is_some() {
            return Ok(copied::write(&zone, form, to)?);
        }
        let snapshot = self.snapshot(cut)?;
        writeln!(to, "; zone {}, serial {}, {} DETs", snapshot.name, snapshot.serial, snapshot.det_count())?;
        let mut out = Text { to, form, line: String::new() };
        let mut links =
            snapshot.signed.as_ref().map(|signed| Links::new(&snapshot, Arc::clone(&signed.signer)));
        let mut write = |node: Vec<Record>| match &mut links {
            Some(links) => links.node(node, &mut out),
            None => out.records(&node),
        };
        write(snapshot.apex_records())?;
        let mut others = nodes(snapshot.other_records()).peekable();
        for (number, records) in snapshot.dets() {
            let Ok(det) = Det::from_u128(number) else { continue };
            let owner = Name::of_det(det);
            let before = |node: &Vec<Record>| {
                node.first().is_some_and(|record| record.owner.canonical_cmp(&owner).is_lt())
            };
            while let Some(other) = others.next_if(before) {
                write(other)?;
            }
            let record = |record: &DetRecord<'_>| Record {
                owner: owner.clone(),
                record_type: RecordType(record.record.record_type),
                ttl: record.ttl,
                rdata: record.rdata(),
            };
            write(records.iter().map(record).collect())?;
        }
        others.try_for_each(write)?;
        if let Some(links) = links {
            links.finish(&mut out)?;
        }
        Ok(())
    }
}

/// Where the text goes.
struct Text<'a, W> {
    to: &'a mut W,
    form: ExportForm,
    line: String,
}

impl<W: Write> Text<'_, W> {
    fn records(&mut self, records: &[Record]) -> io::Result<()> {
        for record in records {
            self.line.clear();
            // Writing to a string cannot fail.
            let _ = writeln!(
                self.line,
                "{} {} IN {} {}",
                record.owner,
                record.ttl,
                type_text(record.record_type, self.form),
                rdata_text(record.record_type, &record.rdata, self.form),
            );
            self.to.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }
}

/// Signs what is written, and links the owners by NSEC records: each is written once the next owner is known, and glue waits meanwhile.
struct Links<'a> {
    zone: &'a Snapshot,
    signer: Arc<Signer>,
    open: Option<(Name, Vec<RecordType>)>,
    glue: Vec<Record>,
}

impl<'a> Links<'a> {
    fn new(zone: &'a Snapshot, signer: Arc<Signer>) -> Self {
        Links { zone, signer, open: None, glue: Vec::new() }
    }

    /// Takes all records of one name.
    fn node(&mut self, records: Vec<Record>, out: &mut Text<'_, impl Write>) -> io::Result<()> {
        let Some(owner) = records.first().map(|record| record.owner.clone()) else { return Ok(()) };
        let above = Position::of(&owner).and_then(|position| self.zone.cut_above(position));
        let at_cut =
            above.is_some_and(|cut| Position::of(&owner).is_some_and(|position| position.is_at(cut)));
        if above.is_some() && !at_cut {
            self.glue.extend(records);
            return Ok(());
        }
        self.close(&owner, out)?;
        let mut types = Vec::new();
        for set in sets(records) {
            let Some(record_type) = set.first().map(|record| record.record_type) else { continue };
            types.push(record_type);
            out.records(&set)?;
            // Of a cut, only the DS is this zone's.
            if (!at_cut || record_type == RecordType::DS)
                && let Some(set) = Rrset::of(set)
            {
                out.records(&self.signer.sign(&set))?;
            }
        }
        self.open = Some((owner, types));
        Ok(())
    }

    /// Writes the NSEC of the last owner.
    fn close(&mut self, next: &Name, out: &mut Text<'_, impl Write>) -> io::Result<()> {
        if let Some((owner, types)) = self.open.take() {
            let ttl = self.zone.config.ttl.min(self.zone.config.soa.minimum);
            let rdata = vec![nsec_rdata(next, types)];
            let nsec = Rrset { owner, record_type: RecordType::NSEC, ttl, rdata };
            out.records(&records_of(&nsec).collect::<Vec<_>>())?;
            out.records(&self.signer.sign(&nsec))?;
        }
        out.records(&core::mem::take(&mut self.glue))
    }

    fn finish(mut self, out: &mut Text<'_, impl Write>) -> io::Result<()> {
        let apex = self.zone.name.clone();
        self.close(&apex, out)
    }
}

/// Records in order, by name.
fn nodes(records: Vec<Record>) -> impl Iterator<Item = Vec<Record>> {
    groups(records, |a, b| a.owner.is_same(&b.owner))
}

/// Records of one name, by type.
fn sets(records: Vec<Record>) -> impl Iterator<Item = Vec<Record>> {
    groups(records, |a, b| a.record_type == b.record_type)
}

fn groups(
    records: Vec<Record>,
    same: impl Fn(&Record, &Record) -> bool,
) -> impl Iterator<Item = Vec<Record>> {
    let mut rest = records.into_iter().peekable();
    core::iter::from_fn(move || {
        let mut group = vec![rest.next()?];
        while let Some(next) = rest.next_if(|next| group.first().is_some_and(|first| same(first, next))) {
            group.push(next);
        }
        Some(group)
    })
}

impl Snapshot {
    fn apex_records(&self) -> Vec<Record> {
        let mut records = vec![self.soa()];
        records.extend(ns_records(&self.name, &self.config.ns, self.config.ttl));
        if let Some(signed) = &self.signed {
            let sets = signed.signer.key_sets(self.config.ttl);
            records.extend(sets.flat_map(|set| records_of(&set).collect::<Vec<_>>()));
        }
        records
    }

    /// The uppermost cut at or above a place.
    fn cut_above(&self, position: Position) -> Option<ZoneCut> {
        let cuts = self.delegations.iter().map(|(cut, _)| *cut);
        cuts.filter(|cut| position.is_within(*cut)).min_by_key(|cut| cut.prefix_bits())
    }

    /// Delegations, glue, and addresses of the zone's own name servers, in canonical order, each record once.
    fn other_records(&self) -> Vec<Record> {
        let ttl = self.config.ttl;
        let mut records = Vec::new();
        let mut hosts: Vec<&Host> = self.config.glue.iter().collect();
        for (cut, Delegation { ns, glue, ds }) in &self.delegations {
            let owner = Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4);
            records.extend(ns_records(&owner, ns, ttl));
            records.extend(ds_records(&owner, ds, ttl));
            hosts.extend(glue.iter().filter(|host| ns.iter().any(|server| server.is_same(&host.name))));
        }
        records.extend(hosts.into_iter().flat_map(|host| address_records(host, ttl)));
        let order = |a: &Record, b: &Record| {
            (a.owner.canonical_cmp(&b.owner))
                .then_with(|| (a.record_type, &a.rdata).cmp(&(b.record_type, &b.rdata)))
        };
        records.sort_by(order);
        records.dedup_by(|a, b| order(a, b).is_eq());
        records
    }
}

fn type_text(record_type: RecordType, form: ExportForm) -> String {
    match (form, record_type) {
        (ExportForm::Generic, RecordType::HHIT | RecordType::BRID | RecordType::HIP) => {
            format!("TYPE{}", record_type.0)
        }
        _ => record_type.to_string(),
    }
}
