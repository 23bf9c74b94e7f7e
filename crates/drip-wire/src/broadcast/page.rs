//! One page of an authentication message (ASTM F3411-22a, section 5.4.5.10).
//!
//! | octets of the message | field |
//! |---|---|
//! | 1 | high half: authentication type, 5 for DRIP; low half: number of the page, 0 to 15 |
//! | 2–24 | payload, 23 octets; see [`Authentication`](super::Authentication) |

use super::{Message, MessageType, place};
use core::fmt;

/// How an authentication message authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthenticationType(u8);

/// A message that is a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page(Message);

/// The 23 octets of a page that count.
pub(super) type Payload = [u8; Page::PAYLOAD];

impl AuthenticationType {
    /// Specific Authentication Method: the data begin with a SAM type. DRIP is such.
    pub const SAM: AuthenticationType = AuthenticationType(5);

    /// The type of this number, of which the low four bits count.
    pub const fn new(number: u8) -> Self {
        AuthenticationType(number & 0x0f)
    }

    /// The number, 0 to 15.
    pub const fn value(self) -> u8 {
        self.0
    }
}

impl fmt::Display for AuthenticationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "authentication type {}", self.0)
    }
}

impl Page {
    /// Octets of payload.
    pub const PAYLOAD: usize = 23;
    /// The most pages of a message.
    pub const MOST: usize = 16;

    /// The message, if it is a page.
    pub fn read(message: &Message) -> Option<Self> {
        (message.message_type() == MessageType::AUTHENTICATION).then_some(Page(*message))
    }

    /// A page; of its number the low four bits count.
    pub fn new(version: u8, authentication_type: AuthenticationType, number: u8, payload: &[u8; 23]) -> Self {
        let body = place(&[&[authentication_type.0 << 4 | number & 0x0f], payload]);
        Page(Message::new(MessageType::AUTHENTICATION, version, &body))
    }

    /// The whole message.
    pub const fn message(&self) -> Message {
        self.0
    }

    /// The authentication type.
    pub const fn authentication_type(&self) -> AuthenticationType {
        let [_, head, ..] = *self.0.as_bytes();
        AuthenticationType::new(head >> 4)
    }

    /// The number, 0 to 15.
    pub const fn number(&self) -> u8 {
        let [_, head, ..] = *self.0.as_bytes();
        head & 0x0f
    }

    /// The payload.
    pub fn payload(&self) -> [u8; 23] {
        let [_, _, payload @ ..] = *self.0.as_bytes();
        payload
    }
}
