//! Deterministic CBOR (RFC 8949, section 4.2.1), as far as HHIT and BRID need it.
//!
//! The heads of items are read and written by ciborium-ll; here is what makes them deterministic: a head that would be written otherwise
//! is refused, and indefinite lengths are.

use crate::{Fault, OutOfBounds, WireError, octets::Octets};
use alloc::vec::Vec;
use ciborium_ll::{Decoder, Encoder, Error, Header};
use core::fmt;

/// Reads items from the front of the octets.
pub(crate) struct Reader<'a>(Octets<'a>);

impl<'a> Reader<'a> {
    pub(crate) const fn new(octets: &'a [u8]) -> Self {
        Reader(Octets::new(octets))
    }

    pub(crate) const fn at(&self) -> usize {
        self.0.at()
    }

    pub(crate) fn end(&self, what: &'static str) -> Result<(), WireError> {
        self.0.end(what)
    }

    /// One head and the octets it was written in.
    fn head(&mut self, what: &'static str) -> Result<(Header, &'a [u8]), WireError> {
        let at = self.at();
        let rest = self.0.rest();
        let mut decoder = Decoder::from(rest);
        let header = decoder.pull().map_err(|error| match error {
            Error::Io(_) => WireError { fault: Fault::Truncated, what, at: at + rest.len() },
            Error::Syntax(_) => WireError { fault: Fault::NotCbor, what, at },
        })?;
        let written = self.0.take(decoder.offset(), what)?;
        let definite = !matches!(
            header,
            Header::Bytes(None) | Header::Text(None) | Header::Array(None) | Header::Map(None)
        );
        // A float keeps the width it came in: the CDDL's `float` is any of the three, and the octets must survive.
        if definite && (matches!(header, Header::Float(_)) || is_shortest(header, written)) {
            Ok((header, written))
        } else {
            Err(WireError { fault: Fault::NotDeterministic, what, at })
        }
    }

    pub(crate) fn uint(&mut self, what: &'static str) -> Result<u64, WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Positive(number) => Ok(number),
            _ => Err(expected("an unsigned integer", what, at)),
        }
    }

    /// An integer of either sign; those beyond 63 bits are not for fields that are read so.
    pub(crate) fn int(&mut self, what: &'static str) -> Result<i64, WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Positive(number) => i64::try_from(number).ok(),
            Header::Negative(number) => i64::try_from(number).ok().map(|number| !number),
            _ => None,
        }
        .ok_or_else(|| expected("an integer of at most 63 bits", what, at))
    }

    /// The number of a tag; what is tagged follows.
    pub(crate) fn tag(&mut self, what: &'static str) -> Result<u64, WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Tag(number) => Ok(number),
            _ => Err(expected("a tag", what, at)),
        }
    }

    /// An unsigned integer that fits in an octet, or the range it is outside of.
    pub(crate) fn octet(&mut self, what: &'static str, allowed: &'static str) -> Result<u8, WireError> {
        let at = self.at();
        let found = self.uint(what)?;
        u8::try_from(found).map_err(|_| OutOfBounds { what, found, allowed }.at(at))
    }

    pub(crate) fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Bytes(Some(length)) => self.0.take(length, what),
            _ => Err(expected("a byte string", what, at)),
        }
    }

    pub(crate) fn text(&mut self, what: &'static str) -> Result<&'a str, WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Text(Some(length)) => core::str::from_utf8(self.0.take(length, what)?)
                .map_err(|_| WireError { fault: Fault::NotUtf8, what, at }),
            _ => Err(expected("a text string", what, at)),
        }
    }

    /// The head of an array; its items follow.
    pub(crate) fn array(&mut self, what: &'static str) -> Result<usize, WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Array(Some(count)) => Ok(count),
            _ => Err(expected("an array", what, at)),
        }
    }

    /// The head of an array that must have this many items.
    pub(crate) fn array_of(
        &mut self,
        count: usize,
        what: &'static str,
        words: &'static str,
    ) -> Result<(), WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Array(Some(found)) if found == count => Ok(()),
            _ => Err(expected(words, what, at)),
        }
    }

    /// The head of a map; its keys and values follow.
    pub(crate) fn map(&mut self, what: &'static str) -> Result<usize, WireError> {
        let at = self.at();
        match self.head(what)?.0 {
            Header::Map(Some(count)) => Ok(count),
            _ => Err(expected("a map", what, at)),
        }
    }

    pub(crate) fn float(&mut self, what: &'static str) -> Result<Float, WireError> {
        let at = self.at();
        match self.head(what)? {
            (Header::Float(_), [head, bits @ ..]) => Ok(Float {
                head: *head,
                bits: bits.iter().fold(0, |bits, octet| bits << 8 | u64::from(*octet)),
            }),
            _ => Err(expected("a floating-point number", what, at)),
        }
    }

    /// Whether an array comes next; at the end of the octets nobody can know.
    pub(crate) fn array_follows(&self, what: &'static str) -> Result<bool, WireError> {
        match self.0.rest().first() {
            Some(octet) => Ok(octet >> 5 == 4),
            None => Err(WireError { fault: Fault::Truncated, what, at: self.at() }),
        }
    }

    /// Whether text comes next; at the end of the octets nobody can know.
    pub(crate) fn text_follows(&self, what: &'static str) -> Result<bool, WireError> {
        match self.0.rest().first() {
            Some(octet) => Ok(octet >> 5 == 3),
            None => Err(WireError { fault: Fault::Truncated, what, at: self.at() }),
        }
    }
}

const fn expected(words: &'static str, what: &'static str, at: usize) -> WireError {
    WireError { fault: Fault::Expected(words), what, at }
}

fn is_shortest(header: Header, written: &[u8]) -> bool {
    let mut buffer = [0; 9];
    // Nine octets hold every head, so nothing can fail here; two ways to write a head differ in its first octet.
    Encoder::from(buffer.as_mut_slice()).push(header).is_ok() && buffer.starts_with(written)
}

/// Writes items; always the shortest form.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Self {
        Writer(Vec::new())
    }

    fn head(&mut self, header: Header) -> &mut Self {
        // Appending to a Vec cannot fail.
        let _ = Encoder::from(&mut self.0).push(header);
        self
    }

    pub(crate) fn uint(&mut self, number: u64) -> &mut Self {
        self.head(Header::Positive(number))
    }

    pub(crate) fn int(&mut self, number: i64) -> &mut Self {
        match u64::try_from(number) {
            Ok(number) => self.uint(number),
            // -1 - n is written as n.
            Err(_) => self.head(Header::Negative((!number).unsigned_abs())),
        }
    }

    pub(crate) fn tag(&mut self, number: u64) -> &mut Self {
        self.head(Header::Tag(number))
    }

    pub(crate) fn array(&mut self, count: usize) -> &mut Self {
        self.head(Header::Array(Some(count)))
    }

    pub(crate) fn map(&mut self, count: usize) -> &mut Self {
        self.head(Header::Map(Some(count)))
    }

    pub(crate) fn bytes(&mut self, octets: &[u8]) -> &mut Self {
        self.head(Header::Bytes(Some(octets.len())));
        self.0.extend_from_slice(octets);
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.head(Header::Text(Some(text.len())));
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub(crate) fn float(&mut self, float: Float) -> &mut Self {
        self.0.push(float.head);
        let bits = float.bits.to_be_bytes();
        self.0.extend_from_slice(bits.get(8 - float.width()..).unwrap_or_default());
        self
    }

    pub(crate) fn finish(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.0)
    }
}

/// A floating-point number in the width it is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Float {
    /// `0xf9`, `0xfa` or `0xfb`: 2, 4 or 8 octets follow.
    head: u8,
    bits: u64,
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

    const fn width(self) -> usize {
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

    #[test]
    fn only_one_way_to_write() {
        let fault = |octets: &[u8]| Reader::new(octets).uint("x").unwrap_err().fault;
        assert_eq!(Reader::new(&[0x18, 0x18]).uint("x"), Ok(24));
        assert_eq!(fault(&[0x18, 0x17]), Fault::NotDeterministic);
        assert_eq!(fault(&[0x19, 0x00, 0x80]), Fault::NotDeterministic);
        assert_eq!(fault(&[0x1c]), Fault::NotCbor);
        assert_eq!(fault(&[0x18]), Fault::Truncated);
        assert_eq!(fault(&[0xff]), Fault::Expected("an unsigned integer"));
        assert_eq!(Reader::new(&[0x5f]).bytes("x").unwrap_err().fault, Fault::NotDeterministic);
        assert_eq!(Reader::new(&[0x61, 0xff]).text("x").unwrap_err().fault, Fault::NotUtf8);
        let longest = [0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(Reader::new(&longest).bytes("x").unwrap_err().fault, Fault::Truncated);
    }
}
