//! The two clocks of DRIP: seconds since 2019 in endorsements, seconds since 1970 everywhere else (RFC 9575, section 3.2.1).

use core::fmt;

/// 2019-01-01T00:00:00Z in Unix time.
const EPOCH_2019: u64 = 1_546_300_800;

/// Unix time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub u64);

/// DRIP time: whole seconds since 2019-01-01T00:00:00Z, as in the VNB and VNA of endorsements. It ends in February 2155.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DripTime(pub u32);

/// A time that 32 bits of DRIP time cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Unix time {0} is outside DRIP time, 2019-01-01 to 2155-02-07")]
pub struct OutsideDripTime(pub u64);

impl DripTime {
    /// "Never ends": the VNA of a manufacturer's endorsement, whose certificate says 9999-12-31.
    pub const FOREVER: DripTime = DripTime(u32::MAX);

    /// The same moment in DRIP time.
    pub fn from_unix(time: UnixTime) -> Result<Self, OutsideDripTime> {
        time.0
            .checked_sub(EPOCH_2019)
            .and_then(|seconds| u32::try_from(seconds).ok())
            .map(DripTime)
            .ok_or(OutsideDripTime(time.0))
    }

    /// The same moment in Unix time.
    pub const fn to_unix(self) -> UnixTime {
        UnixTime(self.0 as u64 + EPOCH_2019)
    }

    /// Whether the number is, for a date of our time, a Unix time written by mistake: RFC 9575's and RFC 9886's own examples do so.
    ///
    /// Read as DRIP time such numbers mean 2066 or later; read as Unix time, July 2017 or later.
    pub const fn looks_like_unix(self) -> bool {
        self.0 >= 1_500_000_000 && self.0 != u32::MAX
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0 / 86_400;
        let second = self.0 % 86_400;
        let (year, month, day) = civil_from_days(days);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    }
}

impl fmt::Display for DripTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::FOREVER { f.write_str("forever") } else { self.to_unix().fmt(f) }
    }
}

/// Year, month and day of a day number counted from 1970-01-01, by the Gregorian calendar.
///
/// Days are counted from 0000-03-01, so that the leap day ends a year of the count.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_two_epochs() {
        assert_eq!(DripTime(0).to_unix(), UnixTime(1_546_300_800));
        assert_eq!(DripTime(0).to_string(), "2019-01-01T00:00:00Z");
        assert_eq!(DripTime::from_unix(UnixTime(1_546_300_799)), Err(OutsideDripTime(1_546_300_799)));
        assert_eq!(DripTime::from_unix(DripTime(u32::MAX).to_unix()), Ok(DripTime::FOREVER));
        assert!(DripTime::from_unix(UnixTime(DripTime::FOREVER.to_unix().0 + 1)).is_err());
    }

    #[test]
    fn dates_are_written_right() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_744_232_186, "2025-04-09T20:56:26Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(UnixTime(seconds).to_string(), text);
        }
    }

    #[test]
    fn unix_times_in_endorsements_are_noticed() {
        assert!(DripTime(1_744_232_186).looks_like_unix(), "RFC 9886's example");
        assert!(!DripTime(220_924_800).looks_like_unix(), "2026 in DRIP time");
        assert!(!DripTime::FOREVER.looks_like_unix());
    }
}
