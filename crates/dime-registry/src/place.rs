//! The places of this DIME in the hierarchy: those of its own authorities, and of its keys that are to become ones.

use crate::{OurFault, Registry};
use dime_store::Ownership;
use drip_det::{Hda, Hid, Level};
use std::collections::BTreeSet;

/// The place whose Authorization key is responsible for a HID: R/0 for all four of an RAA.
pub(crate) fn seat(hid: Hid) -> Hid {
    if hid.hda.is_reserved_to_raa() { Hid::new(hid.raa, Hda::OF_RAA) } else { hid }
}

/// The level that sits at a seat.
pub(crate) fn level_of(seat: Hid) -> Level {
    match (seat.raa.value(), seat.hda.is_reserved_to_raa()) {
        (0, _) => Level::Apex,
        (_, true) => Level::Raa,
        _ => Level::Hda,
    }
}

/// The seat above.
pub(crate) fn above(seat: Hid) -> Option<Hid> {
    match level_of(seat) {
        Level::Apex => None,
        Level::Raa => Some(Hid::new(drip_det::Raa::APEX, Hda::OF_RAA)),
        Level::Hda => Some(Hid::new(seat.raa, Hda::OF_RAA)),
    }
}

impl Registry {
    /// The seats of this DIME, in order.
    pub fn places(&self) -> Result<BTreeSet<Hid>, OurFault> {
        let mut seats: BTreeSet<Hid> = self
            .authorities
            .all()
            .into_iter()
            .filter(|authority| authority.own == Ownership::Own)
            .map(|authority| seat(authority.hid))
            .collect();
        let prospects = self.store.prospects()?;
        seats.extend(prospects.iter().filter(|key| key.dropped_at.is_none()).map(|key| seat(key.hid)));
        Ok(seats)
    }
}
