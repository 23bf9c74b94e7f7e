//! Keys that were found to be good a moment ago: an endorsement and the certificates beside it are about the same key, and to find out
//! that 32 octets are a good one costs a third of a signature.

use drip_det::{HostIdentity, InvalidKey};
use std::sync::{Mutex, PoisonError};

/// How many keys are remembered: one for each first octet modulo this.
const PLACES: usize = 32;

/// A few of the last keys. Whether a key is good does not change, so nothing here is ever out of date.
pub(super) struct KnownKeys(Mutex<[Option<HostIdentity>; PLACES]>);

impl KnownKeys {
    pub(super) const fn new() -> Self {
        KnownKeys(Mutex::new([None; PLACES]))
    }

    /// The key of these octets.
    pub(super) fn read(&self, octets: &[u8; 32]) -> Result<HostIdentity, InvalidKey> {
        match self.at(octets, |place| *place) {
            Some(known) if known.as_bytes() == octets => Ok(known),
            _ => HostIdentity::from_bytes(octets).inspect(|hi| self.note(hi)),
        }
    }

    /// Remembers a key.
    pub(super) fn note(&self, hi: &HostIdentity) {
        self.at(hi.as_bytes(), |place| *place = Some(*hi));
    }

    fn at<T: Default>(&self, octets: &[u8; 32], act: impl FnOnce(&mut Option<HostIdentity>) -> T) -> T {
        let [first, ..] = octets;
        // Whoever panicked while holding it left a whole key or none.
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.get_mut(usize::from(*first) % PLACES).map(act).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PrivateKey;
    use zeroize::Zeroizing;

    #[test]
    fn only_what_was_found_good_is_known() {
        let keys = KnownKeys::new();
        for seed in 0..200 {
            let hi = *PrivateKey::from_seed(&Zeroizing::new([seed; 32])).hi();
            for _ in 0..2 {
                assert_eq!(keys.read(hi.as_bytes()), Ok(hi));
            }
            // A neighbour in the same place, which is no key, or another one.
            let mut other = *hi.as_bytes();
            other[31] ^= 1;
            assert_eq!(keys.read(&other), HostIdentity::from_bytes(&other));
            assert_eq!(keys.read(hi.as_bytes()), Ok(hi));
        }
        let mut small = [0; 32];
        small[0] = 1;
        assert_eq!(keys.read(&small), Err(InvalidKey::SmallOrder));
    }
}
