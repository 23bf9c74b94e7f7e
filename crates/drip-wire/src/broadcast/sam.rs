//! Specific Authentication Methods: what DRIP puts into authentication messages of type 5 (RFC 9575, section 3.2.2).
//!
//! | SAM type | format |
//! |---|---|
//! | 01 | Link |
//! | 02 | Wrapper |
//! | 03 | Manifest |
//! | 04 | Frame |

use super::{Frame, Link, Manifest, UaSignedEvidence, Wrapper};
use crate::{Fault, WireError, octets::Octets};
use alloc::vec::Vec;
use core::fmt;

/// The first octet of the data: which method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SamType(pub u8);

/// The data of a DRIP authentication message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sam {
    /// An endorsement.
    Link(Link),
    /// Signed messages.
    Wrapper(Wrapper),
    /// Signed hashes of messages.
    Manifest(Manifest),
    /// Signed evidence of another kind.
    Frame(Frame),
}

impl SamType {
    /// DRIP Link.
    pub const LINK: SamType = SamType(1);
    /// DRIP Wrapper.
    pub const WRAPPER: SamType = SamType(2);
    /// DRIP Manifest.
    pub const MANIFEST: SamType = SamType(3);
    /// DRIP Frame.
    pub const FRAME: SamType = SamType(4);

    /// The name, or `None` for a type that DRIP has not.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::LINK => "Link",
            Self::WRAPPER => "Wrapper",
            Self::MANIFEST => "Manifest",
            Self::FRAME => "Frame",
            _ => return None,
        })
    }

    /// Takes this type from the front.
    pub(super) fn expect(self, reader: &mut Octets<'_>) -> Result<(), WireError> {
        let allowed = match self {
            Self::LINK => "1, a Link",
            Self::WRAPPER => "2, a Wrapper",
            Self::MANIFEST => "3, a Manifest",
            _ => "4, a Frame",
        };
        if reader.u8("SAM type")? == self.0 {
            Ok(())
        } else {
            Err(WireError { fault: Fault::Expected(allowed), what: "SAM type", at: 0 })
        }
    }

    /// The type with data behind it.
    pub(super) fn before(self, data: &[u8]) -> Vec<u8> {
        let mut octets = Vec::with_capacity(1 + data.len());
        octets.push(self.0);
        octets.extend(data);
        octets
    }
}

impl fmt::Display for SamType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "SAM type {}", self.0),
        }
    }
}

impl Sam {
    /// The most octets, SAM type included (RFC 9575, section 3.2.1: data lie in nine pages).
    pub const MOST: usize = 201;

    /// Reads the octets, SAM type first.
    ///
    /// Octets of type 4 that are an endorsement, as in RFC 9575's raw example, are read as what they are: see
    /// [`LinkMark`](super::LinkMark).
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let sam_type = SamType(Octets::new(octets).u8("SAM type")?);
        match sam_type {
            SamType::LINK => Link::decode(octets).map(Sam::Link),
            SamType::WRAPPER => Wrapper::decode(octets).map(Sam::Wrapper),
            SamType::MANIFEST => Manifest::decode(octets).map(Sam::Manifest),
            SamType::FRAME => match Link::decode(octets) {
                Ok(link) => Ok(Sam::Link(link)),
                Err(_) => Frame::decode(octets).map(Sam::Frame),
            },
            SamType(found) => {
                let fault = Fault::OutOfRange { found: found.into(), allowed: "1 to 4" };
                Err(WireError { fault, what: "SAM type", at: 0 })
            }
        }
    }

    /// The octets, SAM type first.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Sam::Link(link) => link.encode().to_vec(),
            Sam::Wrapper(wrapper) => wrapper.encode(),
            Sam::Manifest(manifest) => manifest.encode(),
            Sam::Frame(frame) => frame.encode(),
        }
    }

    /// Which format it is.
    pub const fn sam_type(&self) -> SamType {
        match self {
            Sam::Link(_) => SamType::LINK,
            Sam::Wrapper(_) => SamType::WRAPPER,
            Sam::Manifest(_) => SamType::MANIFEST,
            Sam::Frame(_) => SamType::FRAME,
        }
    }

    /// The UA's evidence; a Link has none.
    pub const fn evidence(&self) -> Option<&UaSignedEvidence> {
        match self {
            Sam::Link(_) => None,
            Sam::Wrapper(wrapper) => Some(wrapper.evidence()),
            Sam::Manifest(manifest) => Some(manifest.evidence()),
            Sam::Frame(frame) => Some(frame.evidence()),
        }
    }
}
