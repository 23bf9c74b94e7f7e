//! A request that was answered under an `Idempotency-Key`: the same key gives the same registration.

use crate::RegistrationId;
use drip_det::UnixTime;

/// An answered request. It is written once and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// SHA-256 of the idempotency key and of whose key it is; unique for ever.
    pub key_digest: [u8; 32],
    /// SHA-256 of what was asked, to tell a repeat from another request under the same key.
    pub request_digest: [u8; 32],
    /// The registration it led to.
    pub registration: RegistrationId,
    /// When it came.
    pub at: UnixTime,
}
