//! A whole zone, record by record, in any order.

use super::{
    CopyError, ZoneCopy,
    frame::{self, frame, read_soa},
    group::Group,
    signing::{Kind, Signing, kind},
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
    /// What is signed of DETs, and beside them.
    sealed: Sequence,
    signing: Signing,
    /// The DET whose records come now.
    current: Option<(Det, Group)>,
    /// DETs whose records do not come together, or of which some are missing.
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
            sealed: Sequence::default(),
            signing: Signing::default(),
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
                Some((current, group)) if *current == det => group.add(record, &self.soa.owner),
                _ => {
                    self.settle()?;
                    let mut group = Group::default();
                    group.add(record, &self.soa.owner)?;
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
            Place::Signing(kind) => self.signing.add(kind, record, &self.soa.owner, None),
        }
    }

    /// The zone is whole.
    pub fn finish(mut self) -> Result<ZoneCopy, CopyError> {
        self.settle()?;
        let (config, cuts) = frame(self.cut, &self.soa, &self.others)?;
        let mut zone = Zone::of(config, self.serial, cuts, self.table, self.dets)?;
        zone.set_signatures(self.sealed);
        for (det, late) in self.late {
            late.check(det)?;
            late.ready(det, &self.soa.owner)?.put(&mut zone, det);
        }
        zone.holds_its_own()?;
        self.signing.put(&mut zone)?;
        zone.check_received()?;
        Ok(ZoneCopy { zone })
    }

    /// Keeps the DET whose records came.
    fn settle(&mut self) -> Result<(), CopyError> {
        let Some((det, group)) = self.current.take() else { return Ok(()) };
        let number = det.as_u128();
        if let Some(kept) = self.dets.remove(number) {
            // More of a DET that seemed complete.
            let sealed = self.sealed.remove(number);
            let before = Group::kept(det, &self.table, &kept, sealed.as_deref(), &self.soa.owner);
            self.table.leave(&kept);
            self.late.insert(det, before);
        }
        if let Some(late) = self.late.get_mut(&det) {
            return late.absorb(group, det);
        }
        if group.check(det).is_err() {
            self.late.insert(det, group);
            return Ok(());
        }
        let ready = group.ready(det, &self.soa.owner)?;
        let kept = self.table.enter(det, ready.block, ready.ttl, &ready.records);
        self.dets.insert(number, &kept);
        if let Some(sealed) = &ready.sealed {
            self.sealed.insert(number, sealed);
        }
        Ok(())
    }
}

/// Where a record belongs.
pub(super) enum Place {
    /// To a DET.
    Det(Det),
    /// To what is signed beside DETs.
    Signing(Kind),
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
    let kind = kind(zone, record)?;
    match (Position::of(&record.owner), kind) {
        (Some(Position { number, nibbles: 32, rest: Rest::Nothing }), _) => {
            Det::from_u128(number).map(Place::Det).map_err(|_| outside(record))
        }
        (_, Some(kind)) => Ok(Place::Signing(kind)),
        (_, None) => Ok(Place::Other),
    }
}
