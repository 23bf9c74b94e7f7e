//! Class and category of the aircraft (BRID key 5; System Message of ASTM F3411).

use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
};

/// Classification type, class and category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Classification {
    class_type: u8,
    class: u8,
    category: u8,
}

impl Classification {
    /// Type 0 to 8 (1 is the European Union), class 0 to 15, category 0 to 15.
    pub const fn new(class_type: u8, class: u8, category: u8) -> Result<Self, OutOfBounds> {
        match (class_type, class, category) {
            (0..=8, 0..=15, 0..=15) => Ok(Classification { class_type, class, category }),
            (9.., _, _) => Err(outside("classification type", class_type, "0 to 8")),
            (_, 16.., _) => Err(outside("classification class", class, "0 to 15")),
            _ => Err(outside("classification category", category, "0 to 15")),
        }
    }

    /// The type, 0 to 8.
    pub const fn class_type(self) -> u8 {
        self.class_type
    }

    /// The class, 0 to 15.
    pub const fn class(self) -> u8 {
        self.class
    }

    /// The category, 0 to 15.
    pub const fn category(self) -> u8 {
        self.category
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at = reader.at();
        reader.array_of(3, "classification", "an array of three")?;
        let class_type = reader.octet("classification type", "0 to 8")?;
        let class = reader.octet("classification class", "0 to 15")?;
        let category = reader.octet("classification category", "0 to 15")?;
        Self::new(class_type, class, category).map_err(|error| error.at(at))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.array(3).uint(self.class_type.into()).uint(self.class.into()).uint(self.category.into());
    }
}

const fn outside(what: &'static str, found: u8, allowed: &'static str) -> OutOfBounds {
    OutOfBounds { what, found: found as u64, allowed }
}
