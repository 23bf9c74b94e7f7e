//! How many unauthenticated applications an address may send in a minute: each may cost durable storage and a person's attention.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// How many addresses are counted; beyond it newcomers are not, so memory stays bounded.
const MOST: usize = 65_536;

/// Counts of the current minute.
pub(crate) struct Throttle {
    per_minute: u32,
    counts: Mutex<Minute>,
}

#[derive(Default)]
struct Minute {
    number: u64,
    of: HashMap<IpAddr, u32>,
}

impl Throttle {
    pub(crate) fn new(per_minute: u32) -> Self {
        Throttle { per_minute, counts: Mutex::default() }
    }

    /// Counts one write; `Err` with the seconds until the next minute if it is one too many.
    pub(crate) fn count(&self, from: IpAddr, unix_seconds: u64) -> Result<(), u32> {
        let mut minute = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.number != unix_seconds / 60 {
            *minute = Minute { number: unix_seconds / 60, of: HashMap::new() };
        }
        let from = network(from);
        if minute.of.len() >= MOST && !minute.of.contains_key(&from) {
            return Ok(());
        }
        let count = minute.of.entry(from).or_insert(0);
        *count = count.saturating_add(1);
        if *count > self.per_minute { Err(60 - (unix_seconds % 60) as u32) } else { Ok(()) }
    }
}

/// An IPv6 subscriber has a whole /64.
fn network(from: IpAddr) -> IpAddr {
    match from {
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        },
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_so_many_for_each_network() {
        let throttle = Throttle::new(2);
        let from = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(throttle.count(from("192.0.2.1"), 120), Ok(()));
        assert_eq!(throttle.count(from("::ffff:192.0.2.1"), 130), Ok(()));
        assert_eq!(throttle.count(from("192.0.2.1"), 150), Err(30));
        assert_eq!(throttle.count(from("192.0.2.2"), 150), Ok(()));
        assert_eq!(throttle.count(from("192.0.2.1"), 180), Ok(()));
        assert_eq!(throttle.count(from("2001:db8::1"), 180), Ok(()));
        assert_eq!(throttle.count(from("2001:db8::2"), 180), Ok(()));
        assert_eq!(throttle.count(from("2001:db8::3"), 180), Err(60));
    }
}
