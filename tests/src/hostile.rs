//! Packets that no well-behaved asker sends, made from dice and from real questions.

use crate::dice::Dice;
use crate::questions::{HEADER, Questions, end_of_question};

/// The kinds, by name.
pub const KINDS: [&str; 12] = [
    "random",
    "random-body",
    "mutated",
    "cut",
    "joined",
    "compression",
    "labels",
    "edns",
    "opcodes",
    "responses",
    "counts",
    "transfers",
];

/// Which kind is a response: a server must never answer one, or two servers could be made to answer each other for ever.
pub const RESPONSES: usize = 9;

/// Writes one packet of a kind (an index into [`KINDS`]).
pub fn packet(kind: usize, questions: &Questions, dice: &mut Dice, out: &mut Vec<u8>) {
    out.clear();
    let real = questions.packet(dice.below(questions.len() as u64) as usize);
    match KINDS[kind] {
        "random" => octets(dice, 1500, out),
        "random-body" => {
            out.extend_from_slice(&real[..HEADER]);
            octets(dice, 600, out);
        }
        "mutated" => {
            out.extend_from_slice(real);
            for _ in 0..=dice.below(4) {
                let at = dice.below(out.len() as u64) as usize;
                out[at] = dice.roll() as u8;
            }
            not_a_response(out);
        }
        "cut" => out.extend_from_slice(&real[..dice.below(real.len() as u64) as usize]),
        "joined" => {
            out.extend_from_slice(real);
            let other = questions.packet(dice.below(questions.len() as u64) as usize);
            let from = dice.below(other.len() as u64) as usize;
            out.extend_from_slice(&other[from..]);
        }
        "compression" => compression(real, dice, out),
        "labels" => labels(dice, out),
        "edns" => edns(real, dice, out),
        "opcodes" => {
            out.extend_from_slice(real);
            out[2] = (dice.below(16) as u8) << 3 | dice.below(8) as u8;
        }
        "responses" => {
            out.extend_from_slice(real);
            if dice.below(3) == 0 {
                octets(dice, 64, out);
            }
            out[2] |= 0x80;
        }
        "counts" => {
            out.extend_from_slice(real);
            for count in &mut out[4..HEADER] {
                if dice.below(3) == 0 {
                    *count = dice.roll() as u8;
                }
            }
        }
        _ => {
            // AXFR, IXFR, MAILA, ANY, with and without an SOA, over UDP.
            out.extend_from_slice(&real[..end_of_question(real)]);
            let at = out.len() - 4;
            out[at..at + 2].copy_from_slice(&(251 + dice.below(5) as u16).to_be_bytes());
            out[11] = 0;
            out[9] = dice.below(2) as u8;
            octets(dice, 40, out);
        }
    }
    if out.len() >= 2 {
        let id = dice.roll() as u16;
        out[..2].copy_from_slice(&id.to_be_bytes());
    }
}

/// Clears QR, so that a reply may come.
fn not_a_response(out: &mut [u8]) {
    if let Some(flags) = out.get_mut(2) {
        *flags &= 0x7F;
    }
}

fn octets(dice: &mut Dice, most: u64, out: &mut Vec<u8>) {
    let end = out.len() + dice.below(most) as usize;
    while out.len() < end {
        out.extend(dice.roll().to_le_bytes());
    }
    out.truncate(end);
}

/// Names that point to themselves, to each other, forward, into the header, or through a long chain.
fn compression(real: &[u8], dice: &mut Dice, out: &mut Vec<u8>) {
    out.extend_from_slice(&real[..HEADER]);
    (out[4], out[5], out[10], out[11]) = (0, 1, 0, 0);
    let here = HEADER as u16;
    match dice.below(6) {
        0 => out.extend((0xC000 | here).to_be_bytes()),
        1 => {
            out.extend((0xC000 | (here + 2)).to_be_bytes());
            out.extend((0xC000 | here).to_be_bytes());
        }
        2 => {
            out.extend([3, b'a', b'b', b'c']);
            out.extend((0xC000 | here).to_be_bytes());
        }
        3 => out.extend((0xC000 | dice.below(16_384) as u16).to_be_bytes()),
        4 => {
            for step in 0..200_u16 {
                out.extend((0xC000 | (here + 2 * step + 2)).to_be_bytes());
            }
            out.push(0);
        }
        _ => {
            // A second question whose name points into the first, which points into the second.
            out[5] = 2;
            out.extend([1, b'x', 0xC0, 20, 0, 67, 0, 1, 1, b'y', 0xC0, 12]);
        }
    }
    out.extend([0, 67, 0, 1]);
    octets(dice, 8, out);
}

/// Labels too long, too many, of reserved kinds, and names without an end.
fn labels(dice: &mut Dice, out: &mut Vec<u8>) {
    out.extend([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for _ in 0..dice.below(200) {
        let length = match dice.below(4) {
            0 => 64 + dice.below(128) as u8,
            1 => 63,
            _ => 1 + dice.below(3) as u8,
        };
        out.push(length);
        out.extend((0..length & 63).map(|_| dice.roll() as u8));
    }
    if dice.below(4) > 0 {
        out.push(0);
    }
    out.extend([0, 67, 0, 1]);
}

/// OPT records too many, too large, of other versions, with options that lie about their length, bad cookies, at the wrong place.
fn edns(real: &[u8], dice: &mut Dice, out: &mut Vec<u8>) {
    out.extend_from_slice(&real[..end_of_question(real)]);
    let records = 1 + dice.below(3) as u8;
    (out[10], out[11]) = (0, records);
    for _ in 0..records {
        out.push(if dice.below(8) == 0 { 1 } else { 0 });
        let payload = [0, 511, 512, 1232, 4096, 65_535][dice.below(6) as usize];
        out.extend([0, 41]);
        out.extend(u16::to_be_bytes(payload));
        let version = if dice.below(4) == 0 { dice.roll() as u8 } else { 0 };
        out.extend([dice.roll() as u8, version, dice.roll() as u8, dice.roll() as u8]);
        let at = out.len();
        out.extend([0, 0]);
        for _ in 0..dice.below(20) {
            let code = [3_u16, 8, 10, 10, 12, 15, 65_001][dice.below(7) as usize];
            let most = if dice.below(4) == 0 { 1200 } else { 44 };
            let length = dice.below(most) as u16;
            out.extend(code.to_be_bytes());
            let told = if dice.below(8) == 0 { dice.roll() as u16 } else { length };
            out.extend(told.to_be_bytes());
            out.extend((0..length).map(|_| dice.roll() as u8));
            if out.len() > 4000 {
                break;
            }
        }
        let length = if dice.below(8) == 0 { dice.roll() as u16 } else { (out.len() - at - 2) as u16 };
        out[at..at + 2].copy_from_slice(&length.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, RESPONSES, packet};
    use crate::dice::Dice;
    use crate::questions::{Form, Questions};

    #[test]
    fn every_kind_makes_packets_and_only_one_makes_nothing_but_responses() {
        let mut questions = Questions::default();
        questions.add("a.b.ip6.arpa", 67, Form::Edns);
        let (mut dice, mut out) = (Dice::for_this_run(), Vec::new());
        for (kind, name) in KINDS.iter().enumerate() {
            let mut lengths = Vec::new();
            for _ in 0..200 {
                packet(kind, &questions, &mut dice, &mut out);
                lengths.push(out.len());
                assert!(out.len() < 16_384, "{name}");
                if kind == RESPONSES {
                    assert!(out[2] & 0x80 != 0);
                }
            }
            assert!(lengths.iter().any(|&length| length >= 20), "{name}");
        }
    }
}
