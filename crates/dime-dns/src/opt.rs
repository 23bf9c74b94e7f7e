//! The OPT record of a response (RFC 6891, section 6.1), written behind the others.
//!
//! | octets | content |
//! |---|---|
//! | 1 | 0: the root |
//! | 2 | 41 |
//! | 2 | octets of a datagram that we take |
//! | 1 | the upper octet of the response code |
//! | 1 | version 0 |
//! | 2 | flags: DO and CO |
//! | 2 | octets of the options |
//! | to the end | options: code, length, value |

use crate::{
    answering::MAX_PAYLOAD,
    query::{CO, DO, EdnsRequest, option},
};

/// Octets of an OPT record without options.
pub(crate) const OPT: usize = 11;
/// Responses over TLS are padded to multiples of this.
const PADDING: usize = 468;

/// Octets of padding that a response of this length wants; `None` where there is no room for it.
pub(crate) fn unpadded(length: usize) -> Option<usize> {
    let zeros = (length + 4).next_multiple_of(PADDING) - length - 4;
    (length + 4 + zeros <= usize::from(u16::MAX)).then_some(zeros)
}

/// OPT with room for so many octets of options.
pub(crate) fn put_opt(out: &mut Vec<u8>, request: &EdnsRequest<'_>, rcode: u16, options: usize) {
    let [p0, p1] = MAX_PAYLOAD.to_be_bytes();
    // RFC 3225, section 3: the bit is copied, also where nothing is signed.
    // So is CO beside it (RFC 9824, section 5.1).
    let copied = if request.flags & DO != 0 { DO | CO } else { 0 };
    let [f0, f1] = (request.flags & copied).to_be_bytes();
    let [l0, l1] = (options as u16).to_be_bytes();
    out.extend_from_slice(&[0, 0, 41, p0, p1, (rcode >> 4) as u8, 0, f0, f1, l0, l1]);
}

pub(crate) fn put_option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend_from_slice(&code.to_be_bytes());
    out.extend_from_slice(&(value.len() as u16).to_be_bytes());
    out.extend_from_slice(value);
}

/// Adds an option that makes the length a multiple of [`PADDING`], to an OPT at the end that has so many octets of options.
pub(crate) fn pad(out: &mut Vec<u8>, options: usize) {
    let Some(zeros) = unpadded(out.len()) else { return };
    let at = out.len() - options - 2;
    for word in [option::PADDING, zeros as u16] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out.resize(out.len() + zeros, 0);
    if let Some(slot) = out.get_mut(at..at + 2) {
        slot.copy_from_slice(&((options + 4 + zeros) as u16).to_be_bytes());
    }
}
