//! Master-file text of a zone (RFC 1035, section 5), in canonical order, for other name servers.
//!
//! One file holds one flat zone: its own records, the DETs in it, and for each zone cut out of it NS records and the addresses that are
//! needed to find those servers. Software that does not know the types of DETs reads the generic form (RFC 3597).

use crate::{
    Delegation, Ds, Host, Name, Record, RecordType, ZoneError, Zones,
    zone::{Snapshot, address_records, ds_records, ns_records},
};
use drip_det::{Det, ZoneCut};
use drip_wire::rdata::{Brid, CertRecord, Hhit, Hip, Tlsa, generic};
use std::{
    fmt::Write as _,
    io::{self, Write},
    net::{Ipv4Addr, Ipv6Addr},
};

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
        let snapshot = self.snapshot(cut)?;
        writeln!(to, "; zone {}, serial {}, {} DETs", snapshot.name, snapshot.serial, snapshot.det_count())?;
        let mut text = String::new();
        let mut write = |records: &mut dyn Iterator<Item = Record>| {
            for record in records {
                text.clear();
                // Writing to a string cannot fail.
                let _ = writeln!(
                    text,
                    "{} {} IN {} {}",
                    record.owner,
                    record.ttl,
                    type_text(record.record_type, form),
                    rdata_text(record.record_type, &record.rdata, form),
                );
                to.write_all(text.as_bytes())?;
            }
            Ok::<(), io::Error>(())
        };
        write(&mut snapshot.apex_records().into_iter())?;
        let mut others = snapshot.other_records().into_iter().peekable();
        for (number, records) in snapshot.dets() {
            let Ok(det) = Det::from_u128(number) else { continue };
            let owner = Name::of_det(det);
            while let Some(other) = others.next_if(|other| other.owner.canonical_cmp(&owner).is_lt()) {
                write(&mut std::iter::once(other))?;
            }
            write(&mut records.iter().map(|record| Record {
                owner: owner.clone(),
                record_type: RecordType(record.record.record_type),
                ttl: record.ttl,
                rdata: record.rdata(),
            }))?;
        }
        write(&mut others)?;
        Ok(())
    }
}

impl Snapshot {
    fn apex_records(&self) -> Vec<Record> {
        let mut records = vec![self.soa()];
        records.extend(ns_records(&self.name, &self.config.ns, self.config.ttl));
        records
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

/// The text of RDATA; what does not decode as its type is written generically, which any reader takes.
fn rdata_text(record_type: RecordType, rdata: &[u8], form: ExportForm) -> String {
    let native = match (record_type, form) {
        (RecordType::HHIT, ExportForm::Native) => Hhit::decode(rdata).ok().map(|hhit| hhit.presentation()),
        (RecordType::BRID, ExportForm::Native) => Brid::decode(rdata).ok().map(|brid| brid.presentation()),
        (RecordType::HIP, ExportForm::Native) => Hip::decode(rdata).ok().map(|hip| hip.presentation()),
        (RecordType::CERT, _) => CertRecord::decode(rdata).ok().map(|cert| cert.presentation()),
        (RecordType::TLSA, _) => Tlsa::decode(rdata).ok().map(|tlsa| tlsa.presentation()),
        (RecordType::A, _) => rdata.try_into().ok().map(|octets: [u8; 4]| Ipv4Addr::from(octets).to_string()),
        (RecordType::AAAA, _) => {
            rdata.try_into().ok().map(|octets: [u8; 16]| Ipv6Addr::from(octets).to_string())
        }
        (RecordType::NS, _) => names(rdata).next().map(|name| name.to_string()),
        (RecordType::SOA, _) => soa_text(rdata),
        (RecordType::DS, _) => ds_text(rdata),
        _ => None,
    };
    native.unwrap_or_else(|| generic(rdata))
}

fn ds_text(rdata: &[u8]) -> Option<String> {
    let (&[tag_high, tag_low, algorithm, digest_type], digest) = rdata.split_first_chunk()?;
    let key_tag = u16::from_be_bytes([tag_high, tag_low]);
    Some(Ds { key_tag, algorithm, digest_type, digest: digest.to_vec() }.to_string())
}

fn soa_text(rdata: &[u8]) -> Option<String> {
    let mut names = names(rdata);
    let (mname, rname) = (names.next()?, names.next()?);
    let numbers = rdata.get(mname.wire().len() + rname.wire().len()..)?;
    let mut text = format!("{mname} {rname}");
    for number in numbers.as_chunks::<4>().0 {
        // Writing to a string cannot fail.
        let _ = write!(text, " {}", u32::from_be_bytes(*number));
    }
    Some(text)
}

/// The uncompressed names at the start of RDATA.
fn names(mut rdata: &[u8]) -> impl Iterator<Item = Name> {
    std::iter::from_fn(move || {
        let mut labels = Vec::new();
        loop {
            let (&length, rest) = rdata.split_first()?;
            let (label, rest) = rest.split_at_checked(usize::from(length))?;
            rdata = rest;
            if label.is_empty() {
                return Name::from_labels(labels).ok();
            }
            labels.push(label);
        }
    })
}
