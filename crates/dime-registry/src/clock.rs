//! Where the registry learns what time it is.

use drip_det::UnixTime;

/// A clock. Tests set it; [`SystemClock`] asks the machine.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> UnixTime;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        // A machine set before 1970 reads as 1970: every validity is then refused as out of range, which is the right answer.
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        UnixTime(since.map_or(0, |duration| duration.as_secs()))
    }
}
