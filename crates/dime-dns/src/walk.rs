//! Walks over the octets of a message (RFC 1035, section 4.1) without taking it apart: what transfers, TSIG and NOTIFY need of it.

use dime_zone::{Class, Name, RecordType};

/// Octets of a header.
pub(crate) const HEADER: usize = 12;

/// Positions of the four counts in a header, in the order of the sections.
const COUNTS: usize = 4;

/// A message's header.
///
/// | octets | content |
/// |---|---|
/// | 2 | ID |
/// | 2 | QR, opcode, AA, TC, RD, RA, Z, AD, CD, RCODE |
/// | 2 each | how many questions, answers, authority and additional records |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) id: u16,
    pub(crate) flags: u16,
    pub(crate) counts: [u16; COUNTS],
}

impl Head {
    /// The header at the start of a message.
    pub(crate) fn of(message: &[u8]) -> Option<Self> {
        let [i0, i1, f0, f1, q0, q1, a0, a1, n0, n1, r0, r1] = *message.first_chunk::<HEADER>()?;
        Some(Head {
            id: u16::from_be_bytes([i0, i1]),
            flags: u16::from_be_bytes([f0, f1]),
            counts: [[q0, q1], [a0, a1], [n0, n1], [r0, r1]].map(u16::from_be_bytes),
        })
    }

    /// Whether it is a response (QR).
    pub(crate) fn is_response(self) -> bool {
        self.flags & QR != 0
    }

    /// The kind of request.
    pub(crate) fn opcode(self) -> u8 {
        (self.flags >> 11) as u8 & 0xf
    }

    /// The response code, its lower four bits.
    pub(crate) fn rcode(self) -> u8 {
        self.flags as u8 & 0xf
    }

    /// The octets.
    pub(crate) fn encode(self) -> [u8; HEADER] {
        let mut octets = [0; HEADER];
        let words = [self.id, self.flags].into_iter().chain(self.counts);
        for (slot, word) in octets.chunks_exact_mut(2).zip(words) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
        octets
    }

    /// Writes itself over the header of a message.
    pub(crate) fn put(self, message: &mut [u8]) {
        if let Some(head) = message.first_chunk_mut::<HEADER>() {
            *head = self.encode();
        }
    }

    /// The header of a response to this request: the ID, opcode and RD are copied.
    pub(crate) fn response(self, rcode: u8) -> Self {
        let flags = QR | self.flags & (0x7800 | RD) | u16::from(rcode & 0xf);
        Head { id: self.id, flags, counts: [0; COUNTS] }
    }
}

/// The bits of the flags that are named here.
pub(crate) const QR: u16 = 0x8000;
pub(crate) const AA: u16 = 0x0400;
pub(crate) const TC: u16 = 0x0200;
pub(crate) const RD: u16 = 0x0100;

/// The question of a message that has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) name: Name,
    pub(crate) record_type: RecordType,
    pub(crate) class: Class,
    /// Where the next section begins.
    pub(crate) end: usize,
}

impl Asked {
    /// The question for a response, its name whole: one that is compressed points into the request, whose header is another.
    pub(crate) fn encode(&self) -> Vec<u8> {
        [self.name.wire(), &self.record_type.0.to_be_bytes(), &self.class.0.to_be_bytes()].concat()
    }
}

/// The first question.
pub(crate) fn question(message: &[u8]) -> Option<Asked> {
    let (name, at) = name_at(message, HEADER)?;
    let [t0, t1, c0, c1] = *message.get(at..)?.first_chunk::<4>()?;
    Some(Asked {
        name,
        record_type: RecordType(u16::from_be_bytes([t0, t1])),
        class: Class(u16::from_be_bytes([c0, c1])),
        end: at + 4,
    })
}

/// A record where it stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed<'a> {
    /// Where the owner's name begins.
    pub(crate) at: usize,
    pub(crate) section: Section,
    pub(crate) record_type: RecordType,
    pub(crate) class: u16,
    pub(crate) ttl: u32,
    pub(crate) rdata: &'a [u8],
    /// Where the RDATA begins.
    pub(crate) rdata_at: usize,
    /// Where the record ends.
    pub(crate) end: usize,
}

/// The section of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Answer,
    Authority,
    Additional,
}

/// All records of a message in order, or `None` where it ends too early or goes on after the last of them.
pub(crate) fn records(message: &[u8]) -> Option<Vec<Placed<'_>>> {
    let head = Head::of(message)?;
    let [questions, answers, authority, additional] = head.counts;
    let mut at = HEADER;
    for _ in 0..questions {
        at = skip_name(message, at)? + 4;
    }
    let mut records = Vec::new();
    for (count, section) in
        [(answers, Section::Answer), (authority, Section::Authority), (additional, Section::Additional)]
    {
        for _ in 0..count {
            let record = record_at(message, at, section)?;
            at = record.end;
            records.push(record);
        }
    }
    (at == message.len()).then_some(records)
}

fn record_at(message: &[u8], at: usize, section: Section) -> Option<Placed<'_>> {
    let fixed_at = skip_name(message, at)?;
    let [t0, t1, c0, c1, l0, l1, l2, l3, n0, n1] = *message.get(fixed_at..)?.first_chunk::<10>()?;
    let rdata_at = fixed_at + 10;
    let end = rdata_at + usize::from(u16::from_be_bytes([n0, n1]));
    Some(Placed {
        at,
        section,
        record_type: RecordType(u16::from_be_bytes([t0, t1])),
        class: u16::from_be_bytes([c0, c1]),
        ttl: u32::from_be_bytes([l0, l1, l2, l3]),
        rdata: message.get(rdata_at..end)?,
        rdata_at,
        end,
    })
}

fn skip_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length @ 1..=63 => at += 1 + usize::from(length),
            0xc0.. => return message.get(at + 1).map(|_| at + 2),
            _ => return None,
        }
    }
}

/// The name at a place, pointers followed, and where what stands after it begins.
///
/// A pointer must point before the part of the name that it ends, so that following it comes to an end.
pub(crate) fn name_at(message: &[u8], start: usize) -> Option<(Name, usize)> {
    let (mut at, mut part, mut after) = (start, start, None);
    let mut labels: Vec<&[u8]> = Vec::new();
    loop {
        match *message.get(at)? {
            0 => {
                let name = Name::from_labels(labels).ok()?;
                return Some((name, after.unwrap_or(at + 1)));
            }
            length @ 1..=63 => {
                let label = message.get(at + 1..at + 1 + usize::from(length))?;
                labels.push(label);
                // A name of 255 octets has no more labels.
                if labels.len() > 127 {
                    return None;
                }
                at += 1 + usize::from(length);
            }
            high @ 0xc0.. => {
                let low = *message.get(at + 1)?;
                let to = usize::from(u16::from_be_bytes([high & 0x3f, low]));
                after.get_or_insert(at + 2);
                if to >= part {
                    return None;
                }
                (at, part) = (to, to);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_pointers_and_loops() {
        let mut message = vec![0; HEADER];
        message.extend_from_slice(b"\x01b\x01c\0\x01a\xc0\x0c\xc0\x11\xc0\x15\xc0\x19");
        let name = |text: &str| text.parse::<Name>().unwrap();
        assert_eq!(name_at(&message, 12), Some((name("b.c."), 17)));
        assert_eq!(name_at(&message, 17), Some((name("a.b.c."), 21)));
        assert_eq!(name_at(&message, 21), Some((name("a.b.c."), 23)));
        assert_eq!(name_at(&message, 23), Some((name("a.b.c."), 25)));
        assert_eq!(name_at(&message, 25), None, "points to itself");
        assert_eq!(name_at(&message, 40), None);
    }

    #[test]
    fn every_prefix_of_a_message_is_too_short() {
        let mut message = Head { id: 7, flags: QR, counts: [1, 1, 0, 0] }.encode().to_vec();
        message.extend_from_slice(b"\x01a\0\0\x06\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x05\0\x02ab");
        let all = records(&message).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].rdata, all[0].ttl, all[0].section), (&b"ab"[..], 5, Section::Answer));
        assert_eq!(question(&message).unwrap().record_type, RecordType::SOA);
        for length in 0..message.len() {
            assert_eq!(records(&message[..length]), None, "{length}");
        }
        message.push(0);
        assert_eq!(records(&message), None, "an octet too many");
        assert_eq!(Head::of(&message).unwrap().encode(), message[..HEADER]);
    }
}
