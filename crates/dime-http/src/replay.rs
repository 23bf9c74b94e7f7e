//! Signatures that must not work twice.
//!
//! A signature may be sent again for as long as it is fresh (RFC 9421, section 7.2.2). Reading is harmless, and so is registering: the
//! same CSR gives the same registration. Everything else that changes something accepts each signature once. The memory is this
//! process's and lasts as long as a signature can be fresh; after a restart the most that a captured request can repeat within the five
//! minutes is its own revocation (already done) or its own renewal (asked for by the holder of the key).

use drip_client::message_signature::{Proved, WINDOW};
use drip_det::UnixTime;
use std::{collections::BTreeMap, sync::Mutex};

/// How many signatures are remembered: each is a verified one, by a registered key.
const MOST: usize = 65_536;

/// The signatures used within the window.
#[derive(Default)]
pub(crate) struct Replays {
    /// Signature to the time after which it is too old anyway.
    used: Mutex<BTreeMap<[u8; 64], u64>>,
}

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It is the first use.
    First,
    /// It was used before.
    Again,
    /// So many are in use that this one could not be remembered.
    Full,
}

impl Replays {
    /// Uses a signature.
    pub(crate) fn spend(&self, proved: &Proved, now: UnixTime) -> Use {
        self.spend_octets(proved.signature(), proved.created(), now)
    }

    fn spend_octets(&self, signature: &[u8; 64], created: UnixTime, now: UnixTime) -> Use {
        let mut used = self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if used.contains_key(signature) {
            return Use::Again;
        }
        if used.len() >= MOST {
            used.retain(|_, until| *until >= now.0);
        }
        if used.len() >= MOST {
            return Use::Full;
        }
        used.insert(*signature, created.0 + WINDOW);
        Use::First
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_each_and_old_ones_make_room() {
        let replays = Replays::default();
        let now = UnixTime(1_000_000);
        let signature = |number: usize| {
            let mut octets = [0; 64];
            octets[..8].copy_from_slice(&number.to_be_bytes());
            octets
        };
        for number in 0..MOST {
            assert_eq!(replays.spend_octets(&signature(number), now, now), Use::First);
        }
        assert_eq!(replays.spend_octets(&signature(0), now, now), Use::Again);
        assert_eq!(replays.spend_octets(&signature(MOST), now, now), Use::Full);
        let later = UnixTime(now.0 + WINDOW + 1);
        assert_eq!(replays.spend_octets(&signature(MOST), later, later), Use::First);
    }
}
