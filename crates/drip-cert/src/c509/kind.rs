//! The two types of C509: what the signature covers.

use super::{C509Error, Read};
use core::fmt;
use drip_cbor::Reader;

/// The type of a C509 certificate or request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum C509Kind {
    /// 2: signed over its CBOR.
    Native,
    /// 3: the same as a DER object, whose signature it carries.
    Reencoded,
}

impl C509Kind {
    /// The number in the first field.
    pub const fn code(self) -> u64 {
        match self {
            C509Kind::Native => 2,
            C509Kind::Reencoded => 3,
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, what: &'static str) -> Read<Self> {
        match reader.int(what)? {
            2 => Ok(C509Kind::Native),
            3 => Ok(C509Kind::Reencoded),
            other => Err(C509Error::Type(other)),
        }
    }
}

impl fmt::Display for C509Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            C509Kind::Native => "type 2, natively signed",
            C509Kind::Reencoded => "type 3, re-encoded",
        })
    }
}
