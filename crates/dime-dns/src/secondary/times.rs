//! When a copy is looked after, and until when it is served (RFC 1034, section 4.3.5; RFC 1035, section 3.3.13).
//!
//! | last | next look |
//! |---|---|
//! | it was seen that the copy is right | after REFRESH |
//! | nobody could be asked | after RETRY |
//! | there is no copy yet | 1, 2, 4, … seconds later, at most a minute |
//!
//! EXPIRE after it was last seen to be right, a copy is served no more.

use dime_zone::Soa;
use drip_det::UnixTime;

/// What a primary may ask for at most and at least: nobody is asked without a pause, nor forgotten.
const SHORTEST: u32 = 1;
const LONGEST: u32 = 7 * 86_400;
/// The longest pause between attempts to get a first copy.
const FIRST_PAUSE: u32 = 60;

/// The times of one copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    copy: Option<OfCopy>,
    next: UnixTime,
    failures: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OfCopy {
    /// When it was last seen to be right.
    checked: UnixTime,
    refresh: u32,
    retry: u32,
    expire: u32,
}

impl Times {
    /// No copy yet: looked after now.
    pub(crate) fn none(now: UnixTime) -> Self {
        Times { copy: None, next: now, failures: 0 }
    }

    /// A copy that was right at a time: of times ahead of the clock nothing is believed. Looked after now.
    pub(crate) fn kept(soa: &Soa, checked: UnixTime, now: UnixTime) -> Self {
        let mut times = Times::none(now);
        times.copy = Some(OfCopy::new(soa, UnixTime(checked.0.min(now.0))));
        times
    }

    /// The copy is right as of now.
    pub(crate) fn right(&mut self, soa: &Soa, now: UnixTime) {
        let copy = OfCopy::new(soa, now);
        *self = Times { copy: Some(copy), next: after(now, copy.refresh), failures: 0 };
    }

    /// It could not be found out.
    pub(crate) fn failed(&mut self, now: UnixTime) {
        let pause = self.copy.map_or(1 << self.failures.min(6), |copy| copy.retry);
        let pause = if self.copy.is_none() { pause.min(FIRST_PAUSE) } else { pause };
        self.failures = self.failures.saturating_add(1);
        self.next = after(now, pause);
    }

    /// Somebody says that there is something new.
    pub(crate) fn hurry(&mut self, now: UnixTime) {
        self.next = now;
    }

    /// Whether it is to be looked after now.
    pub(crate) fn is_due(&self, now: UnixTime) -> bool {
        // A clock that was set back must not keep it waiting for longer than any pause can be.
        self.next.0 <= now.0 || self.next.0 > now.0 + u64::from(LONGEST)
    }

    /// Whether the copy may be served.
    pub(crate) fn is_good(&self, now: UnixTime) -> bool {
        self.expires().is_some_and(|expires| now.0 < expires.0)
    }

    /// When the copy was last seen to be right.
    pub(crate) fn checked(&self) -> Option<UnixTime> {
        self.copy.map(|copy| copy.checked)
    }

    /// When it is looked after next.
    pub(crate) fn next(&self) -> UnixTime {
        self.next
    }

    /// Until when the copy may be served.
    pub(crate) fn expires(&self) -> Option<UnixTime> {
        self.copy.map(|copy| after(copy.checked, copy.expire))
    }
}

impl OfCopy {
    fn new(soa: &Soa, checked: UnixTime) -> Self {
        let (refresh, retry) = (soa.refresh.clamp(SHORTEST, LONGEST), soa.retry.clamp(SHORTEST, LONGEST));
        OfCopy { checked, refresh, retry, expire: soa.expire }
    }
}

fn after(time: UnixTime, seconds: u32) -> UnixTime {
    UnixTime(time.0.saturating_add(u64::from(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soa(refresh: u32, retry: u32, expire: u32) -> Soa {
        let name: dime_zone::Name = "ns.example.".parse().unwrap();
        Soa { mname: name.clone(), rname: name, refresh, retry, expire, minimum: 60 }
    }

    #[test]
    fn refresh_retry_expire() {
        let mut times = Times::none(UnixTime(1000));
        assert!(times.is_due(UnixTime(1000)) && !times.is_good(UnixTime(1000)));
        let soa = soa(3600, 600, 604_800);
        times.right(&soa, UnixTime(1000));
        assert!(!times.is_due(UnixTime(4599)) && times.is_due(UnixTime(4600)));
        for attempt in 0..1000 {
            let now = UnixTime(4600 + 600 * attempt);
            assert!(times.is_due(now));
            assert_eq!(times.is_good(now), now.0 < 1000 + 604_800, "{now:?}");
            times.failed(now);
            assert!(!times.is_due(UnixTime(now.0 + 599)));
        }
        assert!(!times.is_good(UnixTime(605_800)));
        times.right(&soa, UnixTime(700_000));
        assert!(times.is_good(UnixTime(700_000)));
        times.hurry(UnixTime(700_001));
        assert!(times.is_due(UnixTime(700_001)));
    }

    #[test]
    fn a_first_copy_is_tried_for_again_and_again() {
        let mut times = Times::none(UnixTime(0));
        let mut now = UnixTime(0);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            times.failed(now);
            pauses.push(times.next().0 - now.0);
            now = times.next();
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn clocks_that_jump_and_times_that_are_mad() {
        let mut times = Times::kept(&soa(10, 10, 100), UnixTime(5000), UnixTime(1000));
        assert_eq!(times.expires(), Some(UnixTime(1100)), "nothing was seen in the future");
        times.right(&soa(u32::MAX, 0, u32::MAX), UnixTime(u64::MAX - 5));
        assert!(times.is_due(UnixTime(7)), "the clock was set back");
        times.right(&soa(0, 0, 0), UnixTime(10));
        assert!(!times.is_good(UnixTime(10)) && !times.is_due(UnixTime(10)));
    }
}
