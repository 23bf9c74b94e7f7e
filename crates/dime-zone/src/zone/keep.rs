//! A zone put away in a snapshot, and taken out again.

use super::Zone;
use crate::{
    Delegation, Name, Serial, ZoneConfig, ZoneError,
    sequence::Sequence,
    template::{Table, Template},
};
use drip_det::ZoneCut;
use std::sync::Arc;

/// Everything of a zone but its DETs and how it is signed.
pub(crate) struct Frame {
    pub(crate) config: ZoneConfig,
    /// The number of the last change.
    pub(crate) change: Serial,
    pub(crate) cuts: Vec<(ZoneCut, Delegation)>,
    /// The templates by number.
    pub(crate) templates: Vec<(u32, Arc<Template>)>,
}

impl Zone {
    /// The parts of a zone that a snapshot keeps.
    pub(crate) fn frame(&self) -> Frame {
        Frame {
            config: ZoneConfig::clone(&self.config),
            change: self.change,
            cuts: self.delegations.values().cloned().collect(),
            templates: self.table.all(),
        }
    }

    /// The zone that these parts make, not yet signed.
    pub(crate) fn of(
        config: ZoneConfig,
        change: Serial,
        cuts: Vec<(ZoneCut, Delegation)>,
        table: Table,
        dets: Sequence,
    ) -> Result<Self, ZoneError> {
        let mut zone = Zone::new(config)?;
        for (cut, delegation) in cuts {
            zone.delegate(cut, delegation, change)?;
        }
        zone.change = change;
        zone.dets = dets;
        zone.table = table;
        Ok(zone)
    }

    /// Whether every DET lies in the zone and in none that is cut out of it.
    pub(crate) fn holds_its_own(&self) -> Result<(), ZoneError> {
        let (low, high) = super::range_of(self.config.cut);
        let beyond = |from: u128| self.dets.first_from(from);
        let inside =
            beyond(0).is_none_or(|first| first >= low) && high.checked_add(1).and_then(beyond).is_none();
        let cut = self.delegations.values().find(|(cut, _)| {
            let (low, high) = super::range_of(*cut);
            beyond(low).is_some_and(|first| first <= high)
        });
        match (inside, cut) {
            (false, _) => Err(ZoneError::Occupied(self.name.clone())),
            (_, Some((cut, _))) => {
                Err(ZoneError::Occupied(Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4)))
            }
            (true, None) => Ok(()),
        }
    }
}
