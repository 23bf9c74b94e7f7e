//! Reading items, refusing what would be written otherwise.

use crate::{CborError, CborFault, Float, KeyOrder};
use ciborium_ll::{Decoder, Encoder, Error, Header};

/// How deep skipped items may lie in each other.
const DEPTH: u8 = 16;

/// The kinds of item (RFC 8949, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Major type 0.
    Unsigned,
    /// Major type 1.
    Negative,
    /// Major type 2.
    Bytes,
    /// Major type 3.
    Text,
    /// Major type 4.
    Array,
    /// Major type 5.
    Map,
    /// Major type 6.
    Tag,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// Major type 7 otherwise: floats and other simple values.
    Other,
}

/// Reads items from the front of octets; never beyond the end, never panics.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the first octet.
    pub const fn new(octets: &'a [u8]) -> Self {
        Reader { all: octets, at: 0 }
    }

    /// How many octets were read.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.all.get(self.at..).unwrap_or_default()
    }

    /// What was read from octet `from` on.
    pub fn since(&self, from: usize) -> &'a [u8] {
        self.all.get(from..self.at).unwrap_or_default()
    }

    /// Nothing may be left.
    pub fn end(&self, what: &'static str) -> Result<(), CborError> {
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(CborError { fault: CborFault::Trailing, what, at: self.at })
        }
    }

    /// Which kind of item comes next; at the end of the octets nobody can know.
    pub fn kind(&self, what: &'static str) -> Result<Kind, CborError> {
        match self.rest().first() {
            None => Err(CborError { fault: CborFault::Truncated, what, at: self.at }),
            Some(0xf6) => Ok(Kind::Null),
            Some(0xf4 | 0xf5) => Ok(Kind::Boolean),
            Some(octet) => Ok(match octet >> 5 {
                0 => Kind::Unsigned,
                1 => Kind::Negative,
                2 => Kind::Bytes,
                3 => Kind::Text,
                4 => Kind::Array,
                5 => Kind::Map,
                6 => Kind::Tag,
                _ => Kind::Other,
            }),
        }
    }

    fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], CborError> {
        match self.rest().get(..count) {
            Some(octets) => {
                self.at += count;
                Ok(octets)
            }
            None => Err(CborError { fault: CborFault::Truncated, what, at: self.all.len() }),
        }
    }

    /// One head and the octets it was written in.
    fn head(&mut self, what: &'static str) -> Result<(Header, &'a [u8]), CborError> {
        let at = self.at;
        let mut decoder = Decoder::from(self.rest());
        let header = decoder.pull().map_err(|error| match error {
            Error::Io(_) => CborError { fault: CborFault::Truncated, what, at: self.all.len() },
            Error::Syntax(_) => CborError { fault: CborFault::NotCbor, what, at },
        })?;
        let written = self.take(decoder.offset(), what)?;
        let definite = !matches!(
            header,
            Header::Bytes(None) | Header::Text(None) | Header::Array(None) | Header::Map(None)
        );
        // A float keeps the width it came in: a CDDL's `float` is any of the three, and the octets must survive.
        if definite && (matches!(header, Header::Float(_)) || is_shortest(header, written)) {
            Ok((header, written))
        } else {
            Err(CborError { fault: CborFault::NotDeterministic, what, at })
        }
    }

    /// An unsigned integer.
    pub fn uint(&mut self, what: &'static str) -> Result<u64, CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Positive(number) => Ok(number),
            _ => Err(expected("an unsigned integer", what, at)),
        }
    }

    /// An integer of either sign; those beyond 63 bits are not for fields that are read so.
    pub fn int(&mut self, what: &'static str) -> Result<i64, CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Positive(number) => i64::try_from(number).ok(),
            Header::Negative(number) => i64::try_from(number).ok().map(|number| !number),
            _ => None,
        }
        .ok_or_else(|| expected("an integer of at most 63 bits", what, at))
    }

    /// An unsigned integer that fits in an octet, or the range it is outside of.
    pub fn octet(&mut self, what: &'static str, allowed: &'static str) -> Result<u8, CborError> {
        let at = self.at;
        let found = self.uint(what)?;
        u8::try_from(found).map_err(|_| CborError {
            fault: CborFault::OutOfRange { found, allowed },
            what,
            at,
        })
    }

    /// The number of a tag; what is tagged follows.
    pub fn tag(&mut self, what: &'static str) -> Result<u64, CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Tag(number) => Ok(number),
            _ => Err(expected("a tag", what, at)),
        }
    }

    /// A byte string.
    pub fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Bytes(Some(length)) => self.take(length, what),
            _ => Err(expected("a byte string", what, at)),
        }
    }

    /// A text string.
    pub fn text(&mut self, what: &'static str) -> Result<&'a str, CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Text(Some(length)) => self.utf8(length, what, at),
            _ => Err(expected("a text string", what, at)),
        }
    }

    fn utf8(&mut self, length: usize, what: &'static str, at: usize) -> Result<&'a str, CborError> {
        core::str::from_utf8(self.take(length, what)?).map_err(|_| CborError {
            fault: CborFault::NotUtf8,
            what,
            at,
        })
    }

    /// The head of an array; its items follow.
    pub fn array(&mut self, what: &'static str) -> Result<usize, CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Array(Some(count)) => Ok(count),
            _ => Err(expected("an array", what, at)),
        }
    }

    /// The head of an array that must have this many items.
    pub fn array_of(
        &mut self,
        count: usize,
        what: &'static str,
        words: &'static str,
    ) -> Result<(), CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Array(Some(found)) if found == count => Ok(()),
            _ => Err(expected(words, what, at)),
        }
    }

    /// The head of a map; its keys and values follow.
    pub fn map(&mut self, what: &'static str) -> Result<usize, CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Map(Some(count)) => Ok(count),
            _ => Err(expected("a map", what, at)),
        }
    }

    /// `null`.
    pub fn null(&mut self, what: &'static str) -> Result<(), CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Simple(22) => Ok(()),
            _ => Err(expected("null", what, at)),
        }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, what: &'static str) -> Result<bool, CborError> {
        let at = self.at;
        match self.head(what)?.0 {
            Header::Simple(20) => Ok(false),
            Header::Simple(21) => Ok(true),
            _ => Err(expected("true or false", what, at)),
        }
    }

    /// A floating-point number.
    pub fn float(&mut self, what: &'static str) -> Result<Float, CborError> {
        let at = self.at;
        match self.head(what)? {
            (Header::Float(_), [head, bits @ ..]) => Ok(Float {
                head: *head,
                bits: bits.iter().fold(0, |bits, octet| bits << 8 | u64::from(*octet)),
            }),
            _ => Err(expected("a floating-point number", what, at)),
        }
    }

    /// One item of whatever kind with all that is in it, checked to be deterministic; its octets.
    pub fn skip(&mut self, what: &'static str) -> Result<&'a [u8], CborError> {
        let from = self.at;
        self.skip_within(what, DEPTH)?;
        Ok(self.since(from))
    }

    fn skip_within(&mut self, what: &'static str, depth: u8) -> Result<(), CborError> {
        let at = self.at;
        let (header, written) = self.head(what)?;
        let inner = depth.checked_sub(1).ok_or(CborError { fault: CborFault::Depth, what, at });
        match header {
            Header::Positive(_) | Header::Negative(_) | Header::Simple(_) => {}
            Header::Bytes(length) => {
                self.take(length.unwrap_or_default(), what)?;
            }
            Header::Text(length) => {
                self.utf8(length.unwrap_or_default(), what, at)?;
            }
            Header::Tag(_) => self.skip_within(what, inner?)?,
            Header::Array(count) => {
                let inner = inner?;
                for _ in 0..count.unwrap_or_default() {
                    self.skip_within(what, inner)?;
                }
            }
            Header::Map(count) => {
                let inner = inner?;
                let mut order = KeyOrder::new();
                for _ in 0..count.unwrap_or_default() {
                    let key = self.at;
                    self.skip_within(what, inner)?;
                    order.check(self, key, what)?;
                    self.skip_within(what, inner)?;
                }
            }
            Header::Float(value) if Float::new(value).width() + 1 < written.len() => {
                return Err(CborError { fault: CborFault::NotDeterministic, what, at });
            }
            Header::Float(_) => {}
            Header::Break => return Err(CborError { fault: CborFault::NotCbor, what, at }),
        }
        Ok(())
    }
}

const fn expected(words: &'static str, what: &'static str, at: usize) -> CborError {
    CborError { fault: CborFault::Expected(words), what, at }
}

fn is_shortest(header: Header, written: &[u8]) -> bool {
    let mut buffer = [0; 9];
    // Nine octets hold every head, so nothing can fail here; two ways to write a head differ in its first octet.
    Encoder::from(buffer.as_mut_slice()).push(header).is_ok() && buffer.starts_with(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_way_to_write() {
        let fault = |octets: &[u8]| Reader::new(octets).uint("x").unwrap_err().fault;
        assert_eq!(Reader::new(&[0x18, 0x18]).uint("x"), Ok(24));
        assert_eq!(fault(&[0x18, 0x17]), CborFault::NotDeterministic);
        assert_eq!(fault(&[0x19, 0x00, 0x80]), CborFault::NotDeterministic);
        assert_eq!(fault(&[0x1c]), CborFault::NotCbor);
        assert_eq!(fault(&[0x18]), CborFault::Truncated);
        assert_eq!(fault(&[0xff]), CborFault::Expected("an unsigned integer"));
        assert_eq!(Reader::new(&[0x5f]).bytes("x").unwrap_err().fault, CborFault::NotDeterministic);
        assert_eq!(Reader::new(&[0x61, 0xff]).text("x").unwrap_err().fault, CborFault::NotUtf8);
        let longest = [0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(Reader::new(&longest).bytes("x").unwrap_err().fault, CborFault::Truncated);
    }
}
