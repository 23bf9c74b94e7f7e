//! Dividing an issuer's certificates among several lists, by the last octet of their serial numbers.
//!
//! A serial number is random, so its last octet divides evenly. A certificate names the list that speaks of it
//! (`/pki/{issuer}/{shard}.crl`), and goes on doing so after the number of lists was changed: every division stays answerable.

use crate::lite::CertificateSerial;
use core::{fmt, str::FromStr};

/// One part of a division: `3-16` is the fourth of sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    number: u8,
    count: u16,
}

/// No part of a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not NUMBER-COUNT with a count of 2, 4, 8 … 256 and a number below it")]
pub struct InvalidShard;

impl Shard {
    /// One part of a division into `count` parts, a power of two from 2 to 256.
    pub fn new(number: u16, count: u16) -> Result<Self, InvalidShard> {
        match u8::try_from(number) {
            Ok(number)
                if (2..=256).contains(&count) && count.is_power_of_two() && u16::from(number) < count =>
            {
                Ok(Shard { number, count })
            }
            _ => Err(InvalidShard),
        }
    }

    /// The part that a serial number falls into.
    pub fn of(serial: &CertificateSerial, count: u16) -> Result<Self, InvalidShard> {
        let last = serial.as_bytes().last().copied().unwrap_or_default();
        Self::new(u16::from(last) % count.max(1), count)
    }

    /// Whether this part speaks of a serial number.
    pub fn contains(self, serial: &CertificateSerial) -> bool {
        Self::of(serial, self.count) == Ok(self)
    }

    /// Which part it is.
    pub const fn number(self) -> u8 {
        self.number
    }

    /// Of how many.
    pub const fn count(self) -> u16 {
        self.count
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, InvalidShard> {
        let (number, count) = text.split_once('-').ok_or(InvalidShard)?;
        let parse = |text: &str| text.parse().map_err(|_| InvalidShard);
        let shard = Self::new(parse(number)?, parse(count)?)?;
        // One text for each: no plus signs, no zeros before.
        if alloc::format!("{shard}") == text { Ok(shard) } else { Err(InvalidShard) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_serial_is_in_one_part() {
        for octet in 0..=255_u8 {
            let serial = CertificateSerial::new(&[1, octet]).unwrap();
            for count in [2, 16, 256] {
                let within =
                    (0..count).filter(|number| Shard::new(*number, count).unwrap().contains(&serial));
                assert_eq!(within.count(), 1);
            }
        }
    }

    #[test]
    fn the_text() {
        let shard = Shard::new(3, 16).unwrap();
        assert_eq!(shard.to_string(), "3-16");
        assert_eq!("3-16".parse(), Ok(shard));
        for text in ["", "3", "16-16", "0-1", "0-3", "+3-16", "03-16", "0-512", "3-16-1", "-1-2"] {
            assert_eq!(text.parse::<Shard>(), Err(InvalidShard), "{text}");
        }
    }
}
