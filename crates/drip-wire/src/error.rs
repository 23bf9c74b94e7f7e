//! Why octets are not what they should be: a fault, the field it is in, and the octet where it was found.

use drip_det::{DetError, InvalidKey};

/// Octets that do not decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, octet {at}: {fault}")]
pub struct WireError {
    /// What is wrong.
    pub fault: Fault,
    /// The field, in the standard's words.
    pub what: &'static str,
    /// The octet where it was found, counted from 0 at the start of what was given to `decode`.
    pub at: usize,
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The octets end too early.
    #[error("the octets end here, more are needed")]
    Truncated,
    /// Octets are left over after the end.
    #[error("octets follow after the end")]
    Trailing,
    /// Not CBOR at all (RFC 8949).
    #[error("not a CBOR item")]
    NotCbor,
    /// CBOR, but of indefinite length, not in the shortest form, or with map keys out of order (RFC 8949, section 4.2).
    #[error("not deterministic CBOR: indefinite length, not the shortest form, or map keys out of order")]
    NotDeterministic,
    /// Another kind of item than the field has.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A number or length outside what the field allows.
    #[error("{found} is outside {allowed}")]
    OutOfRange {
        /// The number, or the length in octets.
        found: u64,
        /// What the standard allows.
        allowed: &'static str,
    },
    /// A map key that the record does not have.
    #[error("map key {0} is not one of the record's")]
    UnknownKey(u64),
    /// Text that is not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// An address that is no DET.
    #[error(transparent)]
    Det(DetError),
    /// A public key that cannot be a host identity.
    #[error(transparent)]
    HostIdentity(InvalidKey),
}

/// A value that a field of a record cannot hold, found before anything was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} {found} is outside {allowed}")]
pub struct OutOfBounds {
    /// The field.
    pub what: &'static str,
    /// The number, or the length in octets.
    pub found: u64,
    /// What the standard allows.
    pub allowed: &'static str,
}

impl WireError {
    /// The same error seen from an outer structure in which these octets begin `by` octets later.
    pub(crate) const fn within(mut self, by: usize) -> Self {
        self.at += by;
        self
    }
}

impl OutOfBounds {
    /// The same finding for octets that were read.
    pub(crate) const fn at(self, at: usize) -> WireError {
        WireError {
            fault: Fault::OutOfRange { found: self.found, allowed: self.allowed },
            what: self.what,
            at,
        }
    }
}
