//! The DRIP Wrapper: messages of Remote ID, signed by the UA (RFC 9575, section 4.3).
//!
//! | octets | field |
//! |---|---|
//! | 0 | SAM type: 02 |
//! | 1… | UA-signed evidence; its evidence is one to four messages of 25 octets in the order of their types |
//!
//! In the extended form the evidence is empty and the messages lie beside it in the same Message Pack: signed with them, sent
//! without them.

use super::{EvidenceError, Message, Pack, SamType, UaSignedEvidence, UnsignedEvidence};
use crate::{Fault, OutOfBounds, WireError, octets::Octets};
use alloc::vec::Vec;
use drip_det::{Det, DripTime, HostIdentity};

/// The messages of a Wrapper, before they are signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WrapperBody(UnsignedEvidence);

/// A Wrapper. Decoding does not verify it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wrapper {
    signed: UaSignedEvidence,
    messages: Vec<Message>,
}

/// Why a Wrapper does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrapperError {
    /// Key, DET or signature.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// It is in the extended form: its messages are in the pack it came in.
    #[error("the Wrapper is in the extended form: without the Message Pack it came in it cannot be verified")]
    PackNeeded,
    /// It is in the extended form, and the pack has no message that it could have been signed with, or more than four.
    #[error("the Message Pack has {count} messages to be wrapped, 1 to 4 are possible")]
    PackCount {
        /// How many.
        count: usize,
    },
    /// It has messages of its own and came with a pack: it is not in the extended form.
    #[error("the Wrapper holds its messages itself: it is not in the extended form")]
    NotExtended,
}

const WHAT: &str = "messages in a Wrapper";
const ALLOWED: &str = "1 to 4";

/// The most messages in a Wrapper.
const MOST: usize = 4;

impl WrapperBody {
    /// A Wrapper of one to four messages that may be wrapped; they are put into the order of their types.
    pub fn new(vnb: DripTime, vna: DripTime, messages: &[Message], ua: Det) -> Result<Self, OutOfBounds> {
        let octets = in_order(messages);
        let count = octets.len() / Message::LEN;
        if count != messages.len() || !(1..=MOST).contains(&count) {
            let found = messages.len() as u64;
            let allowed = "1 to 4, of types 0, 1, 3, 4 and 5";
            return Err(OutOfBounds { what: WHAT, found, allowed });
        }
        UnsignedEvidence::new(vnb, vna, octets, ua).map(WrapperBody)
    }

    /// What is to be signed.
    pub const fn evidence(&self) -> &UnsignedEvidence {
        &self.0
    }

    /// The Wrapper with the UA's signature, messages included.
    pub fn sign_with(self, signature: [u8; 64]) -> Wrapper {
        let messages = split(self.0.evidence());
        Wrapper { signed: self.0.sign_with(signature), messages }
    }

    /// The same in the extended form, to be sent in a pack with the messages.
    pub fn sign_extended_with(self, signature: [u8; 64]) -> Result<Wrapper, OutOfBounds> {
        let empty = UnsignedEvidence::new(self.0.vnb(), self.0.vna(), Vec::new(), self.0.ua())?;
        Ok(Wrapper { signed: empty.sign_with(signature), messages: Vec::new() })
    }
}

impl Wrapper {
    /// Reads the octets, SAM type included.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Octets::new(octets);
        SamType::WRAPPER.expect(&mut reader)?;
        let signed = UaSignedEvidence::decode(reader.rest()).map_err(|error| error.within(1))?;
        let evidence = signed.body().evidence();
        // SAM type, VNB and VNA come before the messages.
        let start = 1 + 8;
        if !evidence.len().is_multiple_of(Message::LEN) {
            let fault = Fault::Expected("whole messages of 25 octets");
            return Err(WireError { fault, what: WHAT, at: start });
        }
        let messages = split(evidence);
        if messages.len() > MOST {
            let fault = Fault::OutOfRange { found: messages.len() as u64, allowed: ALLOWED };
            return Err(WireError { fault, what: WHAT, at: start });
        }
        let mut last = None;
        for (index, message) in messages.iter().enumerate() {
            let at = start + index * Message::LEN;
            let message_type = message.message_type();
            if !message_type.can_be_wrapped() {
                let fault =
                    Fault::OutOfRange { found: message_type.value().into(), allowed: "0, 1, 3, 4 and 5" };
                return Err(WireError { fault, what: "type of a message in a Wrapper", at });
            }
            if last > Some(message_type) {
                let fault = Fault::Expected("messages in the order of their types");
                return Err(WireError { fault, what: WHAT, at });
            }
            last = Some(message_type);
        }
        Ok(Wrapper { signed, messages })
    }

    /// The octets, SAM type included.
    pub fn encode(&self) -> Vec<u8> {
        SamType::WRAPPER.before(&self.signed.encode())
    }

    /// The signed evidence.
    pub const fn evidence(&self) -> &UaSignedEvidence {
        &self.signed
    }

    /// The messages; none in the extended form.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether it is in the extended form.
    pub fn is_extended(&self) -> bool {
        self.messages.is_empty()
    }

    /// Checks that `hi` is the UA's key and that it signed the messages in the Wrapper.
    pub fn verify(&self, hi: &HostIdentity) -> Result<(), WrapperError> {
        if self.is_extended() {
            return Err(WrapperError::PackNeeded);
        }
        Ok(self.signed.verify(hi)?)
    }

    /// The same for the extended form, with the pack it came in; returns the messages that were signed.
    pub fn verify_in(&self, pack: &Pack, hi: &HostIdentity) -> Result<Vec<Message>, WrapperError> {
        if !self.is_extended() {
            return Err(WrapperError::NotExtended);
        }
        let octets = in_order(pack.messages());
        let messages = split(&octets);
        if !(1..=MOST).contains(&messages.len()) {
            return Err(WrapperError::PackCount { count: messages.len() });
        }
        self.signed.verify_around(hi, &octets)?;
        Ok(messages)
    }
}

/// The messages that can be wrapped, one behind the other in the order of their types.
fn in_order(messages: &[Message]) -> Vec<u8> {
    let mut messages: Vec<&Message> =
        messages.iter().filter(|message| message.message_type().can_be_wrapped()).collect();
    messages.sort_by_key(|message| message.message_type());
    messages.into_iter().flat_map(Message::encode).collect()
}

fn split(octets: &[u8]) -> Vec<Message> {
    octets.chunks(Message::LEN).filter_map(|chunk| Message::decode(chunk).ok()).collect()
}
