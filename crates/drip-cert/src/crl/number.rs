//! The number of a list (RFC 5280, section 5.2.3): positive, at most 20 octets; here at most 16.

use crate::write::{INTEGER, tlv};
use alloc::vec::Vec;
use core::fmt;

/// A CRL number. A later list of the same issuer and scope has a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrlNumber(pub u128);

impl CrlNumber {
    pub(crate) fn to_der(self) -> Vec<u8> {
        let octets = self.0.to_be_bytes();
        let zeros = octets.iter().take_while(|octet| **octet == 0).count().min(octets.len() - 1);
        let magnitude = octets.get(zeros..).unwrap_or_default();
        let sign: &[u8] = if magnitude.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
        tlv(INTEGER, &[sign, magnitude])
    }

    /// Reads the DER of an INTEGER; `None` when it is negative or longer than 16 octets.
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        let [INTEGER, length, contents @ ..] = der else { return None };
        if usize::from(*length) != contents.len() || contents.first().is_none_or(|first| first & 0x80 != 0) {
            return None;
        }
        let magnitude = match contents {
            [0, rest @ ..] => rest,
            all => all,
        };
        if magnitude.len() > 16 {
            return None;
        }
        let number = magnitude.iter().fold(0_u128, |number, octet| number << 8 | u128::from(*octet));
        Some(CrlNumber(number)).filter(|number| number.to_der() == der)
    }
}

impl fmt::Display for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for number in [0, 1, 127, 128, 255, 256, u128::from(u64::MAX), u128::MAX] {
            let number = CrlNumber(number);
            assert_eq!(CrlNumber::from_der(&number.to_der()), Some(number));
        }
        assert_eq!(CrlNumber(0).to_der(), [2, 1, 0]);
        assert_eq!(CrlNumber(128).to_der(), [2, 2, 0, 128]);
    }

    #[test]
    fn what_is_none() {
        for octets in [&[][..], &[2, 0], &[2, 1, 0x80], &[2, 2, 0, 1], &[2, 2, 1], &[3, 1, 1], &[2, 1, 1, 1]]
        {
            assert_eq!(CrlNumber::from_der(octets), None, "{octets:?}");
        }
        let mut long = alloc::vec![2, 17];
        long.extend([1; 17]);
        assert_eq!(CrlNumber::from_der(&long), None);
    }
}
