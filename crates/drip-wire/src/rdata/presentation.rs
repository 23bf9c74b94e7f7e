//! Reading RDATA from the text of master files: fields between white space, parentheses around lines (RFC 1035, section 5.1).

use crate::WireError;
use alloc::{string::String, vec::Vec};
use base64::{Engine, engine::general_purpose::STANDARD};
use core::str::FromStr;

/// Text that is not the RDATA of its record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentationError {
    /// A field is not there.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// A field does not read as what it is.
    #[error("the field {what} is not {expected}")]
    Field {
        /// The field.
        what: &'static str,
        /// What would read.
        expected: &'static str,
    },
    /// The text stands for octets that are no RDATA of this type.
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// The fields of a text, one after the other.
pub(super) struct Fields<'a, I: Iterator<Item = &'a str>>(I);

pub(super) fn fields(text: &str) -> Fields<'_, impl Iterator<Item = &str>> {
    Fields(
        text.split(|c: char| c.is_ascii_whitespace() || c == '(' || c == ')')
            .filter(|field| !field.is_empty()),
    )
}

impl<'a, I: Iterator<Item = &'a str>> Fields<'a, I> {
    pub(super) fn next(&mut self, what: &'static str) -> Result<&'a str, PresentationError> {
        self.0.next().ok_or(PresentationError::Missing(what))
    }

    pub(super) fn number<N: FromStr>(
        &mut self,
        what: &'static str,
        expected: &'static str,
    ) -> Result<N, PresentationError> {
        decimal(self.next(what)?).ok_or(PresentationError::Field { what, expected })
    }

    /// All fields that are left, as one: base64 and hexadecimal may be split anywhere.
    fn joined(self) -> String {
        self.0.collect()
    }

    pub(super) fn base64(self, what: &'static str) -> Result<Vec<u8>, PresentationError> {
        from_base64(&self.joined(), what)
    }

    pub(super) fn hex(self, what: &'static str) -> Result<Vec<u8>, PresentationError> {
        from_hex(&self.joined(), what)
    }

    pub(super) fn rest(self) -> I {
        self.0
    }
}

/// A number written in digits alone: Rust would take a sign before them, master files have none.
pub(super) fn decimal<N: FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|octet| octet.is_ascii_digit()).then(|| text.parse().ok())?
}

pub(super) fn to_base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

pub(super) fn from_base64(text: &str, what: &'static str) -> Result<Vec<u8>, PresentationError> {
    STANDARD.decode(text).map_err(|_| PresentationError::Field { what, expected: "base64" })
}

pub(super) fn from_hex(text: &str, what: &'static str) -> Result<Vec<u8>, PresentationError> {
    hex::decode(text).map_err(|_| PresentationError::Field { what, expected: "hexadecimal" })
}
