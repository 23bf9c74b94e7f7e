//! Questions under way from one socket: an id is a place in a window and how often the place was used, so an answer finds its question
//! at once and an answer that comes too late finds nobody.

use crate::histogram::Histogram;
use crate::questions::{HEADER, Questions, end_of_question};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What an answer has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// NOERROR with an answer.
    Existing,
    /// NXDOMAIN without one.
    Missing,
    /// The question itself, or more octets that begin with it.
    Echo,
}

/// What became of the questions.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Sent.
    pub asked: u64,
    /// Answered as expected.
    pub right: u64,
    /// Answered otherwise.
    pub wrong: u64,
    /// Answered as expected, but truncated.
    pub truncated: u64,
    /// Not answered in time.
    pub lost: u64,
    /// Packets that answer no question that is under way.
    pub stray: u64,
    /// The first wrong answer.
    pub example: Option<Vec<u8>>,
    /// From question to answer, of the right ones.
    pub times: Histogram,
}

struct Place {
    question: usize,
    uses: u16,
    /// When it was sent, while it is under way.
    sent: Option<Instant>,
}

/// The window of one socket.
pub struct Flow<'a> {
    questions: &'a Questions,
    expected: Expected,
    places: Vec<Place>,
    free: VecDeque<u16>,
    bits: u32,
    /// What became of them.
    pub outcome: Outcome,
}

impl<'a> Flow<'a> {
    /// `window` questions at a time, rounded up to a power of two.
    pub fn new(questions: &'a Questions, expected: Expected, window: u16) -> Self {
        let window = window.max(1).next_power_of_two();
        let place = |_| Place { question: 0, uses: 0, sent: None };
        Flow {
            questions,
            expected,
            places: (0..window).map(place).collect(),
            free: (0..window).collect(),
            bits: window.ilog2(),
            outcome: Outcome::default(),
        }
    }

    /// How many more may be sent.
    pub fn room(&self) -> usize {
        self.free.len()
    }

    /// Whether any is under way.
    pub fn is_waiting(&self) -> bool {
        self.free.len() < self.places.len()
    }

    /// The next packet: a question, sent now, or due at that moment. Without room, `None`.
    pub fn ask(&mut self, question: usize, sent: Instant, packet: &mut Vec<u8>) -> Option<()> {
        let number = self.free.pop_front()?;
        let place = &mut self.places[usize::from(number)];
        place.uses = place.uses.wrapping_add(1);
        place.question = question;
        place.sent = Some(sent);
        let id = place.uses.checked_shl(self.bits).unwrap_or(0) | number;
        packet.clear();
        packet.extend_from_slice(self.questions.packet(question));
        packet[..2].copy_from_slice(&id.to_be_bytes());
        self.outcome.asked += 1;
        Some(())
    }

    /// Takes an answer.
    pub fn take(&mut self, packet: &[u8], now: Instant) {
        let window = self.places.len() - 1;
        let id = packet.first_chunk().map(|id| u16::from_be_bytes(*id));
        let Some(id) = id.filter(|_| packet.len() >= HEADER) else {
            self.outcome.stray += 1;
            return;
        };
        let number = usize::from(id) & window;
        let place = &mut self.places[number];
        let matches = place.uses.checked_shl(self.bits).unwrap_or(0) | number as u16 == id;
        let Some(sent) = place.sent.filter(|_| matches) else {
            self.outcome.stray += 1;
            return;
        };
        let asked = self.questions.packet(place.question);
        place.sent = None;
        self.free.push_back(number as u16);
        if is_right(packet, asked, self.expected) {
            self.outcome.right += 1;
            self.outcome.truncated += u64::from(packet[2] & 2 != 0 && self.expected != Expected::Echo);
            self.outcome.times.add(now.saturating_duration_since(sent));
        } else {
            self.outcome.wrong += 1;
            self.outcome.example.get_or_insert_with(|| packet.to_vec());
        }
    }

    /// Gives up what is under way for longer than this.
    pub fn give_up(&mut self, now: Instant, after: Duration) {
        for (number, place) in self.places.iter_mut().enumerate() {
            if place.sent.is_some_and(|sent| now.saturating_duration_since(sent) > after) {
                place.sent = None;
                self.free.push_back(number as u16);
                self.outcome.lost += 1;
            }
        }
    }
}

fn is_right(packet: &[u8], asked: &[u8], expected: Expected) -> bool {
    let end = end_of_question(asked);
    if packet.get(HEADER..end) != Some(&asked[HEADER..end]) {
        return false;
    }
    let (response, rcode, answers) = (packet[2] & 0x80 != 0, packet[3] & 15, packet[6] | packet[7]);
    match expected {
        Expected::Existing => response && rcode == 0 && (answers > 0 || packet[2] & 2 != 0),
        Expected::Missing => response && rcode == 3 && answers == 0,
        Expected::Echo => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, Flow};
    use crate::questions::{Form, Questions};
    use std::time::{Duration, Instant};

    #[test]
    fn every_question_ends_once() {
        let mut questions = Questions::default();
        questions.add("a", 67, Form::Plain);
        let mut flow = Flow::new(&questions, Expected::Existing, 4);
        let (now, mut packets) = (Instant::now(), Vec::new());
        for _ in 0..4 {
            let mut packet = Vec::new();
            flow.ask(0, now, &mut packet).expect("room");
            packets.push(packet);
        }
        assert_eq!(flow.ask(0, now, &mut Vec::new()), None);
        let mut right = packets[0].clone();
        (right[2], right[7]) = (0x84, 1);
        let mut wrong = packets[1].clone();
        (wrong[2], wrong[3]) = (0x84, 3);
        let later = now + Duration::from_secs(1);
        for packet in [&right, &wrong, &right, &vec![0; 5]] {
            flow.take(packet, later);
        }
        flow.give_up(later, Duration::from_millis(500));
        let outcome = &flow.outcome;
        assert_eq!(
            [outcome.asked, outcome.right, outcome.wrong, outcome.lost, outcome.stray],
            [4, 1, 1, 2, 2]
        );
        assert!(!flow.is_waiting());
        // The place is used again under another id.
        let mut packet = Vec::new();
        flow.ask(0, later, &mut packet).expect("room");
        assert!(packets.iter().all(|before| before[..2] != packet[..2]));
    }
}
