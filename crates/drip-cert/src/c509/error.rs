//! Why octets are no C509, and why DER has none.

use crate::DerFault;
use der::asn1::ObjectIdentifier;
use drip_cbor::{CborError, CborFault};

/// Why an object is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum C509Error {
    /// Larger than [`MAX_LEN`](super::MAX_LEN).
    #[error("the object has {length} octets, more than the {max} allowed", max = super::MAX_LEN)]
    Oversized {
        /// Its length.
        length: usize,
    },
    /// Not the CBOR of the structure: truncated, trailing, not deterministic, another kind of item, too many or too few items.
    #[error("C509: {0}")]
    Cbor(#[from] CborError),
    /// The items without the array around them, as drafts up to 19 allowed.
    #[error(
        "C509: the items come without the array around them, which drafts up to 19 allowed; an array of {0} is needed"
    )]
    Unwrapped(usize),
    /// The type is not 2 or 3.
    #[error("C509: type {0} is not 2 (native) or 3 (re-encoded){hint}", hint = hint(*.0))]
    Type(i64),
    /// The type is not the one that is wanted here.
    #[error("C509: expected {expected}, found {found}")]
    Kind {
        /// The type wanted.
        expected: super::C509Kind,
        /// The type found.
        found: super::C509Kind,
    },
    /// A field of the CBOR that says nothing.
    #[error("C509: {what}, octet {at}: {reason}")]
    Field {
        /// The field.
        what: &'static str,
        /// What is wrong with it.
        reason: &'static str,
        /// Where it begins.
        at: usize,
    },
    /// An extension or attribute that is there twice.
    #[error("C509: {what} {identifier} is there twice, octet {at}")]
    Duplicate {
        /// Extension or attribute.
        what: &'static str,
        /// Which.
        identifier: ObjectIdentifier,
        /// Where it comes the second time.
        at: usize,
    },
    /// What should become C509 is not DER.
    #[error("it is not DER: {0}")]
    Der(#[from] DerFault),
    /// What should become C509 is DER, but no certificate and no request.
    #[error("{what} is not as X.509 and PKCS#10 have it")]
    Structure {
        /// The field.
        what: &'static str,
    },
    /// C509 has no form for this.
    #[error("{what} has no C509 form: {reason}")]
    NotExpressible {
        /// The field.
        what: &'static str,
        /// Why not.
        reason: &'static str,
    },
    /// It does not come back octet for octet.
    #[error("it is not invertible: converted there and back it differs at octet {offset}")]
    NotInvertible {
        /// Where it differs first.
        offset: usize,
    },
}

impl C509Error {
    /// Whether the octets end before the object does.
    pub fn is_truncated(&self) -> bool {
        matches!(self, C509Error::Cbor(CborError { fault: CborFault::Truncated, .. }))
    }
}

const fn hint(kind: i64) -> &'static str {
    match kind {
        0 | 1 => "; 0 and 1 are those of drafts before 10",
        _ => "",
    }
}

pub(super) const fn field(what: &'static str, reason: &'static str, at: usize) -> C509Error {
    C509Error::Field { what, reason, at }
}

pub(super) const fn none(what: &'static str, reason: &'static str) -> C509Error {
    C509Error::NotExpressible { what, reason }
}

/// Whether two strings of octets are the same, or where they part.
pub(super) fn same(one: &[u8], other: &[u8]) -> Result<(), C509Error> {
    if one == other {
        return Ok(());
    }
    let offset = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    Err(C509Error::NotInvertible { offset })
}
