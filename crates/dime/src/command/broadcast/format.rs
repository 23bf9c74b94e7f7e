//! What was sent, as octets, hexadecimal or JSON.

use drip_wire::broadcast::MessageType;
use serde_json::{Value, json};

use super::chain::Chain;
use super::schedule::Sent;
use crate::object::broadcast::OnAir;
use crate::outcome::Failure;

/// One behind the other.
pub(super) fn messages(sent: &[Sent]) -> Vec<u8> {
    sent.iter().flat_map(|sent| &sent.messages).flat_map(OnAir::encode).collect()
}

/// One a line, with time and kind as remarks.
pub(super) fn hex(sent: &[Sent]) -> Vec<u8> {
    lines(sent, |_| true)
}

/// The same of authentication pages only.
pub(super) fn pages(sent: &[Sent]) -> Vec<u8> {
    lines(sent, |message| match message {
        OnAir::Message(message) => message.message_type() == MessageType::AUTHENTICATION,
        OnAir::Pack(_) => true,
    })
}

fn lines(sent: &[Sent], wanted: fn(&OnAir) -> bool) -> Vec<u8> {
    let mut text = String::new();
    for Sent { at, kind, messages, .. } in sent {
        let wanted: Vec<String> = messages
            .iter()
            .filter(|message| wanted(message))
            .map(|message| hex::encode(message.encode()))
            .collect();
        if !wanted.is_empty() {
            text.push_str(&format!("# at {at} {kind}\n{}\n", wanted.join("\n")));
        }
    }
    text.into_bytes()
}

/// `{det, hi, links: [hex of 137 octets], transmissions: [{at, kind, data?, messages: [hex]}]}`.
pub(super) fn json(sent: &[Sent], chain: &Chain) -> Value {
    let links: Vec<String> = chain.links().iter().map(|link| hex::encode(link.encode())).collect();
    let transmissions: Vec<Value> = sent
        .iter()
        .map(|sent| {
            let messages: Vec<String> =
                sent.messages.iter().map(|message| hex::encode(message.encode())).collect();
            let mut document = json!({ "at": sent.at.to_string(), "kind": sent.kind, "messages": messages });
            if let (Some(sam), Some(members)) = (&sent.sam, document.as_object_mut()) {
                members.insert("data".to_owned(), json!(hex::encode(sam.encode())));
            }
            document
        })
        .collect();
    json!({
        "det": chain.det().to_string(),
        "hi": chain.endorsement().child_hi.to_string(),
        "links": links,
        "transmissions": transmissions,
    })
}

/// A JSON document as octets of a file.
pub(super) fn document(document: &Value) -> Result<Vec<u8>, Failure> {
    let mut octets = serde_json::to_vec_pretty(document).map_err(Failure::unable)?;
    octets.push(b'\n');
    Ok(octets)
}
