//! The records of a DET as a template with holes.
//!
//! What DETs under one issuer have in common (the frame of their certificates and of their CBOR, the chain of endorsements above them)
//! is kept once, as a [`Template`]. What differs is kept per DET, as a [`Block`] of about 180 octets:
//!
//! | octets | content |
//! |---|---|
//! | 4 | template number, little-endian |
//! | 32 | host identity |
//! | 4, 4 | VNB, VNA, little-endian seconds since 2019 |
//! | 1 to 20 | serial number of the certificate |
//! | 64 | signature of the certificate |
//! | 64 | signature of the DET's endorsement, where it has one |
//! | 13 to 15 each | validity of the certificate, only where it is not VNB and VNA |
//!
//! Composing copies the template's octets and fills its holes from the block. A template is made by carving these values out of the
//! finished records, so whatever the records are, composing gives back the identical octets; what cannot be carved stays in the template.

mod block;
mod carve;
mod compose;
mod table;
mod validity;

pub(crate) use block::Block;
pub(crate) use carve::carve;
pub(crate) use compose::DetRecord;
pub(crate) use table::{Numbered, Table};

/// Record types and RDATA with holes, and the TTL of all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Template {
    pub(crate) ttl: u32,
    pub(crate) records: Vec<RecordTemplate>,
}

/// One record of a template.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RecordTemplate {
    pub(crate) record_type: u16,
    pub(crate) segments: Vec<Segment>,
}

/// A piece of RDATA.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Segment {
    /// These octets.
    Literal(Box<[u8]>),
    /// So many octets of the block.
    Stored { at: u16, length: u16 },
    /// The 16 octets of the DET.
    Det,
    /// The DET as 32 lower-case hexadecimal digits, as in certificate names.
    DetHex,
    /// The time that the block holds at this place, as the 13 octets of a UTCTime.
    UtcTime { at: u16 },
    /// The same, as the 15 octets of a GeneralizedTime.
    GeneralizedTime { at: u16 },
}
