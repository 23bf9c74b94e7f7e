//! Differences from one serial to the next (RFC 1995, section 4), applied to a copy of the copy: what does not fit changes nothing.

use super::{
    CopyError, ZoneCopy,
    frame::{self, frame, read_soa},
    group::Group,
    load::{Place, place},
    signing::Signing,
};
use crate::{Name, Record, RecordType, zone::Zone};
use drip_det::Det;
use std::collections::{BTreeMap, HashSet};

/// One difference: what goes and what comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The SOA before.
    pub from: Record,
    /// What goes, but for the SOA.
    pub removed: Vec<Record>,
    /// The SOA after.
    pub to: Record,
    /// What comes, but for the SOA.
    pub added: Vec<Record>,
}

impl ZoneCopy {
    /// The copy after these differences, which follow one another.
    pub fn changed(&self, deltas: Vec<Delta>) -> Result<ZoneCopy, CopyError> {
        let mut changing = Changing {
            zone: self.zone.clone(),
            soa: None,
            dets: BTreeMap::new(),
            others: None,
            signing: Signing::default(),
        };
        let mut serial = self.serial();
        for Delta { from, removed, to, added } in deltas {
            for soa in [&from, &to] {
                if soa.record_type != RecordType::SOA || !soa.owner.is_same(&self.zone.name) {
                    let (owner, record_type) = (soa.owner.clone(), soa.record_type);
                    return Err(CopyError::Outside { owner, record_type, zone: self.zone.name.clone() });
                }
            }
            let (_, found) = read_soa(&from)?;
            if found != serial {
                return Err(CopyError::OtherSerial { found, have: serial });
            }
            (_, serial) = read_soa(&to)?;
            removed.into_iter().try_for_each(|record| changing.remove(record))?;
            added.into_iter().try_for_each(|record| changing.add(record))?;
            changing.soa = Some(to);
        }
        changing.finish()
    }
}

struct Changing {
    zone: Zone,
    soa: Option<Record>,
    /// The DETs that change, with the records that they have by now.
    dets: BTreeMap<Det, Group>,
    /// What is no DET's, once any of it changes.
    others: Option<Vec<Record>>,
    /// What is signed beside DETs, where that changes.
    signing: Signing,
}

impl Changing {
    fn remove(&mut self, record: Record) -> Result<(), CopyError> {
        match place(&self.zone.name, &record)? {
            Place::Det(det) => {
                let name = self.zone.name.clone();
                self.group(det).remove(&record, &name)
            }
            Place::Signing(kind) => self.signing.remove(kind, &record, &self.zone),
            Place::Other => {
                let others = self.others();
                let same = |have: &Record| {
                    have.record_type == record.record_type
                        && have.owner.is_same(&record.owner)
                        && have.rdata == record.rdata
                };
                let at = others.iter().position(same);
                let Record { owner, record_type, .. } = record;
                others.remove(at.ok_or(CopyError::NotThere { owner, record_type })?);
                Ok(())
            }
        }
    }

    fn add(&mut self, record: Record) -> Result<(), CopyError> {
        match place(&self.zone.name, &record)? {
            Place::Det(det) => {
                let name = self.zone.name.clone();
                self.group(det).add(record, &name)
            }
            Place::Signing(kind) => self.signing.add(kind, record, &self.zone.name, Some(&self.zone)),
            Place::Other => {
                let others = self.others();
                if others.len() >= frame::MOST {
                    return Err(CopyError::TooMany(self.zone.name.clone()));
                }
                others.push(record);
                Ok(())
            }
        }
    }

    fn group(&mut self, det: Det) -> &mut Group {
        let zone = &self.zone;
        self.dets.entry(det).or_insert_with(|| Group::of(zone, det))
    }

    fn others(&mut self) -> &mut Vec<Record> {
        let zone = &self.zone;
        self.others.get_or_insert_with(|| frame::records(zone))
    }

    fn finish(mut self) -> Result<ZoneCopy, CopyError> {
        let was_signed = self.zone.is_signed();
        let mut changed: HashSet<Name> = self.dets.keys().map(|det| Name::of_det(*det)).collect();
        for (det, group) in std::mem::take(&mut self.dets) {
            if group.is_empty() {
                self.zone.drop_det(det);
            } else {
                group.check(det)?;
                group.ready(det, &self.zone.name)?.put(&mut self.zone, det);
            }
        }
        let mut frame_is_same = self.others.is_none();
        if let Some(soa) = &self.soa {
            let (start, serial) = read_soa(soa)?;
            let config = &self.zone.config;
            if self.others.is_none() && (soa.ttl, &start) == (config.ttl, &config.soa) {
                self.zone.come_to(serial);
            } else {
                let soa = Record { owner: self.zone.name.clone(), ..soa.clone() };
                let others = self.others.unwrap_or_else(|| frame::records(&self.zone));
                let (config, cuts) = frame(self.zone.config.cut, &soa, &others)?;
                self.zone.reframe(config, cuts)?;
                frame_is_same = false;
            }
        }
        self.zone.holds_its_own()?;
        if !self.signing.is_empty() {
            changed.extend(self.signing.put(&mut self.zone)?);
        }
        if frame_is_same && was_signed && self.zone.is_signed() {
            self.zone.check_received_at(changed.iter())?;
        } else {
            self.zone.check_received()?;
        }
        Ok(ZoneCopy { zone: self.zone })
    }
}
