//! Names compressed: a name ends with a pointer to where its end stands in the message already (RFC 1035, section 4.1.4).

/// The names of one message: which ends of names stand where. Made once, used for one message after the other.
#[derive(Default)]
pub struct Compression {
    /// The names written out so far, without the root's label, one after the other.
    written: Vec<u8>,
    /// Ends of names that can be pointed to: the place in the message, and the range in `written`.
    ends: Vec<(u16, usize, usize)>,
    /// Octets of the question's name without the root's label.
    question: usize,
    /// Whether the ends of the question's name are in `ends` already.
    has_question: bool,
}

/// Where the question's name stands.
const QUESTION: usize = 12;
/// The last place that can be pointed to.
const LAST: usize = 0x3fff;
/// The most ends that are looked through for each name; the rest of a very long message is written out.
const MOST: usize = 64;

impl Compression {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new message, with a question for this name.
    pub(crate) fn begin(&mut self, question: &[u8]) {
        self.written.clear();
        self.ends.clear();
        self.has_question = false;
        self.question = question.len().saturating_sub(1);
        self.written.extend_from_slice(question.get(..self.question).unwrap_or_default());
    }

    /// Writes a name, as much of it as does not stand in the message yet.
    pub(crate) fn write(&mut self, name: &[u8], out: &mut Vec<u8>) {
        let labels = name.get(..name.len().saturating_sub(1)).unwrap_or_default();
        // Nearly always the name is that of the question, or of a zone above it.
        if !self.has_question
            && let Some(above) = self.question.checked_sub(labels.len())
            && !labels.is_empty()
            && self.is_label(above)
            && self.written.get(above..self.question) == Some(labels)
        {
            return point(QUESTION + above, out);
        }
        self.note_question();
        let start = self.written.len();
        self.written.extend_from_slice(labels);
        let end = self.written.len();
        let mut at = start;
        while let Some(&length) = self.written.get(at).filter(|_| at < end) {
            let tail = self.written.get(at..end);
            let known = self.ends.iter().find(|(_, from, to)| self.written.get(*from..*to) == tail);
            if let Some(&(place, ..)) = known {
                out.extend_from_slice(labels.get(..at - start).unwrap_or_default());
                return point(usize::from(place), out);
            }
            self.note(out.len() + at - start, at, end);
            at += usize::from(length) + 1;
        }
        out.extend_from_slice(name);
    }

    /// Whether a label of the question's name begins here.
    fn is_label(&self, place: usize) -> bool {
        let mut at = 0;
        while at < place {
            match self.written.get(at) {
                Some(&length) => at += usize::from(length) + 1,
                None => return false,
            }
        }
        at == place
    }

    fn note_question(&mut self) {
        if self.has_question {
            return;
        }
        self.has_question = true;
        let mut at = 0;
        while let Some(&length) = self.written.get(at).filter(|_| at < self.question) {
            self.note(QUESTION + at, at, self.question);
            at += usize::from(length) + 1;
        }
    }

    fn note(&mut self, place: usize, from: usize, to: usize) {
        if place < LAST && self.ends.len() < MOST {
            self.ends.push((place as u16, from, to));
        }
    }
}

fn point(place: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(0xc000 | place as u16).to_be_bytes());
}
