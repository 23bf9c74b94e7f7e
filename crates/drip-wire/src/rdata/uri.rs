//! URI: where a service of an authority is found (RFC 7553, section 4.5; draft-ietf-drip-dki, section 6).
//!
//! | octets | field |
//! |---|---|
//! | 2 | priority: the lowest is tried first |
//! | 2 | weight among those of one priority |
//! | … | target: the URI to the end of the RDATA, without a length and not empty |

use super::presentation::{PresentationError, fields};
use crate::{Fault, WireError, octets::Octets};
use alloc::{format, string::String, vec::Vec};

/// RDATA of a URI record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uri {
    /// Priority.
    pub priority: u16,
    /// Weight.
    pub weight: u16,
    /// The URI: visible ASCII (RFC 3986), so without quotes and backslashes.
    target: String,
}

impl Uri {
    /// The one URI of a name: nothing else to choose.
    pub fn only(target: &str) -> Result<Self, WireError> {
        Self::new(10, 1, target)
    }

    /// A record; the target must be a URI's characters, at least one.
    pub fn new(priority: u16, weight: u16, target: &str) -> Result<Self, WireError> {
        let wrong = |fault, at| WireError { fault, what: "URI target", at: 4 + at };
        if target.is_empty() {
            return Err(wrong(Fault::Truncated, 0));
        }
        match target.bytes().position(|octet| !octet.is_ascii_graphic() || matches!(octet, b'"' | b'\\')) {
            Some(at) => Err(wrong(Fault::Expected("a character of a URI"), at)),
            None => Ok(Uri { priority, weight, target: target.into() }),
        }
    }

    /// The URI.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Reads the RDATA.
    pub fn decode(rdata: &[u8]) -> Result<Self, WireError> {
        let mut octets = Octets::new(rdata);
        let (priority, weight) = (octets.u16("priority")?, octets.u16("weight")?);
        let target = core::str::from_utf8(octets.rest()).map_err(|error| WireError {
            fault: Fault::Expected("a character of a URI"),
            what: "URI target",
            at: 4 + error.valid_up_to(),
        })?;
        Self::new(priority, weight, target)
    }

    /// Writes the RDATA.
    pub fn encode(&self) -> Vec<u8> {
        let numbers = [self.priority.to_be_bytes(), self.weight.to_be_bytes()].concat();
        [numbers.as_slice(), self.target.as_bytes()].concat()
    }

    /// The text of master files.
    pub fn presentation(&self) -> String {
        format!("{} {} \"{}\"", self.priority, self.weight, self.target)
    }

    /// Reads the text of master files; the target in quotes or without.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        let mut fields = fields(text);
        let priority = fields.number("priority", "0 to 65535")?;
        let weight = fields.number("weight", "0 to 65535")?;
        // A URI may have parentheses, which are not those of a master file.
        let (what, expected) = ("target", "a URI");
        let start = text.find('"').map(|at| at + 1);
        let target = match start {
            Some(start) => text.get(start..).and_then(|rest| rest.trim_end().strip_suffix('"')),
            None => Some(fields.next(what)?),
        };
        let target = target.ok_or(PresentationError::Field { what, expected })?;
        Ok(Self::new(priority, weight, target)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An example of RFC 7553, in the octets that dnspython makes of it.
    #[test]
    fn example_of_rfc_7553() {
        let text = "10 1 \"ftp://ftp1.example.com/public\"";
        let uri = Uri::parse(text).unwrap();
        assert_eq!(uri, Uri::only("ftp://ftp1.example.com/public").unwrap());
        assert_eq!(uri.presentation(), text);
        let octets = "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963";
        assert_eq!(hex::encode(uri.encode()), octets);
        assert_eq!(Uri::decode(&uri.encode()), Ok(uri));
        assert!(Uri::decode(&[0, 10, 0, 1]).is_err() && Uri::parse("10 1 \"\"").is_err());
    }
}
