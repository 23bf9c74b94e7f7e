//! The authentication message: data cut into pages (ASTM F3411-22a, section 5.4.5.10; RFC 9575, sections 3.2 and 5).
//!
//! The payloads of its pages, 23 octets each, one behind the other:
//!
//! | octets | field |
//! |---|---|
//! | 0 | last page index, 0 to 15 |
//! | 1 | length L of the data, 1 to 201; SAM type included |
//! | 2–5 | timestamp: seconds since 2019-01-01, little-endian |
//! | 6…6+L | data |
//! | then 1 | additional data length; absent where the data end with a page and nothing is added |
//! | then | additional data, and zeros to the end of the page |
//!
//! Forward error correction, which legacy transports must have and packs must not: the additional data are the zeros that fill the
//! last page of data, and a page of parity, the exclusive or of all payloads before it. With n = 7 + L there are P = ⌈n/23⌉ pages
//! of data, the last page index is P, and the additional data length is 23·(P+1) − n. Any one lost page comes back; see
//! [`Pages`](super::Pages).

use super::page::Payload;
use super::{AuthenticationType, Message, Page, PageError, Sam};
use crate::{OutOfBounds, WireError};
use alloc::{vec, vec::Vec};
use drip_det::DripTime;

/// An authentication message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authentication {
    version: u8,
    authentication_type: AuthenticationType,
    timestamp: DripTime,
    data: Vec<u8>,
    additional: AdditionalData,
}

/// What follows the data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AdditionalData {
    /// Nothing.
    None,
    /// A page of parity, by which one lost page comes back.
    Parity,
    /// Something that DRIP does not know.
    Other(Vec<u8>),
}

/// Last page index, length, timestamp.
const HEAD: usize = 1 + 1 + 4;

impl Authentication {
    /// The most octets of data.
    pub const MOST: usize = Sam::MOST;

    /// A message of 1 to 201 octets of data; of the version the low four bits count.
    ///
    /// [`AdditionalData::Other`] may not have exactly the length that parity would have, nor need more than 16 pages.
    pub fn new(
        version: u8,
        authentication_type: AuthenticationType,
        timestamp: DripTime,
        data: Vec<u8>,
        additional: AdditionalData,
    ) -> Result<Self, OutOfBounds> {
        let out_of = |what, found: usize, allowed| OutOfBounds { what, found: found as u64, allowed };
        if !(1..=Self::MOST).contains(&data.len()) {
            return Err(out_of("authentication data", data.len(), "1 to 201 octets"));
        }
        if let AdditionalData::Other(octets) = &additional {
            let end = HEAD + data.len() + 1 + octets.len();
            let allowed = "0 to 255 octets that end within page 15 and are not as long as parity would be";
            if octets.len() > 255 || end > Page::MOST * Page::PAYLOAD || is_parity(octets.len(), end) {
                return Err(out_of("additional data", octets.len(), allowed));
            }
            // Where there is room for their length on the last page, no additional data are none at all.
            if octets.is_empty() && !(end - 1).is_multiple_of(Page::PAYLOAD) {
                return Err(out_of("additional data", 0, "1 to 255 octets"));
            }
        }
        Ok(Authentication { version: version & 0x0f, authentication_type, timestamp, data, additional })
    }

    /// A DRIP message: authentication type 5, current version.
    pub fn of_sam(sam: &Sam, timestamp: DripTime, additional: AdditionalData) -> Result<Self, OutOfBounds> {
        Self::new(Message::VERSION, AuthenticationType::SAM, timestamp, sam.encode(), additional)
    }

    /// Reads pages one behind the other, 25 octets each, in order, from page 0 to the last.
    pub fn decode(octets: &[u8]) -> Result<Self, PageError> {
        let mut payloads: Vec<Payload> = Vec::with_capacity(Page::MOST);
        let mut first: Option<Page> = None;
        let mut expected = 1;
        for chunk in octets.chunks(Message::LEN) {
            let place = payloads.len();
            if place == expected {
                return Err(PageError::Trailing { last: (expected - 1) as u8 });
            }
            let page = match Message::decode(chunk) {
                Ok(message) => Page::read(&message).ok_or(PageError::NotAPage(message.message_type()))?,
                Err(error) => return Err(PageError::Message(error.within(place * Message::LEN))),
            };
            let number = page.number();
            let head = *first.get_or_insert(page);
            check_same_message(&page, &head)?;
            if usize::from(number) != place {
                let twin = payloads.get(usize::from(number));
                return Err(match twin {
                    Some(payload) if *payload == page.payload() => PageError::Duplicate { page: number },
                    _ => PageError::OutOfOrder { found: number, expected: place as u8 },
                });
            }
            if place == 0 {
                expected = usize::from(check_head(&page.payload())?) + 1;
            }
            payloads.push(page.payload());
        }
        let Some(first) = first else { return Err(PageError::Truncated { found: 0, expected: 1 }) };
        if payloads.len() < expected {
            return Err(PageError::Truncated { found: payloads.len(), expected });
        }
        Self::from_payloads(first.message().version(), first.authentication_type(), &payloads)
    }

    /// The message of all its payloads, in order.
    pub(super) fn from_payloads(
        version: u8,
        authentication_type: AuthenticationType,
        payloads: &[Payload],
    ) -> Result<Self, PageError> {
        let stream: Vec<u8> = payloads.concat();
        let page_zero = payloads.first().ok_or(PageError::Truncated { found: 0, expected: 1 })?;
        let last = check_head(page_zero)?;
        let [_, length, a, b, c, d, ..] = *page_zero;
        let end = HEAD + usize::from(length);
        let (Some(data), Some(rest)) = (stream.get(HEAD..end), stream.get(end..)) else {
            return Err(PageError::DataBeyondPages { length, last });
        };
        Ok(Authentication {
            version,
            authentication_type,
            timestamp: DripTime(u32::from_le_bytes([a, b, c, d])),
            data: data.to_vec(),
            additional: read_additional(rest, end, payloads)?,
        })
    }

    /// The pages, in order.
    pub fn pages(&self) -> Vec<Page> {
        let mut stream = vec![0; HEAD];
        stream.extend(&self.data);
        match &self.additional {
            AdditionalData::None => {}
            AdditionalData::Parity => {
                let end = stream.len() + 1;
                let pages = end.div_ceil(Page::PAYLOAD) + 1;
                // At most 22 octets to fill a page, and 23 of parity.
                stream.push((pages * Page::PAYLOAD - end) as u8);
            }
            AdditionalData::Other(octets) => {
                // At most 255, by construction.
                stream.push(octets.len() as u8);
                stream.extend(octets);
            }
        }
        stream.resize(stream.len().next_multiple_of(Page::PAYLOAD), 0);
        let parity = usize::from(self.additional == AdditionalData::Parity);
        // At most 16 pages, and 201 octets of data, by construction.
        let last = (stream.len() / Page::PAYLOAD + parity - 1) as u8;
        let time = self.timestamp.0.to_le_bytes();
        for (place, octet) in stream.iter_mut().zip([last, self.data.len() as u8].into_iter().chain(time)) {
            *place = octet;
        }
        let (payloads, _) = stream.as_chunks::<{ Page::PAYLOAD }>();
        let parity = (self.additional == AdditionalData::Parity).then(|| exclusive_or(payloads));
        let page = |(number, payload): (usize, &Payload)| {
            Page::new(self.version, self.authentication_type, number as u8, payload)
        };
        payloads.iter().chain(&parity).enumerate().map(page).collect()
    }

    /// The pages one behind the other, 25 octets each. A Manifest hashes an authentication message so.
    pub fn encode(&self) -> Vec<u8> {
        self.pages().iter().flat_map(|page| page.message().encode()).collect()
    }

    /// The protocol version of its pages.
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The authentication type.
    pub const fn authentication_type(&self) -> AuthenticationType {
        self.authentication_type
    }

    /// The timestamp; no signature covers it.
    pub const fn timestamp(&self) -> DripTime {
        self.timestamp
    }

    /// The data, SAM type included.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// What follows the data.
    pub const fn additional(&self) -> &AdditionalData {
        &self.additional
    }

    /// The data, read as a DRIP format.
    pub fn sam(&self) -> Result<Sam, WireError> {
        Sam::decode(&self.data)
    }
}

/// Last page index and length of page 0; returns the former.
pub(super) fn check_head(page_zero: &Payload) -> Result<u8, PageError> {
    let [last, length, ..] = *page_zero;
    if usize::from(last) >= Page::MOST {
        return Err(PageError::LastPageIndex { found: last });
    }
    if !(1..=Authentication::MOST).contains(&usize::from(length)) {
        return Err(PageError::Length { found: length });
    }
    Ok(last)
}

/// Authentication type and protocol version must be those of the page before.
pub(super) fn check_same_message(page: &Page, other: &Page) -> Result<(), PageError> {
    let kind = |page: &Page| (page.authentication_type(), page.message().version());
    let ((found, version), (expected, expected_version)) = (kind(page), kind(other));
    if (found, version) == (expected, expected_version) {
        Ok(())
    } else {
        Err(PageError::Foreign { page: page.number(), found, version, expected, expected_version })
    }
}

/// Whether the last page index is that of a message of this length with parity.
pub(super) fn has_parity(last: u8, length: u8) -> bool {
    usize::from(last) == (HEAD + usize::from(length) + 1).div_ceil(Page::PAYLOAD)
}

/// The exclusive or of payloads: their parity, or, parity being among them, the one that is lost.
pub(super) fn exclusive_or<'a>(payloads: impl IntoIterator<Item = &'a Payload>) -> Payload {
    let mut parity = Payload::default();
    for payload in payloads {
        for (place, octet) in parity.iter_mut().zip(payload) {
            *place ^= octet;
        }
    }
    parity
}

/// Whether additional data of this length, which end at this octet of the stream, have the shape of padding and a parity page.
const fn is_parity(length: usize, end: usize) -> bool {
    length >= Page::PAYLOAD && length < 2 * Page::PAYLOAD && end.is_multiple_of(Page::PAYLOAD)
}

/// Reads what follows the data, from `end` on.
fn read_additional(rest: &[u8], end: usize, payloads: &[Payload]) -> Result<AdditionalData, PageError> {
    let last = (payloads.len() - 1) as u8;
    let Some((&length, after)) = rest.split_first() else { return Ok(AdditionalData::None) };
    let Some((octets, padding)) = after.split_at_checked(usize::from(length)) else {
        return Err(PageError::AdditionalLength { length, room: after.len() });
    };
    let is_zero = |octets: &[u8]| octets.iter().all(|octet| *octet == 0);
    if !is_zero(padding) {
        return Err(PageError::Padding);
    }
    if padding.len() >= Page::PAYLOAD {
        return Err(PageError::ExcessPages { last });
    }
    if is_parity(octets.len(), end + 1 + octets.len()) {
        let fill = octets.len() - Page::PAYLOAD;
        if !octets.get(..fill).is_some_and(is_zero) {
            return Err(PageError::Padding);
        }
        let fits = exclusive_or(payloads) == Payload::default();
        return if fits { Ok(AdditionalData::Parity) } else { Err(PageError::Parity) };
    }
    if octets.is_empty() && !end.is_multiple_of(Page::PAYLOAD) {
        return Ok(AdditionalData::None);
    }
    Ok(AdditionalData::Other(octets.to_vec()))
}
