//! Recognising what goes over the air: DRIP formats, messages of 25 octets, packs, and streams of them.
//!
//! A text file has one message a line in hexadecimal. A line `# at TIME` says when those below it were heard or are to be sent; other
//! lines that begin with `#` are remarks.

use drip_det::UnixTime;
use drip_wire::broadcast::{Link, Message, MessageType, Pack, Sam, SamType};
use drip_wire::{Endorsement, WireError};
use serde_json::Value;

use crate::input;

/// Something for the air.
pub(crate) enum Broadcast {
    /// A DRIP format by itself.
    Sam(Box<Sam>),
    /// Messages, in order.
    Stream(Vec<Heard>),
}

/// One message or pack, and when it was heard, where that is written.
pub(crate) struct Heard {
    pub(crate) at: Option<UnixTime>,
    pub(crate) message: OnAir,
}

/// What is sent at once.
pub(crate) enum OnAir {
    Message(Message),
    Pack(Pack),
}

impl Broadcast {
    /// The Link, if it is one by itself.
    pub(crate) fn link(&self) -> Option<&Link> {
        match self {
            Self::Sam(sam) => match &**sam {
                Sam::Link(link) => Some(link),
                _ => None,
            },
            Self::Stream(_) => None,
        }
    }
}

impl OnAir {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Message(message) => message.encode().to_vec(),
            Self::Pack(pack) => pack.encode(),
        }
    }
}

/// The highest protocol version of F3411.
const NEWEST_VERSION: u8 = Message::VERSION;

/// Octets that are for the air; `None` for others.
pub(super) fn from_octets(octets: &[u8]) -> Option<Broadcast> {
    if let Ok(sam) = Sam::decode(octets) {
        return Some(Broadcast::Sam(Box::new(sam)));
    }
    if is_other(octets) {
        return None;
    }
    let messages = split(octets)?;
    Some(Broadcast::Stream(messages.into_iter().map(|message| Heard { at: None, message }).collect()))
}

/// DER, and HIP RDATA of a DET: they may begin like a message, too.
fn is_other(octets: &[u8]) -> bool {
    match octets {
        [0x30, 0x82, high, low, rest @ ..] => rest.len() == usize::from(u16::from_be_bytes([*high, *low])),
        [0x30, 0x81, length, rest @ ..] | [0x30, length, rest @ ..] => rest.len() == usize::from(*length),
        [0x10, _, 0x00, 0x20, ..] => true,
        _ => false,
    }
}

/// Why octets that begin like a DRIP format are none.
pub(super) fn complaint(octets: &[u8]) -> Option<(&'static str, WireError)> {
    let what = match SamType(*octets.first()?) {
        SamType::LINK => "a DRIP Link",
        SamType::WRAPPER => "a DRIP Wrapper",
        SamType::MANIFEST => "a DRIP Manifest",
        SamType::FRAME => "a DRIP Frame",
        _ => return None,
    };
    let plausible = octets.len() > Endorsement::LEN / 2 && octets.len() <= Sam::MOST + 1;
    Sam::decode(octets).err().filter(|_| plausible).map(|error| (what, error))
}

/// Text with remarks, one message a line; `None` for other text.
pub(super) fn from_text(text: &str) -> Option<Result<Broadcast, String>> {
    text.lines().any(|line| line.starts_with('#')).then(|| from_lines(text))
}

fn from_lines(text: &str) -> Result<Broadcast, String> {
    let mut at = None;
    let mut heard = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: String| format!("line {}: {what}", number + 1);
        if let Some(remark) = line.strip_prefix('#') {
            if let Some(time) = remark.trim().strip_prefix("at ") {
                let time = time.split_whitespace().next().unwrap_or_default();
                at = Some(input::moment(time).map_err(|error| wrong(format!("no moment: {error}")))?);
            }
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let octets = hex::decode(line.trim()).map_err(|error| wrong(error.to_string()))?;
        let message = one(&octets).map_err(|error| wrong(error.to_string()))?;
        heard.push(Heard { at, message });
    }
    if heard.is_empty() { Err("there is no message in it".to_owned()) } else { Ok(Broadcast::Stream(heard)) }
}

/// What `dime broadcast --format json` writes; `None` for other JSON.
pub(super) fn from_json(document: &Value) -> Option<Result<Broadcast, String>> {
    let sent = document.get("transmissions")?.as_array()?;
    let mut heard = Vec::new();
    for (number, transmission) in sent.iter().enumerate() {
        let at = transmission.get("at").and_then(Value::as_str).and_then(|text| input::moment(text).ok());
        let messages = transmission.get("messages").and_then(Value::as_array);
        for message in messages.into_iter().flatten() {
            let wrong = |what: String| format!("transmission {}: {what}", number + 1);
            let text = message.as_str().unwrap_or_default();
            let octets = hex::decode(text).map_err(|error| wrong(error.to_string()));
            match octets.and_then(|octets| one(&octets).map_err(|error| wrong(error.to_string()))) {
                Ok(message) => heard.push(Heard { at, message }),
                Err(error) => return Some(Err(error)),
            }
        }
    }
    Some(Ok(Broadcast::Stream(heard)))
}

fn one(octets: &[u8]) -> Result<OnAir, WireError> {
    match octets.first() {
        Some(head) if MessageType::new(head >> 4) == MessageType::PACK => {
            Pack::decode(octets).map(OnAir::Pack)
        }
        _ => Message::decode(octets).map(OnAir::Message),
    }
}

/// Messages and packs one behind the other, each of a type and version that there is.
fn split(octets: &[u8]) -> Option<Vec<OnAir>> {
    let mut rest = octets;
    let mut messages = Vec::new();
    while let [head, ..] = rest {
        let message_type = MessageType::new(head >> 4);
        if message_type.name().is_none() || head & 0x0f > NEWEST_VERSION {
            return None;
        }
        let length = match rest {
            [_, _, count, ..] if message_type == MessageType::PACK => 3 + usize::from(*count) * Message::LEN,
            _ => Message::LEN,
        };
        let (octets, after) = rest.split_at_checked(length)?;
        messages.push(one(octets).ok()?);
        rest = after;
    }
    (!messages.is_empty()).then_some(messages)
}
