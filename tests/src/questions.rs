//! Questions from files in dnsperf's form (`NAME TYPE` a line), as packets that are ready to be sent but for their id.

use std::ops::Range;
use std::path::Path;

/// What all of them have beside name and type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// No EDNS.
    Plain,
    /// EDNS with a payload of 1232 octets.
    Edns,
    /// The same with the DO bit.
    Verifying,
}

/// Packets, one after the other in one piece of memory.
#[derive(Debug, Default)]
pub struct Questions {
    octets: Vec<u8>,
    ends: Vec<u32>,
}

/// Octets of a header.
pub const HEADER: usize = 12;

impl Questions {
    /// Reads a file; what is no question stops with a message.
    pub fn read(path: &Path, form: Form) -> Self {
        let text =
            std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut questions = Questions::default();
        for line in text.lines() {
            let (name, kind) = line.split_once(' ').unwrap_or_else(|| panic!("no question: {line:?}"));
            questions.add(name, number_of(kind), form);
        }
        assert!(!questions.is_empty(), "{} has no questions", path.display());
        questions
    }

    /// Adds one; a name may end with a dot.
    pub fn add(&mut self, name: &str, kind: u16, form: Form) {
        let additional = u8::from(form != Form::Plain);
        self.octets.extend([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, additional]);
        for label in name.trim_end_matches('.').split('.').filter(|label| !label.is_empty()) {
            self.octets.push(u8::try_from(label.len()).expect("a label of up to 63 octets"));
            self.octets.extend(label.as_bytes());
        }
        self.octets.push(0);
        self.octets.extend(kind.to_be_bytes());
        self.octets.extend([0, 1]);
        if form != Form::Plain {
            let flags = if form == Form::Verifying { 0x80 } else { 0 };
            self.octets.extend([0, 0, 41, 0x04, 0xD0, 0, 0, flags, 0, 0, 0]);
        }
        self.ends.push(u32::try_from(self.octets.len()).expect("4 GiB of questions"));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The packet of one, its id 0.
    pub fn packet(&self, index: usize) -> &[u8] {
        &self.octets[self.range(index)]
    }

    fn range(&self, index: usize) -> Range<usize> {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        start..self.ends[index] as usize
    }
}

/// Where the question section of such a packet, or of an answer to it, ends.
pub fn end_of_question(packet: &[u8]) -> usize {
    let opt = if packet[11] == 0 { 0 } else { 11 };
    packet.len() - opt
}

fn number_of(kind: &str) -> u16 {
    match kind {
        "A" => 1,
        "NS" => 2,
        "SOA" => 6,
        "AAAA" => 28,
        "CERT" => 37,
        "TLSA" => 52,
        "HIP" => 55,
        "HHIT" => 67,
        "BRID" => 68,
        other => other
            .strip_prefix("TYPE")
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("no type: {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Questions, end_of_question};

    #[test]
    fn a_packet_is_a_question() {
        let mut questions = Questions::default();
        questions.add("a.bc.", 67, Form::Plain);
        questions.add("d", 68, Form::Verifying);
        assert_eq!(
            questions.packet(0),
            [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 2, b'b', b'c', 0, 0, 67, 0, 1]
        );
        assert_eq!(end_of_question(questions.packet(0)), 22);
        let second = questions.packet(1);
        assert_eq!(second[19..], [0, 0, 41, 4, 0xD0, 0, 0, 0x80, 0, 0, 0]);
        assert_eq!(end_of_question(second), 19);
        assert_eq!(questions.len(), 2);
    }
}
