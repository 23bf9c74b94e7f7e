//! The System message, as far as its time goes (ASTM F3411-22a, section 5.4.5.13).
//!
//! | octets of the message | field |
//! |---|---|
//! | 1–19 | operator's place, area, classification: not read here |
//! | 20–23 | timestamp: seconds since 2019-01-01, little-endian |
//! | 24 | reserved |

use super::{Message, MessageType};
use drip_det::DripTime;

/// A message of type System.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct System(Message);

impl System {
    /// The message, if it is of type System.
    pub fn read(message: &Message) -> Option<Self> {
        (message.message_type() == MessageType::SYSTEM).then_some(System(*message))
    }

    /// The whole message.
    pub const fn message(&self) -> Message {
        self.0
    }

    /// When it was made; `None` where it does not say (zero, and in versions before F3411-22).
    pub fn timestamp(&self) -> Option<DripTime> {
        let [.., a, b, c, d, _] = *self.0.as_bytes();
        match u32::from_le_bytes([a, b, c, d]) {
            0 => None,
            seconds => Some(DripTime(seconds)),
        }
    }
}
