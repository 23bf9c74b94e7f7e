//! The Message Pack: up to nine messages in one, on Bluetooth 5 and Wi-Fi (ASTM F3411-22a, section 5.4.5.19).
//!
//! | octets | field |
//! |---|---|
//! | 0 | high half: message type 15; low half: protocol version |
//! | 1 | length of each message: 25 |
//! | 2 | how many messages, 1 to 9 |
//! | 3… | the messages |

use super::{Message, MessageType};
use crate::{Fault, WireError, octets::Octets};
use alloc::vec::Vec;

/// Messages that go on the air together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pack {
    version: u8,
    messages: Vec<Message>,
}

impl Pack {
    /// The most messages there can be.
    pub const MOST: usize = 9;

    /// A pack of these messages, in this order. `None` unless there are 1 to 9, none of them of type Message Pack.
    pub fn new(version: u8, messages: Vec<Message>) -> Option<Self> {
        let nested = messages.iter().any(|message| message.message_type() == MessageType::PACK);
        (!nested && (1..=Self::MOST).contains(&messages.len()))
            .then_some(Pack { version: version & 0x0f, messages })
    }

    /// Reads a pack.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Octets::new(octets);
        let head = reader.u8("message type")?;
        if MessageType::new(head >> 4) != MessageType::PACK {
            let expected = Fault::Expected("message type 15, a Message Pack");
            return Err(WireError { fault: expected, what: "message type", at: 0 });
        }
        let length = reader.u8("length of each message")?;
        if usize::from(length) != Message::LEN {
            let fault = Fault::OutOfRange { found: length.into(), allowed: "25" };
            return Err(WireError { fault, what: "length of each message", at: 1 });
        }
        let count = usize::from(reader.u8("number of messages")?);
        if !(1..=Self::MOST).contains(&count) {
            let fault = Fault::OutOfRange { found: count as u64, allowed: "1 to 9" };
            return Err(WireError { fault, what: "number of messages", at: 2 });
        }
        // The length comes first, so that octets cut short are called that whatever they hold.
        let body = reader.at();
        reader.take(count * Message::LEN, "messages")?;
        reader.end("message pack")?;
        let mut messages = Vec::with_capacity(count);
        for (index, chunk) in octets.get(body..).unwrap_or_default().chunks(Message::LEN).enumerate() {
            let at = body + index * Message::LEN;
            let message = Message::decode(chunk).map_err(|error| error.within(at))?;
            if message.message_type() == MessageType::PACK {
                let fault = Fault::Expected("a message that is not a pack itself");
                return Err(WireError { fault, what: "message in a pack", at });
            }
            messages.push(message);
        }
        Ok(Pack { version: head & 0x0f, messages })
    }

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        // A pack has at most nine messages.
        let count = self.messages.len() as u8;
        let mut octets = Vec::with_capacity(3 + self.messages.len() * Message::LEN);
        octets.extend([MessageType::PACK.value() << 4 | self.version, Message::LEN as u8, count]);
        octets.extend(self.messages.iter().flat_map(Message::encode));
        octets
    }

    /// The protocol version.
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The messages, in the order of the pack.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }
}
