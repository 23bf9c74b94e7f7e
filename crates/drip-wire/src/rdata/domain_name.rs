//! Domain names inside RDATA: uncompressed, their letters' case kept (RFC 1035, sections 3.1 and 5.1).

use super::presentation::PresentationError;
use crate::{Fault, WireError, octets::Octets};
use alloc::vec::Vec;
use core::fmt;

const MAX_LABEL: usize = 63;
const MAX_NAME: usize = 255;
const ALLOWED_NAME: &str = "1 to 255 octets";

/// An absolute domain name other than the root.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(Vec<u8>);

impl DomainName {
    /// The octets: labels with their lengths, the root's zero at the end.
    pub fn as_octets(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn read(octets: &mut Octets<'_>, what: &'static str) -> Result<Self, WireError> {
        let start = octets.at();
        let mut name = Vec::new();
        loop {
            let at = octets.at();
            let length = octets.u8(what)?;
            if length == 0 && name.is_empty() {
                // The root is no server: a lone zero is an octet too many.
                return Err(WireError { fault: Fault::Trailing, what, at });
            }
            if usize::from(length) > MAX_LABEL {
                return Err(WireError { fault: Fault::Expected("a label, not compressed"), what, at });
            }
            name.push(length);
            name.extend_from_slice(octets.take(length.into(), what)?);
            if name.len() > MAX_NAME {
                let fault = Fault::OutOfRange { found: name.len() as u64, allowed: ALLOWED_NAME };
                return Err(WireError { fault, what, at: start });
            }
            if length == 0 {
                return Ok(DomainName(name));
            }
        }
    }

    /// The name of a text, with or without the final dot; `\.` and `\046` stand for a dot inside a label.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        let wrong = PresentationError::Field {
            what: "domain name",
            expected: "labels of 1 to 63 octets, 255 in all",
        };
        let mut name = Vec::new();
        let mut label: Vec<u8> = Vec::new();
        let close = |name: &mut Vec<u8>, label: &mut Vec<u8>| {
            if label.is_empty() || label.len() > MAX_LABEL {
                return Err(wrong);
            }
            name.push(label.len() as u8);
            name.append(label);
            Ok(())
        };
        let mut octets = text.bytes();
        while let Some(octet) = octets.next() {
            match octet {
                b'.' => close(&mut name, &mut label)?,
                b'\\' => label.push(unescape(&mut octets).ok_or(wrong)?),
                _ => label.push(octet),
            }
        }
        if !label.is_empty() {
            close(&mut name, &mut label)?;
        }
        name.push(0);
        if name.len() == 1 || name.len() > MAX_NAME { Err(wrong) } else { Ok(DomainName(name)) }
    }
}

/// What follows a backslash: three decimal digits of an octet, or the character itself.
fn unescape(octets: &mut impl Iterator<Item = u8>) -> Option<u8> {
    let first = octets.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let mut number = u32::from(first - b'0');
    for _ in 0..2 {
        number = number * 10 + char::from(octets.next()?).to_digit(10)?;
    }
    u8::try_from(number).ok()
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = self.0.iter();
        while let Some(length) = octets.next().filter(|length| **length > 0) {
            for octet in octets.by_ref().take(usize::from(*length)) {
                match octet {
                    b'.' | b'\\' | b'"' | b';' | b'(' | b')' | b'@' | b'$' => {
                        write!(f, "\\{}", char::from(*octet))?
                    }
                    0x21..=0x7e => write!(f, "{}", char::from(*octet))?,
                    _ => write!(f, "\\{octet:03}")?,
                }
            }
            f.write_str(".")?;
        }
        Ok(())
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DomainName({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    #[test]
    fn text_and_octets_agree() {
        for text in ["a.", "rvs1.Example.com.", "a\\.b.c.", "\\000\\255\\\\.x\\032y."] {
            let name = DomainName::parse(text).unwrap();
            assert_eq!(name.to_string(), text);
            assert_eq!(DomainName::read(&mut Octets::new(name.as_octets()), "x"), Ok(name));
        }
        assert_eq!(DomainName::parse("a"), DomainName::parse("a."));
    }

    #[test]
    fn names_that_are_none() {
        let long_label = "a".repeat(64);
        let long_name: String = core::iter::repeat_n("abcdefg.", 32).collect();
        for text in ["", ".", "a..b", ".a", "a\\", "a\\25", "a\\256", long_label.as_str(), long_name.as_str()]
        {
            assert!(DomainName::parse(text).is_err(), "{text}");
        }
        let read = |octets: &[u8]| DomainName::read(&mut Octets::new(octets), "x").unwrap_err().fault;
        assert_eq!(read(&[0]), Fault::Trailing);
        assert_eq!(read(&[1, b'a']), Fault::Truncated);
        assert!(matches!(read(&[0xc0, 0]), Fault::Expected(_)));
        assert!(matches!(read(&[1; 300]), Fault::OutOfRange { .. }));
    }
}
