//! The serial number of a certificate (RFC 5280, section 4.1.2.2): positive, at most 20 octets.

use crate::write::{INTEGER, tlv};
use alloc::vec::Vec;
use core::fmt;

/// A certificate's serial number. In the Lite profile it is one octet by rule, may repeat, and means nothing; elsewhere 20 random octets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateSerial(Vec<u8>);

/// Octets that are no serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSerial {
    /// Zero, or no octets.
    #[error("a certificate's serial number must not be zero")]
    Zero,
    /// The first octet is zero: the number has a shorter form.
    #[error("a certificate's serial number must not begin with a zero octet")]
    Padded,
    /// More than 20 octets as an INTEGER, in which a set top bit costs one.
    #[error("a certificate's serial number has at most 20 octets, in which a set top bit counts as one more")]
    TooLong,
}

impl CertificateSerial {
    /// The largest length as a DER INTEGER.
    pub const MAX_LEN: usize = 20;

    /// The serial number of this magnitude, most significant octet first.
    pub fn new(magnitude: &[u8]) -> Result<Self, InvalidSerial> {
        match magnitude {
            [] | [0] => Err(InvalidSerial::Zero),
            [0, ..] => Err(InvalidSerial::Padded),
            [first, ..] if magnitude.len() + usize::from(*first >> 7) > Self::MAX_LEN => {
                Err(InvalidSerial::TooLong)
            }
            _ => Ok(Self(magnitude.to_vec())),
        }
    }

    /// A serial number of one octet, 1 to 127, from an octet of randomness.
    pub fn from_random(octet: u8) -> Self {
        Self([octet % 127 + 1].to_vec())
    }

    /// A serial number of exactly 20 octets, from as many octets of randomness, of which 158 bits remain: nobody can foretell it
    /// (draft-ietf-drip-dki for the Full profile, as the CA/Browser Forum asks).
    pub fn unpredictable(mut random: [u8; 20]) -> Self {
        let [first, ..] = &mut random;
        *first = *first & 0x3f | 0x40;
        Self(random.to_vec())
    }

    /// The magnitude, most significant octet first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let sign: &[u8] = if self.0.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
        tlv(INTEGER, &[sign, &self.0])
    }

    /// Reads the contents of a DER INTEGER.
    pub(crate) fn from_integer(contents: &[u8]) -> Result<Self, InvalidSerial> {
        match contents {
            [0, rest @ ..] => Self::new(rest),
            [first, ..] if first & 0x80 != 0 => Err(InvalidSerial::Zero),
            _ => Self::new(contents),
        }
    }
}

/// Lower-case hexadecimal digits.
impl fmt::Display for CertificateSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges() {
        assert_eq!(CertificateSerial::new(&[]), Err(InvalidSerial::Zero));
        assert_eq!(CertificateSerial::new(&[0]), Err(InvalidSerial::Zero));
        assert_eq!(CertificateSerial::new(&[0, 1]), Err(InvalidSerial::Padded));
        assert_eq!(CertificateSerial::new(&[0x80; 20]), Err(InvalidSerial::TooLong));
        assert_eq!(CertificateSerial::new(&[0x7f; 21]), Err(InvalidSerial::TooLong));
        assert_eq!(CertificateSerial::new(&[0x7f; 20]).unwrap().to_der().len(), 22);
        assert_eq!(CertificateSerial::new(&[0x80]).unwrap().to_der(), [0x02, 0x02, 0x00, 0x80]);
    }

    #[test]
    fn twenty_octets_from_any_randomness() {
        for octet in 0..=255 {
            let serial = CertificateSerial::unpredictable([octet; 20]);
            assert_eq!(serial.to_der().len(), 22);
            assert_eq!(CertificateSerial::new(serial.as_bytes()), Ok(serial.clone()));
            assert!(serial.as_bytes()[1..].iter().all(|other| *other == octet), "158 bits are kept");
        }
    }

    #[test]
    fn one_octet_from_any_randomness() {
        for octet in 0..=255 {
            let serial = CertificateSerial::from_random(octet);
            assert!((1..=127).contains(&serial.as_bytes()[0]));
        }
    }
}
