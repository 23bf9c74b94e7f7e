//! A whole zone, record by record, in any order.

use super::{
    CopyError, ZoneCopy,
    frame::{self, frame, read_soa},
    group::Group,
};
use crate::{
    Name, Position, Record, RecordType, Rest, Serial, sequence::Sequence, template::Table, zone::Zone,
};
use drip_det::{Det, ZoneCut};
use std::collections::BTreeMap;

/// A zone that is coming in.
pub struct Loading {
    cut: ZoneCut,
    soa: Record,
    serial: Serial,
    others: Vec<Record>,
    dets: Sequence,
    table: Table,
    /// The DET whose records come now.
    current: Option<(Det, Group)>,
    /// Records of DETs whose others had come before.
    late: BTreeMap<Det, Group>,
}

impl Loading {
    /// Begins with the SOA of a zone.
    pub fn new(cut: ZoneCut, soa: Record) -> Result<Self, CopyError> {
        let zone = Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4);
        if soa.record_type != RecordType::SOA || !soa.owner.is_same(&zone) {
            return Err(CopyError::Outside { owner: soa.owner, record_type: soa.record_type, zone });
        }
        let (_, serial) = read_soa(&soa)?;
        Ok(Loading {
            cut,
            soa: Record { owner: zone, ..soa },
            serial,
            others: Vec::new(),
            dets: Sequence::default(),
            table: Table::default(),
            current: None,
            late: BTreeMap::new(),
        })
    }

    /// The serial of the zone.
    pub fn serial(&self) -> Serial {
        self.serial
    }

    /// Takes the next record.
    pub fn add(&mut self, record: Record) -> Result<(), CopyError> {
        match place(&self.soa.owner, &record)? {
            Place::Det(det) => match &mut self.current {
                Some((current, group)) if *current == det => group.add(record),
                _ => {
                    self.settle()?;
                    let mut group = Group::default();
                    group.add(record)?;
                    self.current = Some((det, group));
                    Ok(())
                }
            },
            Place::Other => {
                if self.others.len() >= frame::MOST {
                    return Err(CopyError::TooMany(self.soa.owner.clone()));
                }
                self.others.push(record);
                Ok(())
            }
        }
    }

    /// The zone is whole.
    pub fn finish(mut self) -> Result<ZoneCopy, CopyError> {
        self.settle()?;
        let (config, cuts) = frame(self.cut, &self.soa, &self.others)?;
        let mut zone = Zone::of(config, self.serial, cuts, self.table, self.dets)?;
        for (det, late) in self.late {
            let mut group = super::change::group_of(&zone, det);
            for record in late.records(det) {
                group.add(record)?;
            }
            let ready = group.ready(det)?;
            zone.put(det, ready.block, ready.ttl, &ready.records);
        }
        zone.holds_its_own()?;
        Ok(ZoneCopy { zone })
    }

    /// Keeps the DET whose records came.
    fn settle(&mut self) -> Result<(), CopyError> {
        let Some((det, group)) = self.current.take() else { return Ok(()) };
        if self.dets.find(det.as_u128()).is_some() {
            let late = self.late.entry(det).or_default();
            return group.records(det).try_for_each(|record| late.add(record));
        }
        let ready = group.ready(det)?;
        let kept = self.table.enter(det, ready.block, ready.ttl, &ready.records);
        self.dets.insert(det.as_u128(), &kept);
        Ok(())
    }
}

/// RRSIG, NSEC, DNSKEY, NSEC3, NSEC3PARAM, CDS, CDNSKEY, ZONEMD.
const OF_SIGNING: [u16; 8] = [46, 47, 48, 50, 51, 59, 60, 63];

/// Where a record belongs.
pub(super) enum Place {
    /// To a DET.
    Det(Det),
    /// To the frame.
    Other,
}

/// Where a record of a transfer of this zone belongs.
pub(super) fn place(zone: &Name, record: &Record) -> Result<Place, CopyError> {
    let outside = |record: &Record| CopyError::Outside {
        owner: record.owner.clone(),
        record_type: record.record_type,
        zone: zone.clone(),
    };
    if !record.owner.is_within(zone) {
        return Err(outside(record));
    }
    if OF_SIGNING.contains(&record.record_type.0) {
        return Err(CopyError::Signed(zone.clone()));
    }
    match Position::of(&record.owner) {
        Some(Position { number, nibbles: 32, rest: Rest::Nothing }) => {
            Det::from_u128(number).map(Place::Det).map_err(|_| outside(record))
        }
        _ => Ok(Place::Other),
    }
}
