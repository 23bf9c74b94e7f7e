//! An id of the aircraft (BRID key 1; Basic ID of ASTM F3411, section 5.4.5.5).
//!
//! | id type | octets of the id |
//! |---|---|
//! | 1 serial number | CTA-2063-A text, zeros up to 20 |
//! | 4 session id | `01` (IETF DRIP), DET, three zeros; RFC 9886's example leaves the zeros out |

use super::BridShape;
use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use alloc::vec::Vec;
use drip_det::{Det, SerialNumber};

const LEN: usize = 20;
/// Length of a session id without the zeros at its end.
const SHORT_LEN: usize = 1 + Det::LEN;
/// Specific session id type of IETF DRIP.
const SSI_DRIP: u8 = 1;

const WHAT_TYPE: &str = "uas_id type";
const ALLOWED_TYPE: &str = "0 to 15";

/// What kind of id it is, 0 to 15. Values without a name here are valid in ASTM F3411 and opaque to DRIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UasIdType(u8);

impl UasIdType {
    /// None.
    pub const NONE: UasIdType = UasIdType(0);
    /// Serial number (CTA-2063-A).
    pub const SERIAL_NUMBER: UasIdType = UasIdType(1);
    /// Specific session id: a DET, among others.
    pub const SESSION_ID: UasIdType = UasIdType(4);

    /// The kind of this number.
    pub const fn new(value: u8) -> Result<Self, OutOfBounds> {
        if value > 15 {
            Err(OutOfBounds { what: WHAT_TYPE, found: value as u64, allowed: ALLOWED_TYPE })
        } else {
            Ok(UasIdType(value))
        }
    }

    /// The number, 0 to 15.
    pub const fn value(self) -> u8 {
        self.0
    }
}

/// One id with its type: 20 octets, or 17 for a session id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UasId {
    id_type: UasIdType,
    id: Vec<u8>,
}

impl UasId {
    /// An id of these octets: 20, or 17 for a session id.
    pub fn new(id_type: UasIdType, id: &[u8]) -> Result<Self, OutOfBounds> {
        match id.len() {
            LEN => {}
            SHORT_LEN if id_type == UasIdType::SESSION_ID => {}
            length => {
                let allowed = "20 octets, or 17 for a session id";
                return Err(OutOfBounds { what: "uas_id", found: length as u64, allowed });
            }
        }
        Ok(UasId { id_type, id: id.into() })
    }

    /// The session id of a DET: 20 octets nested, 17 flat.
    pub fn session(det: Det, shape: BridShape) -> Self {
        let mut id = [[SSI_DRIP].as_slice(), &det.to_bytes()].concat();
        if shape == BridShape::Nested {
            id.resize(LEN, 0);
        }
        UasId { id_type: UasIdType::SESSION_ID, id }
    }

    /// The id of a serial number, zeros behind it.
    pub fn serial_number(serial_number: &SerialNumber) -> Self {
        let mut id = Vec::from(serial_number.as_str());
        id.resize(LEN, 0);
        UasId { id_type: UasIdType::SERIAL_NUMBER, id }
    }

    /// What kind of id it is.
    pub const fn id_type(&self) -> UasIdType {
        self.id_type
    }

    /// The octets of the id.
    pub fn as_octets(&self) -> &[u8] {
        &self.id
    }

    /// The DET in it, or `None` where it is no session id of IETF DRIP.
    pub fn det(&self) -> Option<Det> {
        let (ssi_type, rest) = self.id.split_first()?;
        let (octets, zeros) = rest.split_first_chunk()?;
        let drip = self.id_type == UasIdType::SESSION_ID && *ssi_type == SSI_DRIP;
        if drip && zeros.iter().all(|octet| *octet == 0) { Det::from_bytes(*octets).ok() } else { None }
    }

    pub(super) fn is_short(&self) -> bool {
        self.id.len() == SHORT_LEN
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at = reader.at();
        let id_type = UasIdType::new(reader.octet(WHAT_TYPE, ALLOWED_TYPE)?).map_err(|error| error.at(at))?;
        let at = reader.at();
        Self::new(id_type, reader.bytes("uas_id")?).map_err(|error| error.at(at))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.uint(self.id_type.0.into()).bytes(&self.id);
    }
}
