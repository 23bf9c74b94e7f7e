//! Why octets are no form of a ceremony.

use drip_cbor::CborFault;
use drip_det::{DetError, InvalidKey, OutOfRange};

/// Octets that are no request, answer or bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, octet {at}: {fault}")]
pub struct FormError {
    /// What is wrong.
    pub fault: FormFault,
    /// The field.
    pub what: &'static str,
    /// The octet where it was found, counted from 0.
    pub at: usize,
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// Not deterministic CBOR, cut short, or of another shape.
    #[error(transparent)]
    Cbor(CborFault),
    /// CBOR of something else.
    #[error("this is not a {0}")]
    OtherForm(&'static str),
    /// A version of the form that is not known here.
    #[error("version {0} is not known here, only version 1")]
    Version(u64),
    /// More octets or items than allowed.
    #[error("{found} are too many, at most {most} are read")]
    TooMany {
        /// How many there are.
        found: u64,
        /// How many may be.
        most: u64,
    },
    /// Nothing where something must be.
    #[error("it is empty")]
    Empty,
    /// Another length than the field has.
    #[error("it has {found} octets, not {expected}")]
    Length {
        /// The length found.
        found: usize,
        /// The length of the field.
        expected: usize,
    },
    /// A text that is no object identifier.
    #[error("it is no object identifier in dotted decimal")]
    ObjectIdentifier,
    /// What is so without being said.
    #[error("it says what is so without it")]
    Usual,
    /// A number that means nothing here.
    #[error("{0} is no value of this field")]
    Value(u64),
    /// A place outside the hierarchy.
    #[error(transparent)]
    Place(OutOfRange),
    /// An address that is no DET.
    #[error(transparent)]
    Det(DetError),
    /// A public key that cannot be a host identity.
    #[error(transparent)]
    HostIdentity(InvalidKey),
    /// A text with a character that does not show as what it is: it could change what an operator sees.
    #[error("the text has the character U+{0:04X}, which cannot be shown as it is")]
    Unprintable(u32),
}
