//! A cursor over octets that knows where it is, for errors that say where.

use crate::{Fault, WireError};

/// Reads from the front; never beyond the end, never panics.
pub(crate) struct Octets<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Octets<'a> {
    pub(crate) const fn new(all: &'a [u8]) -> Self {
        Octets { all, at: 0 }
    }

    /// How many octets were read.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.all.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], WireError> {
        match self.rest().get(..count) {
            Some(octets) => {
                self.at += count;
                Ok(octets)
            }
            None => Err(WireError { fault: Fault::Truncated, what, at: self.all.len() }),
        }
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], WireError> {
        match self.rest().first_chunk() {
            Some(octets) => {
                self.at += N;
                Ok(*octets)
            }
            None => Err(WireError { fault: Fault::Truncated, what, at: self.all.len() }),
        }
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, WireError> {
        self.array(what).map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, WireError> {
        self.array(what).map(u16::from_be_bytes)
    }

    /// One DER SEQUENCE, header included: only its outer length is looked at (X.690, sections 8.1.3 and 10.1).
    pub(crate) fn der_sequence(&mut self, what: &'static str) -> Result<&'a [u8], WireError> {
        let start = self.at;
        let wrong = WireError { fault: Fault::Expected("a DER SEQUENCE"), what, at: start };
        if self.u8(what)? != 0x30 {
            return Err(wrong);
        }
        let first = self.u8(what)?;
        let (length, shortest) = match first {
            0..=0x7f => (usize::from(first), true),
            0x81 => {
                let length = usize::from(self.u8(what)?);
                (length, length >= 0x80)
            }
            0x82 => {
                let length = usize::from(self.u16(what)?);
                (length, length >= 0x100)
            }
            _ => return Err(wrong),
        };
        if !shortest {
            return Err(wrong);
        }
        let header = self.at - start;
        self.at = start;
        self.take(header + length, what)
    }

    /// Nothing may be left.
    pub(crate) fn end(&self, what: &'static str) -> Result<(), WireError> {
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(WireError { fault: Fault::Trailing, what, at: self.at })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_lengths() {
        let read = |octets: &'static [u8]| Octets::new(octets).der_sequence("x").map(<[u8]>::len);
        assert_eq!(read(&[0x30, 0]), Ok(2));
        assert_eq!(read(&[0x30, 2, 5, 0, 9]), Ok(4));
        let fault = |octets| read(octets).unwrap_err().fault;
        assert_eq!(fault(&[0x30, 3, 5, 0]), Fault::Truncated);
        assert_eq!(fault(&[0x30, 0x82, 1]), Fault::Truncated);
        assert_eq!(fault(&[]), Fault::Truncated);
        let expected = Fault::Expected("a DER SEQUENCE");
        assert_eq!(fault(&[0x31, 0]), expected);
        assert_eq!(fault(&[0x30, 0x81, 1, 0]), expected, "not the shortest length");
        assert_eq!(fault(&[0x30, 0x80, 0, 0]), expected, "indefinite length is BER");
    }
}
