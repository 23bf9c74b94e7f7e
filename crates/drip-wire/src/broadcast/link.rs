//! The DRIP Link: a Broadcast Endorsement on the air, so that observers without a connection learn keys (RFC 9575, section 4.2).
//!
//! | octets | field |
//! |---|---|
//! | 0 | SAM type: 01 |
//! | 1–136 | Broadcast Endorsement |

use super::{SamType, place};
use crate::{Endorsement, Fault, WireError, octets::Octets};
use core::fmt;

/// A Link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// What is endorsed.
    pub endorsement: Endorsement,
    /// How it is marked.
    pub mark: LinkMark,
}

/// The SAM type that stands before a Link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum LinkMark {
    /// 01, as RFC 9575 says.
    #[default]
    Link,
    /// 04, a Frame, as in the raw example of RFC 9575's Appendix B. Accepted where the child's key belongs to the child's DET.
    Frame,
}

impl LinkMark {
    const fn sam_type(self) -> SamType {
        match self {
            LinkMark::Link => SamType::LINK,
            LinkMark::Frame => SamType::FRAME,
        }
    }
}

impl fmt::Display for LinkMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LinkMark::Link => "the SAM type is 1, a Link",
            LinkMark::Frame => "the SAM type is 4, a Frame, as in RFC 9575's raw example, not 1",
        })
    }
}

impl Link {
    /// Length in octets, SAM type included.
    pub const LEN: usize = 1 + Endorsement::LEN;

    /// The Link of an endorsement.
    pub const fn new(endorsement: Endorsement) -> Self {
        Link { endorsement, mark: LinkMark::Link }
    }

    /// Reads the 137 octets. Nothing is verified: see [`Endorsement::verify`].
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        // The length comes first, so that octets cut short are called that whatever they hold.
        let mut reader = Octets::new(octets);
        reader.take(Self::LEN, "Link")?;
        reader.end("Link")?;
        let mut reader = Octets::new(octets);
        let wrong = WireError { fault: Fault::Expected("1, a Link"), what: "SAM type", at: 0 };
        let mark = match SamType(reader.u8("SAM type")?) {
            SamType::LINK => LinkMark::Link,
            SamType::FRAME => LinkMark::Frame,
            _ => return Err(wrong),
        };
        let endorsement = Endorsement::decode(reader.rest()).map_err(|error| error.within(1))?;
        if mark == LinkMark::Frame && endorsement.child.check(&endorsement.child_hi).is_err() {
            return Err(wrong);
        }
        Ok(Link { endorsement, mark })
    }

    /// The 137 octets.
    pub fn encode(&self) -> [u8; 137] {
        place(&[&[self.mark.sam_type().0], &self.endorsement.encode()])
    }
}
