//! One message of Broadcast Remote ID: 25 octets (ASTM F3411-22a, section 5.4.5).
//!
//! | octets | field |
//! |---|---|
//! | 0 | high half: message type; low half: protocol version |
//! | 1–24 | body, by type |
//!
//! The counter that goes with a message on the air lies outside these octets.

use super::place;
use crate::{WireError, octets::Octets};
use core::fmt;

/// What a message is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageType(u8);

/// The 25 octets of a message, of whatever type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message([u8; 25]);

impl MessageType {
    /// Who: serial number, session id.
    pub const BASIC_ID: MessageType = MessageType(0x0);
    /// Where, how fast, when.
    pub const LOCATION: MessageType = MessageType(0x1);
    /// One page of an authentication message.
    pub const AUTHENTICATION: MessageType = MessageType(0x2);
    /// Text about the flight.
    pub const SELF_ID: MessageType = MessageType(0x3);
    /// Where the operator is; area and classification.
    pub const SYSTEM: MessageType = MessageType(0x4);
    /// The operator's id.
    pub const OPERATOR_ID: MessageType = MessageType(0x5);
    /// Several messages in one; not a message of 25 octets itself.
    pub const PACK: MessageType = MessageType(0xf);

    /// The type of this number, of which the low four bits count.
    pub const fn new(number: u8) -> Self {
        MessageType(number & 0x0f)
    }

    /// The number, 0 to 15.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// The name in F3411, or `None` for a type it does not have.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::BASIC_ID => "Basic ID",
            Self::LOCATION => "Location",
            Self::AUTHENTICATION => "Authentication",
            Self::SELF_ID => "Self ID",
            Self::SYSTEM => "System",
            Self::OPERATOR_ID => "Operator ID",
            Self::PACK => "Message Pack",
            _ => return None,
        })
    }

    /// Whether a Wrapper may hold it: anything of 25 octets that F3411 has, but no authentication (RFC 9575, section 4.3).
    pub const fn can_be_wrapped(self) -> bool {
        matches!(self, Self::BASIC_ID | Self::LOCATION | Self::SELF_ID | Self::SYSTEM | Self::OPERATOR_ID)
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "message type {}", self.0),
        }
    }
}

impl fmt::Debug for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageType({self})")
    }
}

impl Message {
    /// Length in octets.
    pub const LEN: usize = 25;
    /// The protocol version of F3411-22a.
    pub const VERSION: u8 = 2;

    /// Reads the 25 octets; type and body may be any.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Octets::new(octets);
        let message = Message(reader.array("message")?);
        reader.end("message")?;
        Ok(message)
    }

    /// A message of this type, version (of which the low four bits count) and body.
    pub fn new(message_type: MessageType, version: u8, body: &[u8; 24]) -> Self {
        Message(place(&[&[message_type.0 << 4 | version & 0x0f], body]))
    }

    /// The 25 octets.
    pub const fn encode(&self) -> [u8; 25] {
        self.0
    }

    /// The 25 octets, lent.
    pub const fn as_bytes(&self) -> &[u8; 25] {
        &self.0
    }

    /// The message type.
    pub const fn message_type(&self) -> MessageType {
        let [head, ..] = self.0;
        MessageType::new(head >> 4)
    }

    /// The protocol version: 2 in F3411-22a, 0 in F3411-19.
    pub const fn version(&self) -> u8 {
        let [head, ..] = self.0;
        head & 0x0f
    }

    /// What follows the first octet.
    pub fn body(&self) -> [u8; 24] {
        let [_, body @ ..] = self.0;
        body
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({})", hex::encode(self.0))
    }
}
