//! A histogram of durations that stays small: each power of two nanoseconds in 32 parts, so a value is known to about 3 %.

use std::time::Duration;

const PARTS: u32 = 32;

/// Counted durations.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { counts: vec![0; 64 * PARTS as usize], total: 0, longest: Duration::ZERO }
    }
}

impl Histogram {
    /// Counts one.
    pub fn add(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX).max(u64::from(PARTS));
        let power = nanoseconds.ilog2();
        let part = (nanoseconds >> (power - PARTS.ilog2())) - u64::from(PARTS);
        self.counts[(power * PARTS) as usize + part as usize] += 1;
        self.total += 1;
        self.longest = self.longest.max(duration);
    }

    /// Counts what another has counted.
    pub fn join(&mut self, other: &Histogram) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(mine, theirs)| *mine += theirs);
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// How many were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The longest of them.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// The duration that this share of them did not exceed; 0 of none.
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = ((self.total as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                let (power, part) = (index as u32 / PARTS, index as u64 % u64::from(PARTS));
                let upper = (u128::from(part + u64::from(PARTS)) + 1) << (power - PARTS.ilog2());
                return Duration::from_nanos(u64::try_from(upper).unwrap_or(u64::MAX)).min(self.longest);
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;
    use std::time::Duration;

    #[test]
    fn quantiles_are_known_to_a_thirtieth() {
        let mut histogram = Histogram::default();
        (1..=10_000).for_each(|micros| histogram.add(Duration::from_micros(micros)));
        for (share, micros) in [(0.5, 5_000.0), (0.99, 9_900.0), (0.999, 9_990.0), (1.0, 10_000.0)] {
            let found = histogram.quantile(share).as_secs_f64() * 1e6;
            assert!((found / micros - 1.0).abs() < 1.0 / 30.0, "{share}: {found} for {micros}");
        }
        assert_eq!(histogram.total(), 10_000);
        assert_eq!(histogram.longest(), Duration::from_millis(10));
        assert_eq!(Histogram::default().quantile(0.99), Duration::ZERO);
    }
}
