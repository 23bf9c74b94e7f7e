//! Digest words: a digest as words that two people can compare by voice or by eye.
//!
//! Eight words of the English BIP-39 list carry the first 88 bits of a SHA-256 digest, eleven bits each, most significant first. To
//! pass off another request as one that was read out, somebody must find a second input with the same 88 bits; as every request has a
//! random identifier of its own, no pair can be prepared beforehand.

use bip39::Language;
use core::fmt;
use sha2::{Digest, Sha256};

const WORDS: usize = 8;
const BITS_A_WORD: usize = 11;

/// The words of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DigestWords([&'static str; WORDS]);

impl DigestWords {
    /// How many bits of the digest the words say.
    pub const BITS: usize = WORDS * BITS_A_WORD;

    /// The words of a SHA-256 digest.
    pub fn of(digest: &[u8; 32]) -> Self {
        let list = Language::English.word_list();
        let bit = |at: usize| digest.get(at / 8).is_some_and(|octet| octet >> (7 - at % 8) & 1 == 1);
        let word = |number: usize| {
            let first = number * BITS_A_WORD;
            let index = (first..first + BITS_A_WORD).fold(0, |index, at| index << 1 | usize::from(bit(at)));
            // Eleven bits are an index into 2,048 words.
            list.get(index).copied().unwrap_or_default()
        };
        DigestWords(core::array::from_fn(word))
    }

    /// The words of the SHA-256 digest of these octets.
    pub fn of_octets(octets: &[u8]) -> Self {
        Self::of(&sha256(octets))
    }

    /// The words, in order.
    pub const fn as_array(&self) -> &[&'static str; WORDS] {
        &self.0
    }
}

/// The words with spaces between them.
impl fmt::Display for DigestWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

pub(super) fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BIP-39's own test vectors encode entropy the same way: 00… is "abandon", 7f… "legal winner thank year wave sausage worth useful",
    /// 80… "letter advice cage absurd amount doctor acoustic avoid".
    #[test]
    fn the_words_of_bip_39() {
        assert_eq!(DigestWords::of(&[0; 32]).to_string(), ["abandon"; 8].join(" "));
        assert_eq!(
            DigestWords::of(&[0x7f; 32]).to_string(),
            "legal winner thank year wave sausage worth useful"
        );
        assert_eq!(
            DigestWords::of(&[0x80; 32]).to_string(),
            "letter advice cage absurd amount doctor acoustic avoid"
        );
        assert_eq!(DigestWords::of(&[0xff; 32]).to_string(), ["zoo"; 8].join(" "));
    }

    #[test]
    fn eighty_eight_bits_are_compared() {
        assert_eq!(DigestWords::BITS, 88);
        let base = DigestWords::of(&[0x55; 32]);
        for at in 0..256 {
            let mut digest = [0x55; 32];
            digest[at / 8] ^= 0x80 >> (at % 8);
            assert_eq!(DigestWords::of(&digest) != base, at < 88, "bit {at}");
        }
    }
}
