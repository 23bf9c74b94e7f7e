//! The operator's id as a civil aviation authority gave it (BRID key 6; Operator ID of ASTM F3411).

use crate::{
    Fault, OutOfBounds, WireError,
    cbor::{Reader, Writer},
};

/// An operator id with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperatorId {
    /// The type; 0 is an id given by a civil aviation authority.
    pub operator_id_type: u8,
    /// The id, zeros behind it.
    pub operator_id: [u8; 20],
}

impl OperatorId {
    /// An id of at most 20 octets; zeros are put behind it.
    pub fn new(operator_id_type: u8, id: &str) -> Result<Self, OutOfBounds> {
        let mut operator_id = [0; 20];
        match operator_id.get_mut(..id.len()) {
            Some(place) => place.copy_from_slice(id.as_bytes()),
            None => {
                let found = id.len() as u64;
                return Err(OutOfBounds { what: "operator_id", found, allowed: "0 to 20 octets" });
            }
        }
        Ok(OperatorId { operator_id_type, operator_id })
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let what = "operator_id";
        reader.array_of(2, what, "an array of two")?;
        let operator_id_type = reader.octet("operator_id type", "0 to 255")?;
        let at = reader.at();
        let id = reader.bytes(what)?;
        let fault = Fault::OutOfRange { found: id.len() as u64, allowed: "20 octets" };
        let operator_id = id.try_into().map_err(|_| WireError { fault, what, at })?;
        Ok(OperatorId { operator_id_type, operator_id })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.array(2).uint(self.operator_id_type.into()).bytes(&self.operator_id);
    }
}
