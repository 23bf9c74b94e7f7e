//! Where the DNS tree of DETs is cut into zones (RFC 9886, section 3 and figure 7).
//!
//! | zone | prefix | labels below the zone above |
//! |---|---|---|
//! | Apex | /28 | – |
//! | RAA, four of them | /44 | 4 nibbles: RAA and the top two bits of the HDA |
//! | HDA | /56 | 3 nibbles: the other twelve bits of the HDA |
//!
//! Fourteen bits do not end on a nibble, so every RAA has four zones, one for each value of the top two bits of the HDA number. The HDA
//! numbers 0, 4096, 8192 and 12288 belong to the RAA: their DETs live in the RAA's zones themselves, and no HDA zone is cut for them.

use crate::{Det, Hda, Hid, Raa, SuiteId, owner_name::nibble_name};
use alloc::string::String;

/// A zone of the DET tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneCut {
    /// `3.0.0.1.0.0.2.ip6.arpa.`
    Apex,
    /// One of the four zones of an RAA.
    Raa {
        /// The RAA.
        raa: Raa,
        /// Which of the four: the top two bits of the HDA numbers in it, 0 to 3.
        block: u8,
    },
    /// The zone of an HDA.
    Hda(Hid),
}

impl ZoneCut {
    /// The RAA zone in which a HID lies.
    pub const fn raa_of(hid: Hid) -> Self {
        ZoneCut::Raa { raa: hid.raa, block: (hid.hda.value() >> 12) as u8 }
    }

    /// The HDA zone of a HID, or `None` where the HDA number belongs to the RAA.
    pub const fn hda_of(hid: Hid) -> Option<Self> {
        if hid.hda.is_reserved_to_raa() { None } else { Some(ZoneCut::Hda(hid)) }
    }

    /// The zone that a HID's DETs live in: the HDA's, or the RAA's for the numbers it keeps.
    pub const fn home_of(hid: Hid) -> Self {
        match Self::hda_of(hid) {
            Some(cut) => cut,
            None => Self::raa_of(hid),
        }
    }

    /// The four zones of an RAA.
    pub const fn raa_zones(raa: Raa) -> [Self; 4] {
        [
            ZoneCut::Raa { raa, block: 0 },
            ZoneCut::Raa { raa, block: 1 },
            ZoneCut::Raa { raa, block: 2 },
            ZoneCut::Raa { raa, block: 3 },
        ]
    }

    /// The zone above, or `None` above the Apex.
    pub const fn parent(self) -> Option<Self> {
        match self {
            ZoneCut::Apex => None,
            ZoneCut::Raa { .. } => Some(ZoneCut::Apex),
            ZoneCut::Hda(hid) => Some(Self::raa_of(hid)),
        }
    }

    /// Length of the prefix in bits: 28, 44 or 56.
    pub const fn prefix_bits(self) -> u8 {
        match self {
            ZoneCut::Apex => 28,
            ZoneCut::Raa { .. } => 44,
            ZoneCut::Hda(_) => 56,
        }
    }

    /// The prefix as a number, the bits after it zero.
    pub fn prefix(self) -> u128 {
        let lowest = |raa, hda| Det::from_parts(Hid::new(raa, hda), SuiteId(0), 0).as_u128();
        match self {
            ZoneCut::Apex => lowest(Raa::APEX, Hda::OF_RAA),
            ZoneCut::Raa { raa, block } => lowest(raa, Hda::OF_RAA) | (u128::from(block & 3) << (128 - 44)),
            ZoneCut::Hda(hid) => lowest(hid.raa, hid.hda),
        }
    }

    /// Whether the prefix covers this DET. A DET of an HDA is covered by the zones above it too.
    pub fn contains(self, det: Det) -> bool {
        (det.as_u128() ^ self.prefix()) >> (128 - u32::from(self.prefix_bits())) == 0
    }

    /// The zone's name, lower case, with the final dot.
    pub fn name(self) -> String {
        nibble_name(self.prefix(), self.prefix_bits() / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9886_figure_7() {
        let raa = Raa::new(16376).unwrap();
        let names = ZoneCut::raa_zones(raa).map(ZoneCut::name);
        for (name, first) in names.iter().zip(["0", "1", "2", "3"]) {
            assert_eq!(*name, alloc::format!("{first}.e.f.f.3.0.0.1.0.0.2.ip6.arpa."));
        }
    }

    #[test]
    fn an_hda_above_4096_hangs_below_a_later_zone_of_its_raa() {
        let hid = Hid::from_numbers(16376, 16376).unwrap();
        assert_eq!(ZoneCut::raa_of(hid).name(), "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.");
        assert_eq!(ZoneCut::Hda(hid).name(), "8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.");
        let det = Det::from_parts(hid, SuiteId::EDDSA_CSHAKE128, 7);
        assert!(ZoneCut::Hda(hid).contains(det));
        assert!(ZoneCut::raa_of(hid).contains(det));
        assert!(ZoneCut::Apex.contains(det));
        assert!(!ZoneCut::Raa { raa: hid.raa, block: 0 }.contains(det));
    }

    #[test]
    fn the_raa_keeps_its_own_dets() {
        let own = Hid::from_numbers(16376, 4096).unwrap();
        assert_eq!(ZoneCut::hda_of(own), None);
        assert_eq!(ZoneCut::home_of(own), ZoneCut::Raa { raa: own.raa, block: 1 });
        assert_eq!(ZoneCut::Apex.name(), "3.0.0.1.0.0.2.ip6.arpa.");
    }
}
