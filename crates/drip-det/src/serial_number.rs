//! Serial numbers of small uncrewed aircraft (ANSI/CTA-2063-A), and those that carry a DET (RFC 9374, section 4.2).
//!
//! | characters | what |
//! |---|---|
//! | 4 | manufacturer code, given out by ICAO |
//! | 1 | length of the rest, `1` to `9`, `A` to `F` |
//! | 1 to 15 | the manufacturer's own number |
//!
//! A DET takes the 15 characters of length `F` as base 32: three zero bits, the suite, the hash. The HID is not in it: a reader needs
//! a trusted map from manufacturer code to HID.

use crate::{Det, Hid, SuiteId};
use alloc::string::String;
use core::{fmt, str::FromStr};

/// The base 32 alphabet of DETs in serial numbers: no `I`, `O`, `S`, `Z`.
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRTUVWXY";

/// A well-formed CTA-2063-A serial number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SerialNumber(String);

/// Text that is no CTA-2063-A serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SerialNumberError {
    /// Not 6 to 20 characters.
    #[error("a CTA-2063-A serial number has 6 to 20 characters, this has {0}")]
    Length(usize),
    /// A character that cannot be there.
    #[error("character {position} of the serial number is {found:?}: expected {expected}")]
    Character {
        /// Which character, counted from 1.
        position: usize,
        /// What stands there.
        found: char,
        /// What could.
        expected: &'static str,
    },
    /// The fifth character says another length than there is.
    #[error("the serial number says {declared} characters follow its length code, there are {found}")]
    LengthCode {
        /// What the length code says.
        declared: usize,
        /// What there is.
        found: usize,
    },
    /// It carries no DET: the length is not 15, a character is outside the base 32 alphabet, or the top bits are not zero.
    #[error("the serial number carries no DET")]
    NoDet,
}

impl SerialNumber {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The manufacturer code: the first four characters.
    pub fn manufacturer(&self) -> &str {
        self.0.get(..4).unwrap_or_default()
    }

    /// The serial number by which a manufacturer's aircraft carries its DET. The HID is left out, as the form has no room for it.
    pub fn from_det(manufacturer: &str, det: Det) -> Result<Self, SerialNumberError> {
        let payload = (u128::from(det.suite().0) << 64) | u128::from(det.hash());
        let mut text = String::with_capacity(20);
        text.push_str(manufacturer);
        text.push('F');
        for group in (0..15).rev() {
            let digit = (payload >> (5 * group)) as usize & 31;
            text.push(BASE32.get(digit).map_or('0', |c| char::from(*c)));
        }
        text.parse()
    }

    /// Suite and hash of the DET that the number carries, or `None` where it carries none.
    pub fn det_parts(&self) -> Option<(SuiteId, u64)> {
        let digits = self.0.get(5..)?;
        if digits.len() != 15 {
            return None;
        }
        let mut payload: u128 = 0;
        for c in digits.bytes() {
            let digit = BASE32.iter().position(|b| *b == c)?;
            payload = (payload << 5) | digit as u128;
        }
        let suite = SuiteId(u8::try_from(payload >> 64).ok()?);
        suite.is_assigned().then_some((suite, payload as u64))
    }

    /// The DET that the number carries, under the HID that a trusted map gives for its manufacturer.
    pub fn to_det(&self, hid: Hid) -> Result<Det, SerialNumberError> {
        let (suite, hash) = self.det_parts().ok_or(SerialNumberError::NoDet)?;
        Ok(Det::from_parts(hid, suite, hash))
    }
}

impl FromStr for SerialNumber {
    type Err = SerialNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let count = text.chars().count();
        if !(6..=20).contains(&count) {
            return Err(SerialNumberError::Length(count));
        }
        let mut declared = 0;
        for (index, found) in text.chars().enumerate() {
            let position = index + 1;
            let wrong = |expected| SerialNumberError::Character { position, found, expected };
            if position == 5 {
                declared = match found {
                    '1'..='9' | 'A'..='F' => found.to_digit(16).unwrap_or(0) as usize,
                    _ => return Err(wrong("a length code, 1 to 9 or A to F")),
                };
            } else if !matches!(found, '0'..='9' | 'A'..='H' | 'J'..='N' | 'P'..='Z') {
                return Err(wrong("a digit or a capital letter other than I and O"));
            }
        }
        if declared != count - 5 {
            return Err(SerialNumberError::LengthCode { declared, found: count - 5 });
        }
        Ok(SerialNumber(text.into()))
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9374_worked_example() {
        let det: Det = "2001:30:280:1405:a3ad:1952:ad0:a69e".parse().unwrap();
        let serial = SerialNumber::from_det("8653", det).unwrap();
        assert_eq!(serial.as_str(), "8653F02T7B8RA85D19LX");
        assert_eq!(serial.manufacturer(), "8653");
        assert_eq!(serial.to_det(det.hid()), Ok(det));
    }

    #[test]
    fn ordinary_serial_numbers_carry_no_det() {
        let serial: SerialNumber = "1588E2ZZZZZZZZZZZZZ".parse().unwrap();
        assert_eq!(serial.det_parts(), None);
        let unassigned_suite: SerialNumber = "8653F0000000000000000".get(..20).unwrap().parse().unwrap();
        assert_eq!(unassigned_suite.det_parts(), None, "suite 0 is reserved");
        let top_bits: SerialNumber = "8653FY2T7B8RA85D19LX".parse().unwrap();
        assert_eq!(top_bits.det_parts(), None);
    }

    #[test]
    fn each_fault_has_its_name() {
        let parse = |text: &str| text.parse::<SerialNumber>().unwrap_err();
        assert_eq!(parse("86531"), SerialNumberError::Length(5));
        assert_eq!(parse("8653F02T7B8RA85D19LXX"), SerialNumberError::Length(21));
        assert!(matches!(parse("865O1A"), SerialNumberError::Character { position: 4, found: 'O', .. }));
        assert!(matches!(parse("8653GA"), SerialNumberError::Character { position: 5, .. }));
        assert!(matches!(parse("86531a"), SerialNumberError::Character { position: 6, .. }));
        assert!(matches!(parse("86530A"), SerialNumberError::Character { position: 5, .. }));
        assert!(matches!(parse("8653€1"), SerialNumberError::Character { position: 5, .. }));
        assert_eq!(parse("86532A"), SerialNumberError::LengthCode { declared: 2, found: 1 });
        let det: Det = "2001:30:280:1405:a3ad:1952:ad0:a69e".parse().unwrap();
        assert!(SerialNumber::from_det("86", det).is_err());
    }
}
