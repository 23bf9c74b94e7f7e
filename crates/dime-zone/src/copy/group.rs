//! The records of one DET as they come and go.

use super::{CopyError, signing::seal_of};
use crate::{
    Name, Record, RecordType,
    chain::Owner,
    received::{Seal, Sealed, Types},
    template::{Block, DetRecord, Table},
    zone::{Zone, records_of},
};
use drip_det::{Det, DripTime};
use drip_wire::rdata::{CertRecord, Hip};

/// Types that mean something else than data of a name, or are this server's to make.
const NOT_OF_A_DET: [u16; 15] = [1, 2, 5, 6, 28, 39, 43, 46, 47, 48, 50, 51, 59, 60, 63];

/// The records of a DET: type, TTL, RDATA; and what the primary has signed of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    records: Vec<(u16, u32, Vec<u8>)>,
    seal: Seal,
}

/// The records of a DET, ready to be kept.
pub(super) struct Ready {
    pub(super) block: Block,
    pub(super) ttl: u32,
    pub(super) records: Vec<(u16, Vec<u8>)>,
    /// What is kept of the signatures; `None` where none came.
    pub(super) sealed: Option<Vec<u8>>,
}

impl Group {
    /// What a zone has of a DET now.
    pub(super) fn of(zone: &Zone, det: Det) -> Self {
        let records = zone.records(det.as_u128()).into_iter().flatten();
        let seal = seal_of(zone, &Owner::Det(det.as_u128())).unwrap_or_default();
        Group { records: owned(records), seal }
    }

    /// What is kept of a DET in a zone that is coming in: its block, and what is signed of it.
    pub(super) fn kept(det: Det, table: &Table, block: &[u8], sealed: Option<&[u8]>, zone: &Name) -> Self {
        let records = records_of(table.numbered(), det.as_u128(), block).into_iter().flatten();
        let records = owned(records);
        let types = records.iter().map(|(record_type, ..)| RecordType(*record_type));
        let sealed = sealed.and_then(Sealed::read);
        let seal = sealed.map(|sealed| Seal::of(&sealed, &Name::of_det(det), zone, types));
        Group { seal: seal.unwrap_or_default(), records }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.seal.is_empty()
    }

    /// Adds all of another.
    pub(super) fn absorb(&mut self, other: Group, det: Det) -> Result<(), CopyError> {
        let owner = Name::of_det(det);
        for (record_type, ttl, rdata) in other.records {
            self.put(Record { owner: owner.clone(), record_type: RecordType(record_type), ttl, rdata })?;
        }
        self.seal.absorb(other.seal, &owner)
    }

    /// Adds a record. One that is there already is the same record.
    pub(super) fn add(&mut self, record: Record, zone: &Name) -> Result<(), CopyError> {
        match record.record_type {
            RecordType::NSEC | RecordType::RRSIG => self.seal.add(record, zone),
            _ => self.put(record),
        }
    }

    fn put(&mut self, record: Record) -> Result<(), CopyError> {
        let Record { owner, record_type, ttl, rdata } = record;
        if NOT_OF_A_DET.contains(&record_type.0) {
            return Err(CopyError::Unservable { owner, record_type });
        }
        match self.records.iter().find(|(have, ..)| *have == record_type.0) {
            Some((_, have_ttl, have)) if (*have_ttl, have) == (ttl, &rdata) => Ok(()),
            Some(_) => Err(CopyError::Several { owner, record_type }),
            None => {
                self.records.push((record_type.0, ttl, rdata));
                Ok(())
            }
        }
    }

    /// Takes a record away.
    pub(super) fn remove(&mut self, record: &Record, zone: &Name) -> Result<(), CopyError> {
        if [RecordType::NSEC, RecordType::RRSIG].contains(&record.record_type) {
            return self.seal.remove(record, zone);
        }
        let same = |(have, _, rdata): &(u16, u32, Vec<u8>)| {
            (RecordType(*have), rdata) == (record.record_type, &record.rdata)
        };
        let at = self.records.iter().position(same).ok_or_else(|| CopyError::NotThere {
            owner: record.owner.clone(),
            record_type: record.record_type,
        })?;
        self.records.remove(at);
        Ok(())
    }

    /// Whether there are records, and what is signed of them is all that must be.
    pub(super) fn check(&self, det: Det) -> Result<(), CopyError> {
        if self.records.is_empty() {
            return Err(CopyError::Stray(Name::of_det(det)));
        }
        if self.seal.is_empty() {
            return Ok(());
        }
        let sets = self.records.iter().map(|(record_type, ttl, _)| (RecordType(*record_type), *ttl));
        let sets: Vec<_> = sets.collect();
        self.seal.check(&Name::of_det(det), &sets, sets.iter().map(|(record_type, _)| *record_type))
    }

    /// The records in order of their types, and what they have of their own; all of it has been [checked](Group::check).
    pub(super) fn ready(mut self, det: Det, zone: &Name) -> Result<Ready, CopyError> {
        let sealed = (!self.seal.is_empty()).then(|| self.seal.octets(Types::Implied, zone));
        self.records.sort_by_key(|(record_type, ..)| *record_type);
        let ttl = self.records.first().map_or(0, |(_, ttl, _)| *ttl);
        if let Some((record_type, found, _)) = self.records.iter().find(|(_, other, _)| *other != ttl) {
            let (owner, record_type) = (Name::of_det(det), RecordType(*record_type));
            return Err(CopyError::Ttl { owner, record_type, found: *found, expected: ttl });
        }
        let of_type = |wanted: RecordType| {
            let found = self.records.iter().find(|(record_type, ..)| *record_type == wanted.0);
            found.map(|(_, _, rdata)| rdata.as_slice())
        };
        // What is wrong here only costs room: composing gives what came, or the template keeps it whole.
        let hip = of_type(RecordType::HIP).and_then(|rdata| Hip::decode(rdata).ok());
        let hi: [u8; 32] = hip.and_then(|hip| hip.public_key.try_into().ok()).unwrap_or([0; 32]);
        let certificate = of_type(RecordType::CERT).and_then(|rdata| CertRecord::decode(rdata).ok());
        let certificate = certificate.as_ref().and_then(CertRecord::certificate).unwrap_or_default();
        let unknown = (DripTime(0), DripTime(0));
        let block = Block::gather(det, &hi, unknown, certificate, of_type(RecordType::BRID));
        let records = self.records.into_iter().map(|(record_type, _, rdata)| (record_type, rdata)).collect();
        Ok(Ready { block, ttl, records, sealed })
    }
}

fn owned<'a>(records: impl Iterator<Item = DetRecord<'a>>) -> Vec<(u16, u32, Vec<u8>)> {
    records.map(|record| (record.record.record_type, record.ttl, record.rdata())).collect()
}

impl Ready {
    /// Puts it into a zone.
    pub(super) fn put(self, zone: &mut Zone, det: Det) {
        zone.put(det, self.block, self.ttl, &self.records);
        if let Some(sealed) = &self.sealed {
            zone.insert_signatures(det.as_u128(), sealed);
        }
    }
}
