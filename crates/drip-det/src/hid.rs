//! RAA, HDA and the HID they make together (RFC 9374, section 3.3).

use alloc::{format, string::String};
use core::{fmt, str::FromStr};

/// A number that does not fit the 14 bits of an RAA or HDA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {value} is out of range: it has 14 bits, 0 to 16383")]
pub struct OutOfRange {
    /// Which field: `RAA` or `HDA`.
    pub field: &'static str,
    /// The number given.
    pub value: u16,
}

/// Registered Assigning Authority: the number of an aviation authority, 0 to 16383.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Raa(u16);

/// Hierarchical HIT Domain Authority: the number of a registry below an RAA, 0 to 16383.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hda(u16);

impl Raa {
    /// The RAA of the Apex.
    pub const APEX: Raa = Raa(0);

    /// An RAA of this number.
    pub const fn new(value: u16) -> Result<Self, OutOfRange> {
        if value > 0x3fff { Err(OutOfRange { field: "RAA", value }) } else { Ok(Raa(value)) }
    }

    /// The number, 0 to 16383.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// The four HDA numbers that every RAA keeps for itself: 0, 4096, 8192, 12288 (RFC 9886, section 6.2.1).
    pub const fn reserved_hdas(self) -> [Hda; 4] {
        [Hda(0), Hda(4096), Hda(8192), Hda(12288)]
    }
}

impl Hda {
    /// The HDA number under which an RAA's own DETs live.
    pub const OF_RAA: Hda = Hda(0);

    /// An HDA of this number.
    pub const fn new(value: u16) -> Result<Self, OutOfRange> {
        if value > 0x3fff { Err(OutOfRange { field: "HDA", value }) } else { Ok(Hda(value)) }
    }

    /// The number, 0 to 16383.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// Whether this number belongs to the RAA and can be allocated to nobody else.
    pub const fn is_reserved_to_raa(self) -> bool {
        self.0.is_multiple_of(4096)
    }
}

/// Hierarchy ID: an RAA and an HDA below it, 28 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hid {
    /// The aviation authority.
    pub raa: Raa,
    /// The domain authority below it.
    pub hda: Hda,
}

impl Hid {
    /// The HID of this pair.
    pub const fn new(raa: Raa, hda: Hda) -> Self {
        Hid { raa, hda }
    }

    /// The HID of these numbers.
    pub const fn from_numbers(raa: u16, hda: u16) -> Result<Self, OutOfRange> {
        match (Raa::new(raa), Hda::new(hda)) {
            (Ok(raa), Ok(hda)) => Ok(Hid { raa, hda }),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// The 28 bits, RAA above HDA.
    pub const fn to_bits(self) -> u32 {
        ((self.raa.0 as u32) << 14) | self.hda.0 as u32
    }

    /// The default HID abbreviation of an HHIT record: `3ff8 000a` (RFC 9886, section 5.1.2, in the lower case of its examples).
    pub fn abbreviation(self) -> String {
        format!("{:04x} {:04x}", self.raa.0, self.hda.0)
    }
}

impl fmt::Display for Raa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Hda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `RAA/HDA`, both decimal.
impl fmt::Display for Hid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.raa, self.hda)
    }
}

/// Text that is no HID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseHidError {
    /// It is not two decimal numbers with a slash between them.
    #[error("a HID is written RAA/HDA, two decimal numbers, as in 16376/10")]
    Form,
    /// One of the numbers is too large.
    #[error(transparent)]
    Range(#[from] OutOfRange),
}

impl FromStr for Hid {
    type Err = ParseHidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (raa, hda) = text.split_once('/').ok_or(ParseHidError::Form)?;
        let number = |digits: &str| digits.parse::<u16>().map_err(|_| ParseHidError::Form);
        Ok(Hid::from_numbers(number(raa)?, number(hda)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn fourteen_bits_and_no_more() {
        assert_eq!(Raa::new(16383).map(Raa::value), Ok(16383));
        assert!(Raa::new(16384).is_err());
        assert_eq!(Hda::new(u16::MAX), Err(OutOfRange { field: "HDA", value: u16::MAX }));
    }

    #[test]
    fn an_raa_keeps_four_hdas() {
        let reserved: alloc::vec::Vec<u16> =
            (0..16384).filter(|n| Hda::new(*n).unwrap().is_reserved_to_raa()).collect();
        assert_eq!(reserved, [0, 4096, 8192, 12288]);
    }

    #[test]
    fn text_both_ways() {
        let hid: Hid = "16376/10".parse().unwrap();
        assert_eq!(hid.to_string(), "16376/10");
        assert_eq!(hid.abbreviation(), "3ff8 000a");
        assert_eq!("16376".parse::<Hid>(), Err(ParseHidError::Form));
        assert!(matches!("16376/16384".parse::<Hid>(), Err(ParseHidError::Range(_))));
    }
}
