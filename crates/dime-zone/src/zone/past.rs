//! A zone as it was: what the journal keeps of it, and how its changes are undone in a copy.

use super::{Zone, soa_record};
use crate::{
    Name, Record, Serial,
    journal::{Change, Kept, Touched},
    template::{Block, DetRecord},
    transfer::det_record,
};
use drip_det::Det;
use std::sync::Arc;

impl Zone {
    /// Takes note of something that a change touches, where changes are noted.
    pub(super) fn touch(&mut self, change: impl FnOnce(&Zone) -> Change) {
        if let Some(mut touched) = self.touched.take() {
            touched.push(change(self));
            self.touched = Some(touched);
        }
    }

    /// Takes note of a DET before it changes.
    pub(super) fn touch_det(&mut self, number: u128) {
        self.touch(|zone| Change::Det(number, zone.as_kept(number)));
    }

    /// What is to be kept of a DET before it changes.
    fn as_kept(&self, number: u128) -> Option<Kept> {
        let block = self.dets.find(number)?;
        let template = self.table.numbered().shared(Block::number_of(block)?)?;
        Some(Kept { block: block.into(), template })
    }

    /// The SOA record at another serial.
    pub(crate) fn soa_at(&self, serial: Serial) -> Record {
        soa_record(&self.name, &self.config, serial, self.config.ttl)
    }

    /// The zone at an older serial, when what was touched since is put back. It shares with this one what is the same.
    pub(crate) fn as_it_was(&self, serial: Serial, touched: &Touched) -> Zone {
        let mut past = self.clone();
        for (number, kept) in &touched.dets {
            past.signatures.remove(*number);
            let before = match kept {
                Some(kept) => {
                    let block = past.table.adopt(kept);
                    past.dets.insert(*number, &block)
                }
                None => past.dets.remove(*number),
            };
            if let Some(before) = before {
                past.table.leave(&before);
            }
        }
        let delegations = Arc::make_mut(&mut past.delegations);
        for (key, (cut, delegation)) in &touched.cuts {
            match delegation {
                Some(delegation) => delegations.insert(*key, (*cut, delegation.clone())),
                None => delegations.remove(key),
            };
        }
        // The serial is the change's number and the signing's.
        let offset = past.signed.as_ref().map_or(0, |signed| signed.offset);
        past.change = Serial(serial.0.wrapping_sub(offset));
        past
    }
}

impl Kept {
    /// The records that a DET had.
    pub(crate) fn records(&self, number: u128) -> impl Iterator<Item = Record> {
        let det = Det::from_u128(number).ok();
        let name = Name::of_nibbles(number, 32);
        let records =
            det.into_iter().flat_map(|det| self.template.records.iter().map(move |record| (det, record)));
        records.map(move |(det, record)| {
            det_record(&name, &DetRecord { det, block: &self.block, ttl: self.template.ttl, record })
        })
    }
}
