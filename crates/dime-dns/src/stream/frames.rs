//! Messages in a stream, each behind its length in two octets (RFC 1035, section 4.2.2; RFC 7766, section 8).

use std::{collections::VecDeque, ops::Range};

/// What no request is shorter than: a header.
const SHORTEST: usize = 12;
const LENGTH: usize = 2;
/// Room for what comes next.
const ROOM: usize = 4096;
/// What is read ahead of the request in hand: the longest there can be, and its length.
const MOST: usize = LENGTH + u16::MAX as usize;

/// Octets that have come and are not taken yet.
#[derive(Default)]
pub(crate) struct Inbox {
    octets: Vec<u8>,
    taken: usize,
}

/// Something that is no request of DNS: nobody who speaks DNS says so short a length, and what follows cannot be trusted to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message of {0} octets is no DNS message")]
pub(crate) struct TooShort(usize);

impl Inbox {
    /// Where to put what comes; `None` while there is as much as may wait.
    pub(crate) fn room(&mut self) -> Option<&mut Vec<u8>> {
        if self.taken > 0 {
            self.octets.drain(..self.taken);
            self.taken = 0;
        }
        if self.octets.len() >= MOST {
            return None;
        }
        if self.octets.is_empty() && self.octets.capacity() > 4 * ROOM {
            self.octets = Vec::new();
        }
        self.octets.reserve(ROOM);
        Some(&mut self.octets)
    }

    /// The next message that is there as a whole.
    pub(crate) fn take(&mut self) -> Result<Option<Range<usize>>, TooShort> {
        let waiting = self.octets.get(self.taken..).unwrap_or_default();
        let Some((&length, rest)) = waiting.split_first_chunk::<LENGTH>() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes(length));
        if length < SHORTEST {
            return Err(TooShort(length));
        }
        if rest.len() < length {
            return Ok(None);
        }
        let start = self.taken + LENGTH;
        self.taken = start + length;
        Ok(Some(start..self.taken))
    }

    /// The octets of a message that was taken, until room is made again.
    pub(crate) fn message(&self, range: Range<usize>) -> &[u8] {
        self.octets.get(range).unwrap_or_default()
    }
}

/// Octets that are to go, many messages in one piece.
#[derive(Default)]
pub(crate) struct Outbox {
    octets: Vec<u8>,
    gone: usize,
    /// Octets that have gone since the connection began.
    total: u64,
}

impl Outbox {
    /// Puts a message behind the others. One that is too long for its length to be said is left out: nobody makes such.
    pub(crate) fn push(&mut self, message: &[u8]) {
        let Ok(length) = u16::try_from(message.len()) else {
            tracing::error!(octets = message.len(), "a response is too long for any transport");
            return;
        };
        self.octets.reserve(LENGTH + message.len());
        self.octets.extend_from_slice(&length.to_be_bytes());
        self.octets.extend_from_slice(message);
    }

    /// What is to go next.
    pub(crate) fn waiting(&self) -> &[u8] {
        self.octets.get(self.gone..).unwrap_or_default()
    }

    /// So many octets have gone.
    pub(crate) fn went(&mut self, octets: usize) {
        self.gone += octets;
        self.total += octets as u64;
        if self.gone >= self.octets.len() {
            self.gone = 0;
            self.octets.clear();
            if self.octets.capacity() > 16 * ROOM {
                self.octets = Vec::new();
            }
        }
    }

    /// How many octets will have gone when all that waits has.
    pub(crate) fn end(&self) -> u64 {
        self.total + self.waiting().len() as u64
    }

    /// How many octets have gone.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

/// Responses of several messages that go out beside each other, a message of each in turn.
#[derive(Default)]
pub(crate) struct Series(VecDeque<Box<dyn Iterator<Item = Vec<u8>> + Send>>);

impl Series {
    /// Begins another.
    pub(crate) fn begin(&mut self, messages: Box<dyn Iterator<Item = Vec<u8>> + Send>) {
        self.0.push_back(messages);
    }

    /// How many have not come to their end.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The next message of whose turn it is.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        while let Some(mut messages) = self.0.pop_front() {
            if let Some(message) = messages.next() {
                self.0.push_back(messages);
                return Some(message);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dime_tests::dice::Dice;

    /// However the octets come in, the same messages come out.
    #[test]
    fn pieces_of_any_size() {
        let mut dice = Dice::for_this_run();
        for _ in 0..200 {
            let count = dice.below(20);
            let messages: Vec<Vec<u8>> = (0..count)
                .map(|number| {
                    vec![number as u8; 12 + dice.below(if number == 3 { 65_000 } else { 500 }) as usize]
                })
                .collect();
            let mut outbox = Outbox::default();
            messages.iter().for_each(|message| outbox.push(message));
            let end = outbox.end();
            let (mut inbox, mut found) = (Inbox::default(), Vec::new());
            while !outbox.waiting().is_empty() {
                let room = inbox.room().expect("room");
                let piece = (1 + dice.below(3000) as usize).min(outbox.waiting().len());
                room.extend_from_slice(&outbox.waiting()[..piece]);
                outbox.went(piece);
                while let Some(range) = inbox.take().unwrap() {
                    found.push(inbox.message(range).to_vec());
                }
            }
            assert_eq!(found, messages);
            assert_eq!(outbox.total(), end);
        }
    }

    #[test]
    fn what_is_too_short_for_a_header_is_no_message() {
        for length in 0..12_u16 {
            let mut inbox = Inbox::default();
            let room = inbox.room().unwrap();
            room.extend_from_slice(&length.to_be_bytes());
            room.extend_from_slice(&[0; 12]);
            assert_eq!(inbox.take(), Err(TooShort(usize::from(length))));
        }
        let mut inbox = Inbox::default();
        inbox.room().unwrap().extend_from_slice(&[0, 12, 1]);
        assert_eq!(inbox.take(), Ok(None), "not all of it is there");
    }

    #[test]
    fn no_more_is_read_ahead_than_one_message() {
        let mut inbox = Inbox::default();
        while let Some(room) = inbox.room() {
            room.extend_from_slice(&[0xff; 1000]);
            assert!(room.len() < MOST + 1000);
        }
        assert!(inbox.take().unwrap().is_some());
        assert!(inbox.room().is_some());
    }

    #[test]
    fn series_take_turns() {
        let mut series = Series::default();
        series.begin(Box::new([vec![1], vec![2]].into_iter()));
        series.begin(Box::new([vec![3]].into_iter()));
        series.begin(Box::new(std::iter::empty()));
        let order: Vec<_> = std::iter::from_fn(|| series.next()).collect();
        assert_eq!(order, [[1], [3], [2]]);
        assert_eq!(series.len(), 0);
    }
}
