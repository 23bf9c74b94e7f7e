//! What happens to octets on their way: bits flip, ends are cut off, pieces change places, are doubled or lost.

use crate::dice::Dice;

/// Changes octets in one of the ways that media and liars change them. The result differs from the original.
pub fn mutate(original: &[u8], dice: &mut Dice) -> Vec<u8> {
    loop {
        let mut octets = original.to_vec();
        for _ in 0..=dice.below(3) {
            change(&mut octets, dice);
        }
        if octets != original {
            return octets;
        }
    }
}

/// Puts a piece of one valid object into another, at the same place or, more seldom, at any; the result differs from both, unless they are
/// too much alike.
pub fn graft(original: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    if original.is_empty() || other.is_empty() {
        return mutate(original, dice);
    }
    for _ in 0..16 {
        let at = dice.below(original.len() as u64) as usize;
        let length = match dice.below(4) {
            0 => other.len(),
            1 => 1 + dice.below(8) as usize,
            // What keys, hashes, DETs and signatures measure.
            2 => [16, 20, 32, 64][dice.below(4) as usize],
            _ => 1 + dice.below(other.len() as u64) as usize,
        };
        let from = if dice.below(4) == 0 { dice.below(other.len() as u64) as usize } else { at };
        let Some(piece) = other.get(from..(from + length).min(other.len())) else { continue };
        let mut octets = original.to_vec();
        let end = (at + piece.len()).min(octets.len());
        octets.splice(at..end, piece.iter().copied());
        if octets != original && octets != other {
            return octets;
        }
    }
    mutate(original, dice)
}

fn change(octets: &mut Vec<u8>, dice: &mut Dice) {
    if octets.is_empty() {
        octets.push(dice.roll() as u8);
        return;
    }
    let length = octets.len() as u64;
    let at = dice.below(length) as usize;
    match dice.below(8) {
        0..=2 => octets[at] ^= 1 << dice.below(8),
        3 => octets[at] = *[0x00, 0x7F, 0x80, 0xFF].get(dice.below(4) as usize).unwrap_or(&0),
        4 => octets.truncate(at),
        5 => {
            let other = dice.below(length) as usize;
            octets.swap(at, other);
        }
        6 => {
            let end = (at + 1 + dice.below(16) as usize).min(octets.len());
            let piece = octets[at..end].to_vec();
            octets.splice(at..at, piece);
        }
        _ => {
            let end = (at + 1 + dice.below(16) as usize).min(octets.len());
            octets.drain(at..end);
        }
    }
}
