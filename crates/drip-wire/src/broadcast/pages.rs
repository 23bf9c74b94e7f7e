//! Pages as they are heard: in any order, some twice, one perhaps never (RFC 9575, section 5).

use super::authentication::{check_head, check_same_message, exclusive_or, has_parity};
use super::page::Payload;
use super::{AdditionalData, Authentication, Missing, Page, PageError};
use alloc::vec::Vec;

/// Puts one authentication message together, page by page.
///
/// A page is taken or refused; one that is refused changes nothing. Where pages of the next message begin to come, they are refused
/// as conflicting: then [`recover`](Self::recover) what there is, and begin anew with the page that was refused.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    first: Option<Page>,
    payloads: [Option<Payload>; Page::MOST],
}

/// A message that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembled {
    /// The message.
    pub message: Authentication,
    /// The number of the page that was lost and is recovered.
    pub recovered: Option<u8>,
}

/// What came of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More are needed.
    Waiting,
    /// It was the last that was missing.
    Complete(Assembled),
}

impl Pages {
    /// No pages yet.
    pub const fn new() -> Self {
        Pages { first: None, payloads: [None; Page::MOST] }
    }

    /// Whether no page was taken yet.
    pub const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Takes a page. When the message is complete, this is as new.
    pub fn add(&mut self, page: &Page) -> Result<Progress, PageError> {
        let number = page.number();
        let first = *self.first.get_or_insert(*page);
        check_same_message(page, &first)?;
        match self.payload(number) {
            Some(held) if *held == page.payload() => return Err(PageError::Duplicate { page: number }),
            Some(_) => return Err(PageError::Conflict { page: number }),
            None => {}
        }
        let checked = self.check_end(page);
        let last = match checked {
            Ok(last) => last,
            Err(error) => {
                self.forget(&first, number);
                return Err(error);
            }
        };
        self.keep(number, Some(page.payload()));
        let Some(last) = last else { return Ok(Progress::Waiting) };
        let held: Vec<Payload> =
            self.payloads.iter().take(usize::from(last) + 1).flatten().copied().collect();
        if held.len() <= usize::from(last) {
            return Ok(Progress::Waiting);
        }
        let whole =
            Authentication::from_payloads(first.message().version(), first.authentication_type(), &held);
        match whole {
            Ok(message) => {
                *self = Self::new();
                Ok(Progress::Complete(Assembled { message, recovered: None }))
            }
            Err(error) => {
                self.forget(&first, number);
                Err(error)
            }
        }
    }

    /// The message of the pages that there are, if at most one is lost and there is a parity page to get it back. Page 0 is
    /// believed only if everything in it fits the other pages.
    pub fn recover(&self) -> Result<Assembled, PageError> {
        let missing = self.missing();
        let incomplete = PageError::Incomplete { missing };
        let first = self.first.as_ref().ok_or(incomplete)?;
        let mut numbers = missing.numbers();
        let (Some(lost), None) = (numbers.next(), numbers.next()) else { return Err(incomplete) };
        let held: Vec<Payload> = self.payloads.iter().flatten().copied().collect();
        let back = exclusive_or(&held);
        let mut payloads = held;
        payloads.insert(usize::from(lost).min(payloads.len()), back);
        let [last, length, ..] = payloads.first().copied().unwrap_or_default();
        let shape = usize::from(last) + 1 == payloads.len() && has_parity(last, length);
        if !shape {
            return Err(if lost == 0 { PageError::PageZero } else { incomplete });
        }
        let (version, kind) = (first.message().version(), first.authentication_type());
        let message = Authentication::from_payloads(version, kind, &payloads)
            .map_err(|error| if lost == 0 { PageError::PageZero } else { error })?;
        // Whatever is added to the data in one page more than they need, it is no parity, and nothing came back.
        if *message.additional() != AdditionalData::Parity {
            return Err(if lost == 0 { PageError::PageZero } else { incomplete });
        }
        Ok(Assembled { message, recovered: Some(lost) })
    }

    /// Which pages are missing: up to the last by page 0, or, where that is missing, up to the highest that is there.
    pub fn missing(&self) -> Missing {
        let highest = self.payloads.iter().rposition(Option::is_some).unwrap_or(0);
        let end = self.last().map_or(highest, usize::from);
        let lost = |(number, payload): (usize, &Option<Payload>)| {
            if payload.is_none() { 1_u16 << number } else { 0 }
        };
        Missing { pages: self.payloads.iter().take(end + 1).enumerate().map(lost).sum() }
    }

    /// The last page, by page 0.
    fn last(&self) -> Option<u8> {
        let [last, ..] = self.payload(0)?;
        Some(*last)
    }

    /// The page must not lie beyond the end, nor, being page 0, set an end before pages that are there.
    fn check_end(&self, page: &Page) -> Result<Option<u8>, PageError> {
        let number = page.number();
        if number == 0 {
            let last = check_head(&page.payload())?;
            let beyond = self.payloads.iter().rposition(Option::is_some).filter(|page| *page > last.into());
            return match beyond {
                Some(page) => Err(PageError::BeyondLast { page: page as u8, last }),
                None => Ok(Some(last)),
            };
        }
        match self.last() {
            Some(last) if number > last => Err(PageError::BeyondLast { page: number, last }),
            last => Ok(last),
        }
    }

    fn payload(&self, number: u8) -> Option<&Payload> {
        self.payloads.get(usize::from(number))?.as_ref()
    }

    fn keep(&mut self, number: u8, payload: Option<Payload>) {
        if let Some(place) = self.payloads.get_mut(usize::from(number)) {
            *place = payload;
        }
    }

    /// Undoes what taking a page has changed.
    fn forget(&mut self, first: &Page, number: u8) {
        self.keep(number, None);
        if self.payloads.iter().all(Option::is_none) {
            self.first = None;
        } else {
            self.first = Some(*first);
        }
    }
}
