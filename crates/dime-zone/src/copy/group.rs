//! The records of one DET as they come and go.

use super::CopyError;
use crate::{Name, Record, RecordType, template::Block};
use drip_det::{Det, DripTime};
use drip_wire::rdata::{CertRecord, Hip};

/// Types that mean something else than data of a name, or are this server's to make.
const NOT_OF_A_DET: [u16; 15] = [1, 2, 5, 6, 28, 39, 43, 46, 47, 48, 50, 51, 59, 60, 63];

/// The records of a DET: type, TTL, RDATA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    records: Vec<(u16, u32, Vec<u8>)>,
}

/// The records of a DET, ready to be kept.
pub(super) struct Ready {
    pub(super) block: Block,
    pub(super) ttl: u32,
    pub(super) records: Vec<(u16, Vec<u8>)>,
}

impl Group {
    pub(super) fn of(records: impl Iterator<Item = (u16, u32, Vec<u8>)>) -> Self {
        Group { records: records.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The records, each with its owner.
    pub(super) fn records(self, det: Det) -> impl Iterator<Item = Record> {
        let record = move |(record_type, ttl, rdata)| Record {
            owner: Name::of_det(det),
            record_type: RecordType(record_type),
            ttl,
            rdata,
        };
        self.records.into_iter().map(record)
    }

    /// Adds a record. One that is there already is the same record.
    pub(super) fn add(&mut self, record: Record) -> Result<(), CopyError> {
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
    pub(super) fn remove(&mut self, record: &Record) -> Result<(), CopyError> {
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

    /// The records in order of their types, and what they have of their own.
    pub(super) fn ready(mut self, det: Det) -> Result<Ready, CopyError> {
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
        Ok(Ready { block, ttl, records })
    }
}
