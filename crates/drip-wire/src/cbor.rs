//! Deterministic CBOR of this crate's records: the items of [`drip_cbor`], their errors in this crate's words.

use crate::{Fault, WireError};
use drip_cbor::{CborError, CborFault};

pub use drip_cbor::Float;
pub(crate) use drip_cbor::{Kind, Reader, Writer};

impl From<CborError> for WireError {
    fn from(CborError { fault, what, at }: CborError) -> Self {
        let fault = match fault {
            CborFault::Truncated => Fault::Truncated,
            CborFault::Trailing => Fault::Trailing,
            CborFault::NotCbor => Fault::NotCbor,
            CborFault::NotDeterministic => Fault::NotDeterministic,
            CborFault::Expected(words) => Fault::Expected(words),
            CborFault::OutOfRange { found, allowed } => Fault::OutOfRange { found, allowed },
            CborFault::NotUtf8 => Fault::NotUtf8,
            CborFault::Depth => Fault::Expected("items nested less deep"),
        };
        WireError { fault, what, at }
    }
}
