//! Properties of parts: whatever is split comes back in any order, and no change of a single character goes unnoticed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_qr::{Assembly, Density, Part, split};
use proptest::prelude::*;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn split_and_assembled(octets in proptest::collection::vec(any::<u8>(), 1..3000), seed in any::<usize>()) {
        let mut parts = split(&octets, Density::Low).unwrap();
        let turn = seed % parts.len();
        parts.rotate_left(turn);
        let mut assembly = Assembly::new();
        for part in parts {
            let read: Part = part.to_string().parse().unwrap();
            prop_assert_eq!(&read, &part);
            assembly.add(&read).unwrap();
        }
        prop_assert_eq!(assembly.finish().unwrap(), octets);
    }

    /// A checksum of 32 bits notices every burst of errors up to its own length, and so one character.
    #[test]
    fn one_character_changed(octets in proptest::collection::vec(any::<u8>(), 1..100), at in any::<usize>(), to in 0..45_usize) {
        let text = split(&octets, Density::Low).unwrap()[0].to_string();
        let at = at % text.len();
        let mut changed = text.clone().into_bytes();
        changed[at] = ALPHABET[to];
        let changed = String::from_utf8(changed).unwrap();
        if changed != text {
            prop_assert!(changed.parse::<Part>().is_err());
        }
    }

    #[test]
    fn what_is_read_is_written_the_same(text in "DQR1/[0-9]{1,4}/[0-9]{1,4}/[0-9A-Fa-f]{16}/[0-9A-F]{8}/[0-9A-Z $%*+./:-]{0,40}/?") {
        if let Ok(part) = text.parse::<Part>() {
            prop_assert_eq!(part.to_string(), text);
        }
    }
}
