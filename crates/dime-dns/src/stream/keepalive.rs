//! The EDNS option edns-tcp-keepalive (RFC 7828): how long a connection may be silent, for who asks.
//!
//! | octets | content |
//! |---|---|
//! | 2 | 11 |
//! | 2 | 2; 0 in a request |
//! | 2 | the time in tenths of a second; not in a request |

use crate::walk::{self, Section};
use dime_zone::RecordType;
use std::time::Duration;

const OPT: RecordType = RecordType(41);
const KEEPALIVE: u16 = 11;
const OPTION: [u8; 2] = KEEPALIVE.to_be_bytes();
/// Padding (RFC 7830), which is always the last option here, and the multiple that it makes (RFC 8467, section 4.1).
const PADDING: u16 = 12;
const BLOCK: usize = 468;
/// Octets of an option's code and length.
const OPTION_HEAD: usize = 4;
/// Octets of the option in a response.
const OCTETS: usize = 6;

/// Says it in a response, where the request asks for it. A signed response stays as it is: the signature is of every octet.
pub(crate) fn tell(request: &[u8], response: &mut Vec<u8>, idle: Duration) {
    // Nearly all requests end here.
    if !request.windows(2).any(|octets| octets == OPTION) || !asks(request) {
        return;
    }
    let opt = walk::records(response).and_then(|records| {
        let last = records.last()?;
        (last.record_type == OPT).then_some((last.rdata_at, last.rdata.len()))
    });
    let Some((rdata_at, length)) = opt else { return };
    // What is padded stays as long as it is, or grows by a whole block.
    let padding = options(response.get(rdata_at..).unwrap_or_default()).find(|option| option.code == PADDING);
    let padding = padding.map(|option| option.length);
    let padded = padding.map(|zeros| if zeros >= OCTETS { zeros - OCTETS } else { zeros + BLOCK - OCTETS });
    let of_padding = |zeros: Option<usize>| zeros.map_or(0, |zeros| OPTION_HEAD + zeros);
    let before = length - of_padding(padding);
    let longer = before + OCTETS + of_padding(padded);
    let (Ok(longer), true) = (u16::try_from(longer), rdata_at + longer <= usize::from(u16::MAX)) else {
        return;
    };
    if let Some(slot) = response.get_mut(rdata_at - 2..rdata_at) {
        slot.copy_from_slice(&longer.to_be_bytes());
    }
    response.truncate(rdata_at + before);
    let tenths = u16::try_from(idle.as_millis() / 100).unwrap_or(u16::MAX);
    response.extend_from_slice(&OPTION);
    response.extend_from_slice(&[0, 2]);
    response.extend_from_slice(&tenths.to_be_bytes());
    if let Some(zeros) = padded {
        response.extend_from_slice(&PADDING.to_be_bytes());
        response.extend_from_slice(&(zeros as u16).to_be_bytes());
        response.resize(response.len() + zeros, 0);
    }
}

/// An option of an OPT record.
struct EdnsOption {
    code: u16,
    length: usize,
}

fn options(mut rdata: &[u8]) -> impl Iterator<Item = EdnsOption> {
    std::iter::from_fn(move || {
        let (&[c0, c1, l0, l1], rest) = rdata.split_first_chunk::<OPTION_HEAD>()?;
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        rdata = rest.get(length..).unwrap_or_default();
        Some(EdnsOption { code: u16::from_be_bytes([c0, c1]), length })
    })
}

fn asks(request: &[u8]) -> bool {
    let records = walk::records(request).unwrap_or_default();
    let is_opt =
        |record: &&walk::Placed<'_>| record.section == Section::Additional && record.record_type == OPT;
    let Some(opt) = records.iter().find(is_opt) else { return false };
    // With a time in it, it is no request (section 3.2.1).
    options(opt.rdata).any(|option| option.code == KEEPALIVE && option.length == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] = b"\0\x07\x01\0\0\x01\0\0\0\0\0\x01\x01a\0\0\x06\0\x01";
    const IDLE: Duration = Duration::from_secs(10);

    fn with_opt(options: &[u8]) -> Vec<u8> {
        let mut message = QUESTION.to_vec();
        message.extend_from_slice(b"\0\0\x29\x04\xd0\0\0\0\0");
        message.extend_from_slice(&(options.len() as u16).to_be_bytes());
        message.extend_from_slice(options);
        message
    }

    #[test]
    fn who_asks_is_told() {
        let mut response = with_opt(b"\0\x03\0\x01n");
        tell(&with_opt(b"\0\x0a\0\x08cookie!!\0\x0b\0\0"), &mut response, IDLE);
        assert_eq!(response, with_opt(b"\0\x03\0\x01n\0\x0b\0\x02\0\x64"));
    }

    #[test]
    fn what_is_padded_stays_a_multiple() {
        let padding =
            |zeros: usize| [&[0, 12, (zeros >> 8) as u8, zeros as u8][..], &vec![0; zeros]].concat();
        let told = |zeros: usize| [&b"\0\x0b\0\x02\0\x64"[..], &padding(zeros)].concat();
        for (before, after) in [(300, 294), (6, 0), (5, 467), (0, 462)] {
            let mut response = with_opt(&padding(before));
            tell(&with_opt(b"\0\x0b\0\0"), &mut response, IDLE);
            assert_eq!(response, with_opt(&told(after)), "{before}");
        }
    }

    #[test]
    fn who_does_not_ask_is_not() {
        for request in
            [with_opt(b""), with_opt(b"\0\x0b\0\x02\0\x01"), with_opt(b"\0\x0a\0\x08\0\x0b\0\0\0\0\0\0")]
        {
            let mut response = with_opt(b"");
            tell(&request, &mut response, IDLE);
            assert_eq!(response, with_opt(b""));
        }
        let mut without = QUESTION.to_vec();
        without[11] = 0;
        let mut response = without.clone();
        tell(&with_opt(b"\0\x0b\0\0"), &mut response, IDLE);
        assert_eq!(response, without, "a response without EDNS");
    }

    #[test]
    fn damaged_octets_are_left_alone() {
        let (request, whole) = (with_opt(b"\0\x0b\0\0"), with_opt(b""));
        for length in 0..whole.len() {
            let mut response = whole[..length].to_vec();
            tell(&request, &mut response, IDLE);
            assert_eq!(response, whole[..length]);
        }
        for length in 0..request.len() {
            let mut response = whole.clone();
            tell(&request[..length], &mut response, IDLE);
            assert_eq!(response, whole);
        }
    }
}
