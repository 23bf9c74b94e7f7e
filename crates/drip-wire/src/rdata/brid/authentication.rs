//! An authentication of the aircraft (BRID key 2; Authentication Message of ASTM F3411).
//!
//! | octets of the data, for type 5 | field |
//! |---|---|
//! | 1 | SAM type: 1 is a Link, which carries a Broadcast Endorsement (RFC 9575, section 4.2) |
//! | 136 | the endorsement |

use crate::{
    Endorsement, OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use alloc::vec::Vec;

/// SAM type of a Link.
const LINK: u8 = 1;

const WHAT_TYPE: &str = "auth type";
const ALLOWED_TYPE: &str = "0 to 15";

/// Authentication data with its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authentication {
    auth_type: u8,
    data: Vec<u8>,
}

impl Authentication {
    /// Specific authentication method: what DRIP uses.
    pub const SPECIFIC_METHOD: u8 = 5;

    /// Data of a type, 0 to 15; 1 to 362 octets.
    pub fn new(auth_type: u8, data: &[u8]) -> Result<Self, OutOfBounds> {
        if auth_type > 15 {
            return Err(OutOfBounds { what: WHAT_TYPE, found: auth_type.into(), allowed: ALLOWED_TYPE });
        }
        if !(1..=362).contains(&data.len()) {
            return Err(OutOfBounds {
                what: "auth data",
                found: data.len() as u64,
                allowed: "1 to 362 octets",
            });
        }
        Ok(Authentication { auth_type, data: data.into() })
    }

    /// A Link: an endorsement as the aircraft sends it.
    pub fn link(endorsement: &Endorsement) -> Self {
        let data = [[LINK].as_slice(), &endorsement.encode()].concat();
        Authentication { auth_type: Self::SPECIFIC_METHOD, data }
    }

    /// The type, 0 to 15.
    pub const fn auth_type(&self) -> u8 {
        self.auth_type
    }

    /// The octets of the data.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The endorsement of a Link, or `None` where it is something else. Nothing is verified.
    pub fn endorsement(&self) -> Option<Result<Endorsement, WireError>> {
        match self.data.split_first() {
            Some((&LINK, octets)) if self.auth_type == Self::SPECIFIC_METHOD => {
                Some(Endorsement::decode(octets).map_err(|error| error.within(1)))
            }
            _ => None,
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at_type = reader.at();
        let auth_type = reader.octet(WHAT_TYPE, ALLOWED_TYPE)?;
        let at_data = reader.at();
        let data = reader.bytes("auth data")?;
        Self::new(auth_type, data)
            .map_err(|error| error.at(if error.what == WHAT_TYPE { at_type } else { at_data }))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.uint(self.auth_type.into()).bytes(&self.data);
    }
}
