//! Records packed into a message, owners compressed (RFC 1035, section 4.1.4).
//!
//! Records come sorted or nearly so: an owner has most of its labels in common with the one before, and points to where that has them.
//! Names in RDATA are written out; most types here may not have them compressed (RFC 3597, section 4).

use crate::walk::{HEADER, Head};
use dime_zone::Record;

/// Beyond this, nothing can be pointed to.
const POINTABLE: usize = 0x4000;
/// Octets of type, class, TTL and length.
const FIXED: usize = 10;

/// A message that is being filled.
pub(crate) struct Packer {
    octets: Vec<u8>,
    head: Head,
    limit: usize,
    owner: Owner,
}

/// The last name written: its octets, and where each of its labels is in the message.
#[derive(Default)]
struct Owner {
    wire: Vec<u8>,
    labels: Vec<Label>,
}

#[derive(Clone, Copy)]
struct Label {
    /// Where it begins in the name.
    start: usize,
    /// Where it, and what follows it, stands in the message; nowhere that could be pointed to if that is too far.
    at: Option<u16>,
}

/// Whether a record went into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is in.
    Taken,
    /// There is no more room.
    Full,
}

impl Packer {
    /// An empty message with this header and question, of at most `limit` octets.
    pub(crate) fn new(head: Head, question: &[u8], limit: usize) -> Self {
        let mut octets = Vec::with_capacity(limit.min(POINTABLE) + FIXED);
        octets.extend_from_slice(&[0; HEADER]);
        let mut owner = Owner::default();
        if let Some(name) = question.len().checked_sub(4).and_then(|length| question.get(..length)) {
            owner.follow(name, |start| Some((HEADER + start) as u16));
        }
        octets.extend_from_slice(question);
        let counts = [u16::from(!question.is_empty()), 0, 0, 0];
        Packer { octets, head: Head { counts, ..head }, limit, owner }
    }

    /// Whether there is no record yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.head.counts.get(1) == Some(&0)
    }

    /// Lets the message grow to this size: for a record that is larger than other messages.
    pub(crate) fn raise_limit(&mut self, limit: usize) {
        self.limit = self.limit.max(limit);
    }

    /// Appends a record to the answer section.
    pub(crate) fn push(&mut self, record: &Record) -> Fit {
        let wire = record.owner.wire();
        let shared = self.owner.shared_with(wire);
        let own = shared.map_or(wire.len(), |(start, _)| start + 2);
        let (Ok(length), [_, answers, ..]) = (u16::try_from(record.rdata.len()), &mut self.head.counts)
        else {
            return Fit::Full;
        };
        if self.octets.len() + own + FIXED + record.rdata.len() > self.limit || *answers == u16::MAX {
            return Fit::Full;
        }
        *answers += 1;
        let at = self.octets.len();
        match shared {
            Some((start, to)) => {
                self.octets.extend_from_slice(wire.get(..start).unwrap_or_default());
                self.octets.extend_from_slice(&(0xc000 | to).to_be_bytes());
            }
            None => self.octets.extend_from_slice(wire),
        }
        self.owner.write(wire, shared.map_or(wire.len(), |(start, _)| start), at);
        self.octets.extend_from_slice(&record.record_type.0.to_be_bytes());
        self.octets.extend_from_slice(&[0, 1]);
        self.octets.extend_from_slice(&record.ttl.to_be_bytes());
        self.octets.extend_from_slice(&length.to_be_bytes());
        self.octets.extend_from_slice(&record.rdata);
        Fit::Taken
    }

    /// Appends the one record of the authority section; no answer can follow.
    pub(crate) fn push_authority(&mut self, record: &Record) -> Fit {
        let fit = self.push(record);
        if let (Fit::Taken, [_, answers, authority, _]) = (fit, &mut self.head.counts) {
            (*answers, *authority) = (*answers - 1, *authority + 1);
        }
        fit
    }

    /// The message, an OPT record last where one is given.
    pub(crate) fn finish(mut self, opt: Option<&[u8]>) -> Vec<u8> {
        if let (Some(opt), [.., additional]) = (opt, &mut self.head.counts) {
            *additional = 1;
            self.octets.extend_from_slice(opt);
        }
        self.head.put(&mut self.octets);
        self.octets
    }
}

impl Owner {
    /// The longest end of a name that the last one has, too: where it starts in the name, and where it stands in the message.
    fn shared_with(&self, wire: &[u8]) -> Option<(usize, u16)> {
        self.labels.iter().find_map(|label| {
            let tail = self.wire.get(label.start..)?;
            let start = wire.len().checked_sub(tail.len())?;
            let is_label = wire.get(start..) == Some(tail) && starts(wire).any(|label| label == start);
            label.at.filter(|_| is_label).map(|at| (start, at))
        })
    }

    /// Takes note of a name that is in the message: its first octets up to `own` at `at`, the others where the last name has them.
    fn write(&mut self, wire: &[u8], own: usize, at: usize) {
        let last = std::mem::take(self);
        let tail = wire.len() - own;
        let known = |start: usize| {
            let from_end = wire.len() - start;
            let start = last.wire.len().checked_sub(from_end)?;
            last.labels.iter().find(|label| label.start == start)?.at
        };
        self.follow(wire, |start| {
            if tail > 0 && start >= own {
                known(start)
            } else {
                u16::try_from(at + start).ok().filter(|&at| usize::from(at) < POINTABLE)
            }
        });
    }

    fn follow(&mut self, wire: &[u8], at: impl Fn(usize) -> Option<u16>) {
        self.wire = wire.to_vec();
        self.labels = starts(wire).map(|start| Label { start, at: at(start) }).collect();
    }
}

/// Where the labels of a name begin, the root's not among them.
fn starts(wire: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let length = wire.get(at).copied().filter(|&length| length != 0)?;
        let start = at;
        at += 1 + usize::from(length);
        Some(start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walk::{QR, Section, name_at, question, records};
    use dime_zone::{Name, RecordType};

    fn record(owner: &str, rdata: &[u8]) -> Record {
        let owner = owner.parse().unwrap();
        Record { owner, record_type: RecordType::HIP, ttl: 60, rdata: rdata.to_vec() }
    }

    fn packer(limit: usize) -> Packer {
        let name: Name = "zone.example.".parse().unwrap();
        Packer::new(
            Head { id: 5, flags: QR, counts: [0; 4] },
            &[name.wire(), &[0, 252, 0, 1]].concat(),
            limit,
        )
    }

    #[test]
    fn what_is_packed_is_read_again() {
        let owners = [
            "zone.example.",
            "zone.example.",
            "a.zone.example.",
            "b.a.zone.example.",
            "c.a.zone.example.",
            "c.a.zone.example.",
            "xzone.example.",
            "e.",
            ".",
            "e.",
            "A.zone.example.",
            "zone.example.",
        ];
        let mut packer = packer(4096);
        assert!(packer.is_empty());
        for owner in owners {
            assert_eq!(packer.push(&record(owner, owner.as_bytes())), Fit::Taken);
        }
        let message = packer.finish(Some(&[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]));
        let read = records(&message).unwrap();
        assert_eq!(question(&message).unwrap().name.to_string(), "zone.example.");
        assert_eq!(read.len(), owners.len() + 1);
        for (owner, placed) in owners.into_iter().zip(&read) {
            assert_eq!(name_at(&message, placed.at).unwrap().0.to_string(), owner);
            assert_eq!((placed.rdata, placed.section), (owner.as_bytes(), Section::Answer));
        }
        assert_eq!(read[0].rdata_at - read[0].at, 12, "the zone's name is a pointer into the question");
        assert_eq!(read[5].rdata_at - read[5].at, 12, "the same name once more is a pointer");
        assert_eq!(read[4].rdata_at - read[4].at, 14, "one label of its own");
    }

    /// Far into a message, names can no longer be pointed to, and are written out.
    #[test]
    fn no_pointer_goes_too_far() {
        let mut packer = packer(60_000);
        let mut owners = Vec::new();
        while packer.push(&record(&format!("n{}.zone.example.", owners.len() / 2), &[7; 400])) == Fit::Taken {
            owners.push(format!("n{}.zone.example.", owners.len() / 2));
        }
        let message = packer.finish(None);
        assert!(message.len() <= 60_000 && message.len() > 59_000);
        for (owner, placed) in owners.iter().zip(records(&message).unwrap()) {
            assert_eq!(name_at(&message, placed.at).unwrap().0.to_string(), *owner);
        }
    }

    #[test]
    fn a_full_message_takes_no_more() {
        let mut packer = packer(100);
        assert_eq!(packer.push(&record("zone.example.", &[0; 80])), Fit::Full);
        assert!(packer.is_empty());
        packer.raise_limit(200);
        assert_eq!(packer.push(&record("zone.example.", &[0; 80])), Fit::Taken);
        assert_eq!(packer.push(&record("zone.example.", &[0; 80])), Fit::Full);
        let mut packer = super::Packer::new(Head { id: 0, flags: 0, counts: [0; 4] }, &[], usize::MAX);
        assert_eq!(packer.push(&record("a.", &vec![0; 65_536])), Fit::Full, "no RDATA is so long");
    }
}
