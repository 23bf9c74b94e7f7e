//! From when to when a signature is valid.
//!
//! Time is divided into services of equal length, one signature each. Where a set's services begin depends on its name, so the signatures
//! of a zone end at times spread evenly, and the zone is renewed a little at a time (RFC 6781, section 4.4.2). All sets of one name are
//! renewed together: what is kept of a DET has one time for all of its signatures.
//!
//! ```text
//!      start                    start + service
//!  ─┬────┬────────────────────────┬──────────────────────────┬──
//!   └ inception, an hour before   └ the next takes over      └ expiration = start + validity
//! ```

use super::SigningPolicy;
use crate::Name;
use drip_det::UnixTime;

/// Clocks of those who verify may be late by so much, in seconds.
const BACKDATE: u64 = 3600;

/// Inception and expiration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) inception: UnixTime,
    pub(crate) expiration: UnixTime,
}

impl Window {
    /// The window of the signatures at a name, at a moment.
    pub(crate) fn of(policy: &SigningPolicy, owner: &Name, slot: UnixTime) -> Self {
        let service = policy.service();
        let phase = spread(owner) % service;
        // A machine without a clock begins in 1970, before the first service.
        let start = slot.0.saturating_sub((slot.0 + phase) % service);
        Window {
            inception: UnixTime(start.saturating_sub(BACKDATE)),
            expiration: UnixTime(start + policy.validity()),
        }
    }
}

/// A number that differs from name to name: FNV-1a of 64 bits.
fn spread(owner: &Name) -> u64 {
    let octets = owner.wire().iter().map(u8::to_ascii_lowercase);
    octets.fold(0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dnssec::{HdaZones, UpperZones};

    const DAY: u64 = 86_400;

    #[test]
    fn a_clock_that_begins_in_1970() {
        let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Signed, HdaZones::Unsigned).unwrap();
        for now in [0, 1, 3600, DAY, 6 * DAY, 8 * DAY] {
            for host in 0..20 {
                let owner: Name = format!("h{host}.ip6.arpa.").parse().unwrap();
                let window = Window::of(&policy, &owner, UnixTime(now));
                assert!(window.inception.0 <= now && window.expiration.0 >= now + 7 * DAY, "{window:?}");
            }
        }
    }

    #[test]
    fn never_expired_and_spread_evenly() {
        let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Signed, HdaZones::Unsigned).unwrap();
        let begin = 1_795_368_000;
        let mut ends = std::collections::BTreeSet::new();
        for host in 0..200 {
            let owner: Name = format!("h{host}.3.0.0.1.0.0.2.ip6.arpa.").parse().unwrap();
            let mut last = None;
            for hour in 0..30 * 24 {
                let now = UnixTime(begin + hour * 3600);
                let window = Window::of(&policy, &owner, policy.slot(now));
                assert!(window.inception < now, "{window:?} at {now}");
                assert!(window.expiration.0 - now.0 > 7 * DAY - 6 * 3600 - 1, "{window:?} at {now}");
                assert!(window.expiration.0 - now.0 <= 14 * DAY);
                if hour == 0 {
                    ends.insert(window.expiration.0 / (6 * 3600));
                }
                if let Some(last) = last.replace(window)
                    && last != window
                {
                    assert_eq!(window.expiration.0 - last.expiration.0, 7 * DAY);
                }
            }
        }
        assert!(ends.len() > 25, "{} of 28 quarter days", ends.len());
    }
}
