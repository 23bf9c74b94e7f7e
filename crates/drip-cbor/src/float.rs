//! Floating-point numbers that keep the width they came in.

use crate::{Reader, Writer};
use alloc::vec::Vec;
use ciborium_ll::{Decoder, Encoder, Header};
use core::fmt;

/// A floating-point number in the width it is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Float {
    /// `0xf9`, `0xfa` or `0xfb`: 2, 4 or 8 octets follow.
    pub(crate) head: u8,
    pub(crate) bits: u64,
}

impl Float {
    /// The number in the shortest width that holds it exactly.
    pub fn new(value: f64) -> Self {
        let mut octets = Vec::with_capacity(9);
        // Appending to a Vec cannot fail.
        let _ = Encoder::from(&mut octets).push(Header::Float(value));
        match Reader::new(&octets).float("float") {
            Ok(float) => float,
            Err(_) => Float { head: 0xfb, bits: value.to_bits() },
        }
    }

    /// The number.
    pub fn value(self) -> f64 {
        let mut writer = Writer::new();
        let octets = writer.float(self).finish();
        match Decoder::from(octets.as_slice()).pull() {
            Ok(Header::Float(value)) => value,
            _ => f64::NAN,
        }
    }

    /// Whether a shorter width would hold the same number.
    pub fn is_wide(self) -> bool {
        Float::new(self.value()).width() < self.width()
    }

    pub(crate) const fn width(self) -> usize {
        match self.head {
            0xf9 => 2,
            0xfa => 4,
            _ => 8,
        }
    }
}

impl fmt::Debug for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Float({}, {} octets)", self.value(), self.width())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_keep_their_width() {
        for (octets, value, wide) in [
            (&[0xf9, 0x49, 0x00][..], 10.0, false),
            (&[0xfa, 0x41, 0x20, 0, 0], 10.0, true),
            (&[0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0], 1.0, true),
            (&[0xfb, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a], 0.1, false),
        ] {
            let float = Reader::new(octets).float("x").unwrap();
            assert_eq!(float.value(), value);
            assert_eq!(float.is_wide(), wide, "{float:?}");
            assert_eq!(Writer::new().float(float).finish(), octets);
        }
        assert_eq!(Writer::new().float(Float::new(50.0)).finish(), [0xf9, 0x52, 0x40]);
    }
}
