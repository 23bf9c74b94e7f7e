//! Signatures that were made, by a digest of what they cover: one that is found is right, whatever has changed since.

use parking_lot::Mutex;
use std::collections::HashMap;

/// Signatures kept in the younger half of a zone's cache. Both halves full take about 60 MB.
const HALF: usize = 1 << 18;

type Signatures = HashMap<[u8; 32], [u8; 64]>;

/// The cache: what is not asked for while one half fills up is forgotten.
pub(crate) struct Cache {
    half: usize,
    halves: Mutex<(Signatures, Signatures)>,
}

impl Default for Cache {
    fn default() -> Self {
        Cache::with_half(HALF)
    }
}

impl Cache {
    /// A cache whose halves have room for so many signatures each.
    pub(crate) fn with_half(half: usize) -> Self {
        Cache { half, halves: Mutex::default() }
    }

    /// The signature over octets with this digest, made by `sign` if there is none. Others are not kept waiting while it is made.
    pub(crate) fn signature(&self, digest: [u8; 32], sign: impl FnOnce() -> [u8; 64]) -> [u8; 64] {
        self.signature_if(digest, || Some(sign())).unwrap_or([0; 64])
    }

    /// The same, where `sign` may decline.
    pub(crate) fn signature_if(
        &self,
        digest: [u8; 32],
        sign: impl FnOnce() -> Option<[u8; 64]>,
    ) -> Option<[u8; 64]> {
        let found = {
            let (young, old) = &mut *self.halves.lock();
            match young.get(&digest) {
                Some(signature) => return Some(*signature),
                None => old.remove(&digest),
            }
        };
        let signature = match found {
            Some(signature) => signature,
            None => sign()?,
        };
        let (young, old) = &mut *self.halves.lock();
        if young.len() >= self.half {
            *old = core::mem::take(young);
        }
        young.insert(digest, signature);
        Some(signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_forgotten_when_not_asked_for() {
        let cache = Cache::default();
        let mut made = 0;
        let mut ask = |number: usize| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&number.to_be_bytes());
            cache.signature(digest, || {
                made += 1;
                [number as u8; 64]
            })
        };
        assert_eq!((ask(1), ask(1)), ([1; 64], [1; 64]));
        for number in 2..2 * HALF + 2 {
            ask(number);
            if number % 1000 == 0 {
                ask(1);
            }
        }
        assert_eq!(made, 2 * HALF + 1);
        let halves = cache.halves.lock();
        assert!(halves.0.len() <= HALF && halves.1.len() <= HALF);
    }
}
