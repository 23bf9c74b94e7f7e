//! Names compressed: a name ends with a pointer to where its end stands in the message already (RFC 1035, section 4.1.4).
//!
//! Which ends are pointed to, and where it ends to be worth it, is as hickory-proto has it, so that both ways to write a message give the
//! same octets: the longest end that stands there in the same case; 64 ends are kept in mind, and 120 names are compressed.

use super::WireQuestion;

/// The names of one message: which ends of names stand where. Made once, used for one message after the other.
#[derive(Default)]
pub struct Compression {
    /// The question's name without the root's label; behind it the names written out so far, the same way.
    written: Vec<u8>,
    /// Octets of the question's name in `written`.
    question: usize,
    /// Where labels of the question's name begin, a bit each; made when it is first needed.
    starts: Option<[u64; 4]>,
    /// Ends of the other names that can be pointed to: the place in the message, and the range in `written`.
    ends: Vec<(u16, usize, usize)>,
    /// Names so far.
    names: usize,
}

/// Where the question's name stands.
const QUESTION: usize = 12;
/// Where the labels of a DET's name begin: 32 of one character, `ip6`, `arpa`.
const STARTS_OF_DET: [u64; 4] = [0x5555_5555_5555_5555, 0b1_0001, 0, 0];
/// Names that end at or beyond this are not pointed to.
const LAST: usize = 0x3fff;
/// The most ends that are kept in mind, those of the question among them.
const MOST_ENDS: usize = 64;
/// The most names that are compressed, the question's among them.
const MOST_NAMES: usize = 120;

impl Compression {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new message, with this question.
    pub(crate) fn begin(&mut self, question: &WireQuestion<'_>) {
        self.written.clear();
        self.ends.clear();
        self.starts = question.is_of_det().then_some(STARTS_OF_DET);
        self.names = 1;
        self.question = question.name.len().saturating_sub(1);
        self.written.extend_from_slice(question.name.get(..self.question).unwrap_or_default());
    }

    /// Writes the question's name again, which is not the root.
    pub(crate) fn write_question(&mut self, out: &mut Vec<u8>) {
        if self.is_full() {
            out.extend_from_slice(self.written.get(..self.question).unwrap_or_default());
            out.push(0);
        } else {
            point(QUESTION, out);
        }
    }

    /// Writes a name, as much of it as does not stand in the message yet.
    pub(crate) fn write(&mut self, name: &[u8], out: &mut Vec<u8>) {
        let labels = name.get(..name.len().saturating_sub(1)).unwrap_or_default();
        if self.is_full() {
            return out.extend_from_slice(name);
        }
        let shared = self.shared_with_question(labels);
        let (from, place) = (self.written.len(), out.len());
        let mut at = 0;
        while let Some(&length) = labels.get(at) {
            let tail = labels.get(at..).unwrap_or_default();
            let known = match shared {
                Some((start, known)) if start == at => Some(known),
                _ => self.find(tail),
            };
            if let Some(known) = known {
                out.extend_from_slice(labels.get(..at).unwrap_or_default());
                return point(known, out);
            }
            if place + labels.len() < LAST && self.has_room() {
                if self.written.len() == from {
                    self.written.extend_from_slice(labels);
                }
                self.ends.push(((place + at) as u16, from + at, from + labels.len()));
            }
            at += usize::from(length) + 1;
        }
        out.extend_from_slice(name);
    }

    /// Counts a name; whether there have been so many that it is not compressed.
    fn is_full(&mut self) -> bool {
        self.names += 1;
        self.names > MOST_NAMES
    }

    /// The longest end of a name that the question's name has too: where it begins in the name, and its place in the message.
    fn shared_with_question(&mut self, labels: &[u8]) -> Option<(usize, usize)> {
        let mut at = 0;
        while let Some(&length) = labels.get(at) {
            let tail = labels.get(at..).unwrap_or_default();
            if let Some(above) = self.question.checked_sub(tail.len())
                && self.written.get(above..self.question) == Some(tail)
                && self.is_kept_label(above)
            {
                return Some((at, QUESTION + above));
            }
            at += usize::from(length) + 1;
        }
        None
    }

    /// Whether a label of the question's name begins here, and is one of those that are kept in mind.
    fn is_kept_label(&mut self, place: usize) -> bool {
        let starts = self.starts();
        let (word, bit) = (place / 64, place % 64);
        let before = starts.iter().take(word).map(|word| word.count_ones()).sum::<u32>();
        starts.get(word).is_some_and(|word| {
            word >> bit & 1 == 1 && ((word & ((1 << bit) - 1)).count_ones() + before) < MOST_ENDS as u32
        })
    }

    fn starts(&mut self) -> [u64; 4] {
        if let Some(starts) = self.starts {
            return starts;
        }
        let mut starts = [0; 4];
        let mut at = 0;
        while let Some(&length) = self.written.get(at).filter(|_| at < self.question) {
            if let Some(word) = starts.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
            at += usize::from(length) + 1;
        }
        self.starts = Some(starts);
        starts
    }

    fn has_room(&mut self) -> bool {
        let question: u32 = self.starts().iter().map(|word| word.count_ones()).sum();
        (question as usize).min(MOST_ENDS) + self.ends.len() < MOST_ENDS
    }

    fn find(&self, tail: &[u8]) -> Option<usize> {
        let is_it = |&&(_, from, to): &&(u16, usize, usize)| self.written.get(from..to) == Some(tail);
        self.ends.iter().find(is_it).map(|&(place, ..)| usize::from(place))
    }
}

fn point(place: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(0xc000 | place as u16).to_be_bytes());
}
