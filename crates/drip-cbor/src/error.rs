//! Why octets are not the deterministic CBOR that was expected: a fault, the field it is in, and the octet where it was found.

/// Octets that do not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, octet {at}: {fault}")]
pub struct CborError {
    /// What is wrong.
    pub fault: CborFault,
    /// The field, in the standard's words.
    pub what: &'static str,
    /// The octet where it was found, counted from 0 at the start of what was given to [`Reader::new`](crate::Reader::new).
    pub at: usize,
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborFault {
    /// The octets end too early.
    #[error("the octets end here, more are needed")]
    Truncated,
    /// Octets are left over after the end.
    #[error("octets follow after the end")]
    Trailing,
    /// Not CBOR at all (RFC 8949).
    #[error("not a CBOR item")]
    NotCbor,
    /// CBOR, but of indefinite length, not in the shortest form, or with map keys out of order or twice (RFC 8949, section 4.2).
    #[error("not deterministic CBOR: indefinite length, not the shortest form, or map keys out of order")]
    NotDeterministic,
    /// Another kind of item than the field has.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A number outside what the field allows.
    #[error("{found} is outside {allowed}")]
    OutOfRange {
        /// The number.
        found: u64,
        /// What the standard allows.
        allowed: &'static str,
    },
    /// Text that is not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// Items nested deeper than any structure here is.
    #[error("nested too deep")]
    Depth,
}

impl CborError {
    /// The same error seen from an outer structure in which these octets begin `by` octets later.
    pub const fn within(mut self, by: usize) -> Self {
        self.at += by;
        self
    }
}
