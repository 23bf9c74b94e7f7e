//! Signatures that were made, by a digest of what they cover: one that is found is right, whatever has changed since.

use parking_lot::Mutex;
use std::collections::HashMap;

/// Signatures kept in the younger half of the cache. Both halves full take about 60 MB.
const HALF: usize = 1 << 18;

type Signatures = HashMap<[u8; 32], [u8; 64]>;

/// The cache: what is not asked for while one half fills up is forgotten.
#[derive(Default)]
pub(crate) struct Cache {
    halves: Mutex<(Signatures, Signatures)>,
}

impl Cache {
    /// The signature over octets with this digest, made by `sign` if there is none. Others are not kept waiting while it is made.
    pub(crate) fn signature(&self, digest: [u8; 32], sign: impl FnOnce() -> [u8; 64]) -> [u8; 64] {
        let found = {
            let (young, old) = &mut *self.halves.lock();
            match young.get(&digest) {
                Some(signature) => return *signature,
                None => old.remove(&digest),
            }
        };
        let signature = found.unwrap_or_else(sign);
        let (young, old) = &mut *self.halves.lock();
        if young.len() >= HALF {
            *old = core::mem::take(young);
        }
        young.insert(digest, signature);
        signature
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
