//! A ceremony that was asked for: the request as it was handed out, and whether its answer came.

use drip_det::UnixTime;

/// A ceremony request. The SHA-256 of its octets is its identifier, by which the answer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceremony {
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// The request's octets.
    pub request: Vec<u8>,
    /// When it was made.
    pub made_at: UnixTime,
    /// Who asked for it.
    pub by: String,
    /// The answer that was taken in.
    pub answered: Option<Answered>,
}

/// The answer of a ceremony, taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// SHA-256 of the answer.
    pub digest: [u8; 32],
    /// When it was taken in.
    pub at: UnixTime,
}
