//! The DRIP Frame: signed evidence of a kind that is not yet standardized (RFC 9575, section 4.5).
//!
//! | octets | field |
//! |---|---|
//! | 0 | SAM type: 04 |
//! | 1… | UA-signed evidence; its evidence is the frame's type, one octet, and 0 to 111 octets of content |

use super::{EvidenceError, SamType, UaSignedEvidence, UnsignedEvidence};
use crate::{Fault, OutOfBounds, WireError, octets::Octets};
use alloc::{vec, vec::Vec};
use drip_det::{Det, DripTime, HostIdentity};

/// A Frame. Decoding does not verify it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame(UaSignedEvidence);

impl Frame {
    /// The evidence of a Frame of this type and content, to be signed; see [`Frame::signed`].
    pub fn unsigned(
        vnb: DripTime,
        vna: DripTime,
        frame_type: u8,
        content: &[u8],
        ua: Det,
    ) -> Result<UnsignedEvidence, OutOfBounds> {
        let mut evidence = vec![frame_type];
        evidence.extend(content);
        UnsignedEvidence::new(vnb, vna, evidence, ua)
    }

    /// The Frame of signed evidence; `None` where there is no evidence, hence no frame type.
    pub fn signed(evidence: UaSignedEvidence) -> Option<Self> {
        (!evidence.body().evidence().is_empty()).then_some(Frame(evidence))
    }

    /// Reads the octets, SAM type included.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Octets::new(octets);
        SamType::FRAME.expect(&mut reader)?;
        let evidence = UaSignedEvidence::decode(reader.rest()).map_err(|error| error.within(1))?;
        let empty = WireError { fault: Fault::Truncated, what: "frame type", at: octets.len() };
        Self::signed(evidence).ok_or(empty)
    }

    /// The octets, SAM type included.
    pub fn encode(&self) -> Vec<u8> {
        SamType::FRAME.before(&self.0.encode())
    }

    /// The signed evidence.
    pub const fn evidence(&self) -> &UaSignedEvidence {
        &self.0
    }

    /// The type; only experimental ones are defined so far.
    pub fn frame_type(&self) -> u8 {
        self.0.body().evidence().first().copied().unwrap_or_default()
    }

    /// What follows the type.
    pub fn content(&self) -> &[u8] {
        self.0.body().evidence().get(1..).unwrap_or_default()
    }

    /// Checks that `hi` is the UA's key and that it signed.
    pub fn verify(&self, hi: &HostIdentity) -> Result<(), EvidenceError> {
        self.0.verify(hi)
    }
}
