//! Where a name lies in the tree of nibbles under `ip6.arpa` (RFC 3596, section 2.5; RFC 9886, section 3).

use crate::{Name, name::NIBBLES_WIRE};
use drip_det::{Hid, ZoneCut};

/// The place of a name: the nibbles it has, read from `ip6.arpa` downwards, and whether labels remain after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The nibbles as the upper bits of a number, the rest zero.
    pub number: u128,
    /// How many nibbles, 0 to 32.
    pub nibbles: u8,
    /// What the name has below those nibbles.
    pub rest: Rest,
}

/// What follows the nibbles of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing: the name is the prefix itself.
    Nothing,
    /// A label that is no nibble, or a 33rd one: no DET can be here.
    Labels,
}

impl Position {
    /// The place of a name, or `None` where it is not under `ip6.arpa`.
    pub fn of(name: &Name) -> Option<Self> {
        // A name has at most 127 labels, each found by an offset below 255.
        let mut starts = [0_u8; 128];
        let mut count = 0;
        let mut at = 0_u8;
        for label in name.labels() {
            *starts.get_mut(count)? = at;
            count += 1;
            at = at.checked_add(u8::try_from(label.len()).ok()?)?.checked_add(1)?;
        }
        let wire = name.wire();
        let mut labels = starts.get(..count)?.iter().rev().map(|&start| {
            let (&length, label) = wire.get(usize::from(start)..)?.split_first()?;
            label.get(..usize::from(length))
        });
        if !labels.next()??.eq_ignore_ascii_case(b"arpa") || !labels.next()??.eq_ignore_ascii_case(b"ip6") {
            return None;
        }
        let mut position = Position { number: 0, nibbles: 0, rest: Rest::Nothing };
        for label in labels {
            match nibble(label?) {
                Some(nibble) if position.nibbles < 32 => {
                    position.nibbles += 1;
                    position.number |= u128::from(nibble) << (128 - 4 * u32::from(position.nibbles));
                }
                _ => {
                    position.rest = Rest::Labels;
                    break;
                }
            }
        }
        Some(position)
    }

    /// The place of a name that is just like a DET's, 32 nibbles under `ip6.arpa`; `None` for any other name.
    pub(crate) fn of_det_name(wire: &[u8]) -> Option<Self> {
        det_number(wire.try_into().ok()?).map(Position::of_det)
    }

    /// The place of a name of nibbles only, under `ip6.arpa`; `None` for any other name. Who finds a DET step by step asks for its prefixes
    /// first (RFC 9156).
    pub(crate) fn of_prefix(wire: &[u8]) -> Option<Self> {
        let (labels, under) = wire.split_last_chunk::<10>()?;
        let nibbles = u8::try_from(labels.len() / 2).ok().filter(|nibbles| *nibbles <= 32)?;
        if !is_ip6_arpa(under) {
            return None;
        }
        let mut number = 0;
        for label in labels.chunks(2) {
            let [1, digit] = label else { return None };
            number = number >> 4 | u128::from(nibble(&[*digit])?) << 124;
        }
        Some(Position { number, nibbles, rest: Rest::Nothing })
    }

    /// The place of a DET's name.
    pub(crate) fn of_det(number: u128) -> Self {
        Position { number, nibbles: 32, rest: Rest::Nothing }
    }

    /// The place of a zone cut's own name.
    pub(crate) fn of_cut(cut: ZoneCut) -> Self {
        Position { number: cut.prefix(), nibbles: cut.prefix_bits() / 4, rest: Rest::Nothing }
    }

    /// The zone cuts at or above this place, deepest first.
    pub fn cuts(self) -> impl Iterator<Item = ZoneCut> {
        let hid =
            Hid::from_numbers((self.number >> 86) as u16 & 0x3fff, (self.number >> 72) as u16 & 0x3fff).ok();
        let cut = move |level| match level {
            0 => hid.and_then(ZoneCut::hda_of),
            1 => hid.map(ZoneCut::raa_of),
            _ => Some(ZoneCut::Apex),
        };
        (0..3).filter_map(cut).filter(move |&cut| self.is_within(cut))
    }

    /// The zone cut that this place is the name of.
    pub fn cut(self) -> Option<ZoneCut> {
        self.cuts().find(|&cut| self.is_at(cut))
    }

    /// Whether the place is the cut or below it.
    pub fn is_within(self, cut: ZoneCut) -> bool {
        let bits = u32::from(cut.prefix_bits());
        4 * u32::from(self.nibbles) >= bits && (self.number ^ cut.prefix()) >> (128 - bits) == 0
    }

    /// Whether the place is the cut's own name.
    pub fn is_at(self, cut: ZoneCut) -> bool {
        self.rest == Rest::Nothing && 4 * self.nibbles == cut.prefix_bits() && self.is_within(cut)
    }

    /// The lowest and highest number with these nibbles.
    pub fn range(self) -> (u128, u128) {
        let below = u128::MAX.checked_shr(4 * u32::from(self.nibbles)).unwrap_or(0);
        (self.number, self.number | below)
    }
}

/// The number of a name that is just like a DET's; `None` for any other name. This is what nearly every question asks for.
///
/// Four labels are looked at together, each in 16 bits of a word: the length 1, then the character.
pub(crate) fn det_number(name: &[u8; NIBBLES_WIRE]) -> Option<u128> {
    let (labels, under) = name.split_last_chunk::<10>()?;
    if !is_ip6_arpa(under) {
        return None;
    }
    let (mut number, mut wrong) = (0, 0);
    for (at, labels) in labels.chunks_exact(8).enumerate() {
        let word = u64::from_le_bytes(*labels.first_chunk()?);
        let characters = word >> 8 & (0xff * EACH);
        let lower = characters | (0x20 * EACH);
        let digits = at_least(characters, b'0') & !at_least(characters, b'9' + 1);
        let letters = at_least(lower, b'a') & !at_least(lower, b'f' + 1);
        wrong |= ((word & (0xff * EACH)) ^ EACH) | ((digits | letters) ^ (0x8000 * EACH));
        let nibbles = (characters & (0xf * EACH)) + (letters >> 15) * 9;
        let together = nibbles | nibbles >> 12 | nibbles >> 24 | nibbles >> 36;
        // The first label is the lowest nibble.
        number |= u128::from(together & 0xffff) << (16 * at);
    }
    (wrong == 0).then_some(number)
}

/// Whether these are the labels above all nibbles, in whatever case.
fn is_ip6_arpa(octets: &[u8; 10]) -> bool {
    let [first @ .., a, end] = *octets;
    u64::from_le_bytes(first) | IP6_ARP_CASE == IP6_ARP | IP6_ARP_CASE && [a | 0x20, end] == *b"a\0"
}

/// One in each 16 bits of a word.
const EACH: u64 = 0x0001_0001_0001_0001;
/// What names of DETs end with, but for two octets, and the bits that are the case of its letters.
const IP6_ARP: u64 = u64::from_le_bytes(*b"\x03ip6\x04arp");
const IP6_ARP_CASE: u64 = u64::from_le_bytes([0, 0x20, 0x20, 0, 0, 0x20, 0x20, 0x20]);

/// Of each 16 bits that are below 2^15, whether they are as much as something: in the uppermost of them.
fn at_least(values: u64, least: u8) -> u64 {
    ((values | (0x8000 * EACH)) - u64::from(least) * EACH) & (0x8000 * EACH)
}

fn nibble(label: &[u8]) -> Option<u8> {
    match label {
        [digit @ b'0'..=b'9'] => Some(digit - b'0'),
        [letter @ b'a'..=b'f'] => Some(letter - b'a' + 10),
        [letter @ b'A'..=b'F'] => Some(letter - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str) -> Option<Position> {
        Position::of(&text.parse().unwrap())
    }

    const DET: &str = "2.b.6.c.b.4.a.9.9.6.4.2.8.0.3.1.5.0.a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";

    #[test]
    fn a_det_and_what_is_below_it() {
        let number = 0x2001_003f_fe00_0a05_1308_2469_9a4b_c6b2;
        assert_eq!(position(DET), Some(Position { number, nibbles: 32, rest: Rest::Nothing }));
        assert_eq!(position(&DET.to_uppercase()), position(DET));
        for below in ["0", "x", "00"] {
            let below = position(&format!("{below}.{DET}"));
            assert_eq!(below, Some(Position { number, nibbles: 32, rest: Rest::Labels }));
        }
        let range = position(DET).unwrap().range();
        assert_eq!(range, (number, number));
    }

    #[test]
    fn prefixes_and_strangers() {
        let raa = position("0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.").unwrap();
        assert_eq!((raa.nibbles, raa.number), (11, 0x2001_003f_fe00 << 80));
        assert_eq!(raa.range().1, raa.number | (u128::MAX >> 44));
        assert_eq!(position("foo.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.").unwrap().rest, Rest::Labels);
        assert_eq!(position("ip6.arpa.").unwrap().nibbles, 0);
        assert_eq!(position("arpa."), None);
        assert_eq!(position("."), None);
        assert_eq!(position("2.0.0.in-addr.arpa."), None);
    }

    #[test]
    fn cuts_deepest_first() {
        let hid = Hid::from_numbers(16376, 10).unwrap();
        let raa = ZoneCut::raa_of(hid);
        let cuts: Vec<ZoneCut> = position(DET).unwrap().cuts().collect();
        assert_eq!(cuts, [ZoneCut::Hda(hid), raa, ZoneCut::Apex]);
        let cuts: Vec<ZoneCut> = position("0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.").unwrap().cuts().collect();
        assert_eq!(cuts, [raa, ZoneCut::Apex], "two nibbles short of an HDA");
        let cuts: Vec<ZoneCut> = position("0.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.").unwrap().cuts().collect();
        assert_eq!(cuts, [raa, ZoneCut::Apex], "HDA 0 has no zone of its own");
        assert_eq!(position("4.0.0.1.0.0.2.ip6.arpa.").unwrap().cuts().count(), 0);
        assert_eq!(position(&raa.name()).and_then(Position::cut), Some(raa));
        assert_eq!(position("e.f.f.3.0.0.1.0.0.2.ip6.arpa.").and_then(Position::cut), None);
        assert!(position("a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.").unwrap().is_at(ZoneCut::Hda(hid)));
        assert!(!position("x.a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.").unwrap().is_at(ZoneCut::Hda(hid)));
    }

    #[test]
    fn the_short_way_reads_what_the_long_way_reads() {
        let name = |number: u128| Name::of_nibbles(number, 32).wire().to_vec();
        let mut number = 0x2001_003f_fe3f_f805_fb76_1138_e1e0_a78c_u128;
        for step in 0..200 {
            let wire = name(number);
            let read = Position::of_det_name(&wire);
            assert_eq!(read, Some(Position { number, nibbles: 32, rest: Rest::Nothing }));
            assert_eq!(read, Position::of(&Name::of_wire(&wire).unwrap()));
            assert_eq!(Position::of_det_name(&wire.to_ascii_uppercase()), read);
            number = number.rotate_left(5) ^ step;
        }
        // Every octet of every label: what is a nibble, and what is not.
        let wire = name(number);
        for at in (0..64).filter(|at| at % 2 == 1) {
            for octet in 0..=255_u8 {
                let mut other = wire.clone();
                other[at] = octet;
                let read = Position::of_det_name(&other);
                assert_eq!(read.is_some(), octet.is_ascii_hexdigit(), "{octet}");
                let long =
                    Position::of(&Name::of_wire(&other).unwrap()).filter(|long| long.rest == Rest::Nothing);
                assert_eq!(read, long);
            }
            let mut other = wire.clone();
            other[at - 1] = 2;
            assert_eq!(Position::of_det_name(&other), None);
        }
        assert_eq!(Position::of_det_name(&wire[2..]), None);
    }

    #[test]
    fn prefixes_are_read_like_any_name() {
        let number = 0x2001_003f_fe3f_f805_fb76_1138_e1e0_a78c_u128;
        let long =
            |wire: &[u8]| Position::of(&Name::of_wire(wire)?).filter(|long| long.rest == Rest::Nothing);
        for nibbles in 0..=32 {
            let name = Name::of_nibbles(number, nibbles).wire().to_vec();
            for at in 0..name.len() {
                for octet in 0..=255 {
                    let mut other = name.clone();
                    other[at] = octet;
                    assert_eq!(Position::of_prefix(&other), long(&other), "{other:?}");
                }
            }
        }
        let below = [&[1, b'0'], Name::of_nibbles(number, 32).wire()].concat();
        assert_eq!((Position::of_prefix(&below), Position::of_prefix(b"\x04arpa\0")), (None, None));
    }
}
