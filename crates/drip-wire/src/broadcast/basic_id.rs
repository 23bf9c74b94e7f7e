//! The Basic ID message: who is flying (ASTM F3411-22a, section 5.4.5.8), with a DET as session id (RFC 9575, section 3.1.1).
//!
//! | octets of the message | field |
//! |---|---|
//! | 1 | high half: type of the id; low half: type of UA |
//! | 2–21 | id; a DET is the octet 01 (specific session id of type DRIP), 16 octets, three zero octets |
//! | 22–24 | reserved |

use super::{Message, MessageType, place};
use drip_det::{Det, DetError};

/// What an id is: 1 serial number, 2 CAA registration, 3 UTM, 4 specific session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdType(pub u8);

/// What flies: 1 aeroplane, 2 helicopter or multirotor, and so on to 15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UaType(pub u8);

/// A message of type Basic ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BasicId(Message);

/// A specific session id of this first octet is a DET (RFC 9575, section 3.1.1, registered with ICAO).
const SESSION_IS_DET: u8 = 1;

impl IdType {
    /// No id.
    pub const NONE: IdType = IdType(0);
    /// A serial number by CTA-2063-A.
    pub const SERIAL_NUMBER: IdType = IdType(1);
    /// A specific session id, such as a DET.
    pub const SPECIFIC_SESSION: IdType = IdType(4);
}

impl UaType {
    /// Not said.
    pub const NONE: UaType = UaType(0);
    /// An aeroplane.
    pub const AEROPLANE: UaType = UaType(1);
    /// A helicopter or multirotor.
    pub const ROTORCRAFT: UaType = UaType(2);
}

impl BasicId {
    /// The message, if it is a Basic ID.
    pub fn read(message: &Message) -> Option<Self> {
        (message.message_type() == MessageType::BASIC_ID).then_some(BasicId(*message))
    }

    /// The Basic ID by which a UA goes by its DET.
    pub fn of_det(version: u8, ua_type: UaType, det: Det) -> Self {
        let id = place(&[&[SESSION_IS_DET], &det.to_bytes()]);
        Self::new(version, IdType::SPECIFIC_SESSION, ua_type, &id)
    }

    /// A Basic ID; of the types the low four bits count.
    pub fn new(version: u8, id_type: IdType, ua_type: UaType, id: &[u8; 20]) -> Self {
        let body = place(&[&[id_type.0 << 4 | ua_type.0 & 0x0f], id]);
        BasicId(Message::new(MessageType::BASIC_ID, version, &body))
    }

    /// The whole message.
    pub const fn message(&self) -> Message {
        self.0
    }

    /// What the id is.
    pub const fn id_type(&self) -> IdType {
        let [_, types, ..] = *self.0.as_bytes();
        IdType(types >> 4)
    }

    /// What flies.
    pub const fn ua_type(&self) -> UaType {
        let [_, types, ..] = *self.0.as_bytes();
        UaType(types & 0x0f)
    }

    /// The id, padded with zeros.
    pub fn id(&self) -> [u8; 20] {
        let [_, _, id @ .., _, _, _] = *self.0.as_bytes();
        id
    }

    /// The DET that the id is; `None` where it is no session id of type DRIP.
    pub fn det(&self) -> Option<Result<Det, DetError>> {
        let [kind, det @ .., _, _, _] = self.id();
        (self.id_type() == IdType::SPECIFIC_SESSION && kind == SESSION_IS_DET).then(|| Det::from_bytes(det))
    }
}
