//! How long responses take, in buckets that each are four times as wide as the one before: from a few microseconds to a second.

use core::time::Duration;

/// Upper ends of the buckets, in microseconds; the last bucket has none.
pub(crate) const BOUNDS: [u64; 10] = [4, 16, 64, 256, 1_000, 4_000, 16_000, 64_000, 256_000, 1_000_000];
/// How many buckets there are.
pub(crate) const BUCKETS: usize = BOUNDS.len() + 1;

/// What one thread has measured of one transport.
#[derive(Clone, Copy, Default)]
pub(crate) struct Measured {
    pub(crate) buckets: [u64; BUCKETS],
    pub(crate) seconds: f64,
}

impl Measured {
    /// So many responses took so long each.
    pub(crate) fn add(&mut self, responses: u64, took: Duration) {
        let micros = took.as_nanos().div_ceil(1000);
        let bucket = BOUNDS.iter().take_while(|bound| micros > u128::from(**bound)).count();
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count += responses;
        }
        self.seconds += took.as_secs_f64() * responses as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_has_its_bucket() {
        for (nanos, bucket) in [
            (0, 0),
            (4_000, 0),
            (4_001, 1),
            (16_000, 1),
            (999_999, 4),
            (1_000_000_000, 9),
            (1_000_000_001, 10),
        ] {
            let mut measured = Measured::default();
            measured.add(3, Duration::from_nanos(nanos));
            assert_eq!(measured.buckets[bucket], 3, "{nanos}");
            assert_eq!(measured.buckets.iter().sum::<u64>(), 3);
        }
    }
}
