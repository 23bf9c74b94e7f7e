//! Response rate limiting: what stands between a question with a forged source and whom it claims to come from.
//!
//! Answers to one network, of one kind, are counted in a bucket that fills with time. Beyond it they are dropped, but for every n-th,
//! which is answered truncated and empty (slip): who is really there asks again over TCP, and a victim gets less than was sent in its
//! name. TCP and valid cookies are never limited: they prove the source.
//!
//! The buckets are a table of fixed size that all threads share, each bucket one atomic word: no lock, no allocation, nothing that an
//! attacker can make grow. Where two networks meet in one place of the table both keep their own bucket, or the one that has been silent
//! longer starts anew: strangers are let through rather than neighbours silenced.

use crate::Network;
use siphasher::sip::SipHasher13;
use std::{
    hash::Hasher,
    net::IpAddr,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};

/// What is answered; each kind has buckets of its own, so that a flood of one leaves the others alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseKind {
    /// Records, or none of that type at a name that exists.
    Answer,
    /// No such name.
    NxDomain,
    /// A zone below.
    Referral,
    /// Refused, not understood, not implemented.
    Error,
}

/// What to do with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Send it.
    Send,
    /// Send it truncated and empty.
    Slip,
    /// Send nothing.
    Drop,
}

/// How much is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimitConfig {
    /// Responses of one kind to one network in a second; 0 for no limit.
    pub per_second: u32,
    /// How many seconds of silence are saved up for a burst.
    pub window: u32,
    /// Every so many limited responses one is sent truncated; 1 for each, 0 for none.
    pub slip: u32,
    /// Bits of an IPv4 address that make a network.
    pub ipv4_prefix: u8,
    /// Bits of an IPv6 address that make a network.
    pub ipv6_prefix: u8,
    /// Places in the table, 8 octets each, rounded up to a power of two.
    pub places: usize,
    /// Who is never limited: resolvers and monitors of the operator's own, whose addresses nobody outside can forge.
    pub exempt: Vec<Network>,
}

impl Default for RateLimitConfig {
    fn default() -> Self {
        RateLimitConfig {
            per_second: 1000,
            window: 5,
            slip: 2,
            ipv4_prefix: 24,
            ipv6_prefix: 56,
            places: 1 << 17,
            exempt: Vec::new(),
        }
    }
}

/// The buckets.
pub struct RateLimit {
    config: RateLimitConfig,
    key: [u8; 16],
    places: Box<[AtomicU64]>,
    limited: AtomicU32,
    /// Ticks that a response costs, and ticks that may be owed.
    cost: u64,
    burst: u64,
}

/// Bits of a bucket that say until when it is paid for; the others say whose it is.
const TICK_BITS: u32 = 40;
const TICKS: u64 = (1 << TICK_BITS) - 1;
/// Ticks in a millisecond: 2^40 of them are 6 months, and compared on a circle.
const PER_MILLISECOND: u64 = 64;
/// Places next to each other that a network may have its bucket in.
const WAYS: usize = 4;

impl RateLimit {
    /// Empty buckets; `key` is random, so that nobody can tell which networks share a place. `None` where there is no limit.
    pub fn new(config: RateLimitConfig, key: [u8; 16]) -> Option<Self> {
        let cost = (1000 * PER_MILLISECOND).checked_div(u64::from(config.per_second))?.max(1);
        let burst = u64::from(config.window.max(1)) * 1000 * PER_MILLISECOND;
        let places = config.places.max(WAYS).next_power_of_two();
        Some(RateLimit {
            config,
            key,
            places: (0..places).map(|_| AtomicU64::new(0)).collect(),
            limited: AtomicU32::new(0),
            cost,
            burst,
        })
    }

    /// Counts a response that is ready to be sent, at a time in milliseconds of a clock that does not go back.
    pub fn decide(&self, address: IpAddr, kind: ResponseKind, milliseconds: u64) -> Decision {
        let hash = self.hash(address, kind);
        // Never 0, which an empty place has.
        let owner = (hash >> TICK_BITS) | 1;
        let now = milliseconds.wrapping_mul(PER_MILLISECOND) & TICKS;
        let first = hash as usize & (self.places.len() - 1) & !(WAYS - 1);
        let Some(ways) = self.places.get(first..first + WAYS) else { return Decision::Send };
        let bucket = ways.iter().find(|way| way.load(Ordering::Relaxed) >> TICK_BITS == owner);
        let Some(bucket) =
            bucket.or_else(|| ways.iter().min_by_key(|way| owed(way.load(Ordering::Relaxed), now)))
        else {
            return Decision::Send;
        };
        let mut held = bucket.load(Ordering::Relaxed);
        loop {
            let owed = if held >> TICK_BITS == owner { owed(held, now) } else { 0 };
            if owed + self.cost > self.burst {
                return self.beyond(address);
            }
            let next = owner << TICK_BITS | (now + owed + self.cost) & TICKS;
            match bucket.compare_exchange_weak(held, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Decision::Send,
                Err(other) => held = other,
            }
        }
    }

    fn beyond(&self, address: IpAddr) -> Decision {
        if self.config.exempt.iter().any(|network| network.contains(address)) {
            return Decision::Send;
        }
        let count = self.limited.fetch_add(1, Ordering::Relaxed);
        match count.checked_rem(self.config.slip) {
            Some(0) => Decision::Slip,
            _ => Decision::Drop,
        }
    }

    fn hash(&self, address: IpAddr, kind: ResponseKind) -> u64 {
        let mut hasher = SipHasher13::new_with_key(&self.key);
        let network = match address.to_canonical() {
            IpAddr::V4(address) => {
                let bits = u32::from(self.config.ipv4_prefix.min(32));
                u128::from(address.to_bits() & !u32::MAX.checked_shr(bits).unwrap_or(0)) | 1 << 127
            }
            IpAddr::V6(address) => {
                let bits = u32::from(self.config.ipv6_prefix.min(128));
                address.to_bits() & !u128::MAX.checked_shr(bits).unwrap_or(0)
            }
        };
        hasher.write_u128(network);
        hasher.write_u8(kind as u8);
        hasher.finish()
    }
}

/// Ticks that a bucket is ahead of the time, none where it is behind.
fn owed(bucket: u64, now: u64) -> u64 {
    let ahead = (bucket & TICKS).wrapping_sub(now) & TICKS;
    if ahead > TICKS / 2 { 0 } else { ahead }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(per_second: u32, slip: u32) -> RateLimit {
        let config =
            RateLimitConfig { per_second, window: 2, slip, places: 1 << 10, ..RateLimitConfig::default() };
        RateLimit::new(config, [9; 16]).unwrap()
    }

    fn sent(limit: &RateLimit, address: &str, times: u32, at: u64) -> u32 {
        let address = address.parse().unwrap();
        let decide = |_: &u32| limit.decide(address, ResponseKind::Answer, at) == Decision::Send;
        (0..times).filter(decide).count() as u32
    }

    #[test]
    fn a_burst_then_the_rate() {
        // Over the end of the circle of ticks as well.
        for start in [0, (1 << TICK_BITS) / PER_MILLISECOND - 3000, u64::MAX - 1500] {
            let limit = limit(100, 0);
            assert_eq!(sent(&limit, "192.0.2.7", 1000, start), 200, "two seconds at once");
            assert_eq!(sent(&limit, "192.0.2.9", 1000, start), 0, "the same network");
            assert_eq!(sent(&limit, "192.0.3.7", 150, start), 150, "another");
            assert_eq!(sent(&limit, "192.0.2.7", 1000, start.wrapping_add(500)), 50);
            assert_eq!(sent(&limit, "192.0.2.7", 1000, start.wrapping_add(10_000)), 200);
        }
    }

    #[test]
    fn networks_and_kinds() {
        let limit = limit(10, 0);
        assert_eq!(sent(&limit, "2001:db8:1:100::1", 100, 0), 20);
        assert_eq!(sent(&limit, "2001:db8:1:1ff::2", 100, 0), 0, "one /56");
        assert_eq!(sent(&limit, "2001:db8:1:200::2", 100, 0), 20, "the next");
        let address = "2001:db8:1:100::1".parse().unwrap();
        assert_eq!(limit.decide(address, ResponseKind::NxDomain, 0), Decision::Send);
        assert_eq!(sent(&limit, "::ffff:192.0.2.1", 100, 0), 20);
        assert_eq!(sent(&limit, "192.0.2.2", 100, 0), 0, "the same address written otherwise");
    }

    #[test]
    fn the_exempt_are_never_limited() {
        let exempt = ["192.0.2.0/28", "2001:db8::1"].map(|text| text.parse().unwrap()).to_vec();
        let config = RateLimitConfig { per_second: 10, window: 2, exempt, ..RateLimitConfig::default() };
        let limit = RateLimit::new(config, [9; 16]).unwrap();
        assert_eq!(sent(&limit, "192.0.2.7", 1000, 0), 1000);
        assert_eq!(sent(&limit, "::ffff:192.0.2.7", 1000, 0), 1000);
        assert_eq!(sent(&limit, "2001:db8::1", 1000, 0), 1000);
        assert_eq!(sent(&limit, "2001:db8::2", 1000, 0), 0, "its network has had its share");
        assert_eq!(sent(&limit, "192.0.2.77", 1000, 0), 0);
        assert_eq!(sent(&limit, "192.0.3.7", 1000, 0), 20);
    }

    #[test]
    fn every_so_many_slip() {
        for (slip, expected) in [(0, 0), (1, 300), (2, 150), (3, 100)] {
            let limit = limit(10, slip);
            sent(&limit, "192.0.2.1", 20, 0);
            let address = "192.0.2.1".parse().unwrap();
            let decisions: Vec<_> =
                (0..300).map(|_| limit.decide(address, ResponseKind::Answer, 0)).collect();
            assert!(!decisions.contains(&Decision::Send));
            assert_eq!(decisions.iter().filter(|&&each| each == Decision::Slip).count(), expected, "{slip}");
        }
    }

    #[test]
    fn a_flood_of_networks_does_not_lift_the_limit_of_one_that_asks_on() {
        let limit = limit(100, 0);
        sent(&limit, "192.0.2.1", 400, 0);
        let mut through = 0;
        for network in 0..20_000_u32 {
            let stranger = IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + (network << 8)));
            limit.decide(stranger, ResponseKind::Answer, 1);
            through += sent(&limit, "192.0.2.1", 1, 1);
        }
        assert_eq!(through, 0, "who owes most is forgotten last");
        assert_eq!(limit.places.len(), 1 << 10);
    }

    #[test]
    fn threads_share_the_buckets() {
        let limit = limit(1000, 0);
        let total: u32 = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| sent(&limit, "192.0.2.1", 5000, 0))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(total, 2000);
    }

    #[test]
    fn no_limit_and_odd_configurations() {
        assert!(
            RateLimit::new(RateLimitConfig { per_second: 0, ..RateLimitConfig::default() }, [0; 16])
                .is_none()
        );
        let odd = RateLimitConfig {
            per_second: u32::MAX,
            window: 0,
            places: 0,
            ipv4_prefix: 200,
            ipv6_prefix: 0,
            slip: 1,
            exempt: Vec::new(),
        };
        let limit = RateLimit::new(odd, [0; 16]).unwrap();
        assert_eq!(sent(&limit, "192.0.2.1", 50_000, 0), 50_000);
    }
}
