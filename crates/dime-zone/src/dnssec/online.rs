//! Signatures made while somebody waits for an answer: of denials in zones that deny compactly (RFC 9824).
//!
//! There is no end of names that do not exist, and each has a signature of its own, so whoever asks for names at random has the server
//! sign for each question. What that can cost is bounded:
//!
//! | what | bound |
//! |---|---|
//! | memory | a cache of its own, for all zones together, whose size is fixed; the zones' own signatures are not displaced |
//! | time | so many new signatures a second for all zones together, refilled by the clock of [`Zones::tick`](crate::Zones::tick) |
//!
//! Whose address may be forged can have three quarters of a second's signatures; the rest is for those who have shown that the address is
//! theirs, by TCP or a cookie. Without a signature the answer is SERVFAIL: a denial without
//! one is taken for an attack by who verifies. Answers that were asked for before go on being given from the cache.

use super::Cache;
use core::sync::atomic::{AtomicU32, Ordering};
use drip_det::UnixTime;
use parking_lot::Mutex;

/// Signatures in the younger half of the cache: both halves full take about 8 MB.
const HALF: usize = 1 << 15;

/// Whether the address of who asks may be forged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asker {
    /// It may: a datagram without a cookie of ours.
    #[default]
    Unproven,
    /// It is theirs: TCP, or a cookie of ours.
    Proven,
}

/// The signatures of denials, and how many more may be made now.
pub(crate) struct Online {
    cache: Cache,
    /// New ones a second.
    rate: u32,
    left: AtomicU32,
    refilled: Mutex<UnixTime>,
}

/// New signatures a second, unless something else is said: a fifth of a core with Ed25519, two thirds with ECDSA.
pub(crate) const RATE: u32 = 8_000;

impl Default for Online {
    fn default() -> Self {
        Online::new(RATE)
    }
}

impl Online {
    pub(crate) fn new(rate: u32) -> Self {
        Online {
            cache: Cache::with_half(HALF),
            rate,
            left: AtomicU32::new(rate),
            refilled: Mutex::new(UnixTime(0)),
        }
    }

    /// Another second is another second's signatures; a clock that is set back does not keep anybody waiting.
    pub(crate) fn refill(&self, now: UnixTime) {
        let before = core::mem::replace(&mut *self.refilled.lock(), now);
        if before != now {
            self.left.store(self.rate, Ordering::Relaxed);
        }
    }

    /// The signature over octets with this digest; `None` where it would have to be made and may not be now.
    pub(crate) fn signature(
        &self,
        digest: [u8; 32],
        asker: Asker,
        sign: impl FnOnce() -> [u8; 64],
    ) -> Option<[u8; 64]> {
        self.cache.signature_if(digest, || self.take(asker).then(sign))
    }

    fn take(&self, asker: Asker) -> bool {
        let kept = match asker {
            Asker::Unproven => self.rate / 4,
            Asker::Proven => 0,
        };
        let less = |left: u32| if left > kept { left.checked_sub(1) } else { None };
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: u32) -> [u8; 32] {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&number.to_be_bytes());
        digest
    }

    #[test]
    fn so_many_a_second_and_some_kept_for_who_is_known() {
        let online = Online::new(100);
        let mut numbers = 0..;
        let mut ask = |asker| {
            let number = numbers.next().unwrap();
            online.signature(digest(number), asker, || [1; 64]).is_some()
        };
        assert_eq!((0..200).filter(|_| ask(Asker::Unproven)).count(), 75);
        assert_eq!((0..200).filter(|_| ask(Asker::Proven)).count(), 25);
        online.refill(UnixTime(1));
        online.refill(UnixTime(1));
        assert_eq!((0..200).filter(|_| ask(Asker::Proven)).count(), 100);
        online.refill(UnixTime(1));
        assert!(!ask(Asker::Proven), "the same second");
        assert_eq!(online.signature(digest(0), Asker::Unproven, || [9; 64]), Some([1; 64]), "from the cache");
        online.refill(UnixTime(0));
        assert!(ask(Asker::Unproven), "the clock was set back");
    }
}
