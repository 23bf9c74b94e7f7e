//! What the operator says of the flight (BRID key 3; Self-ID of ASTM F3411).

use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use alloc::string::String;

/// A short text with its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SelfId {
    description_type: u8,
    description: String,
}

impl SelfId {
    /// Text of at most 23 octets. The CDDL says exactly 23, which no text of its examples' kind has.
    pub fn new(description_type: u8, description: &str) -> Result<Self, OutOfBounds> {
        if description.len() > 23 {
            let found = description.len() as u64;
            return Err(OutOfBounds { what: "self_id description", found, allowed: "0 to 23 octets" });
        }
        Ok(SelfId { description_type, description: description.into() })
    }

    /// The type; 0 is plain text.
    pub const fn description_type(&self) -> u8 {
        self.description_type
    }

    /// The text.
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.array_of(2, "self_id", "an array of two")?;
        let description_type = reader.octet("self_id type", "0 to 255")?;
        let at = reader.at();
        Self::new(description_type, reader.text("self_id description")?).map_err(|error| error.at(at))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.array(2).uint(self.description_type.into()).text(&self.description);
    }
}
