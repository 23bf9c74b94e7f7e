//! Times as the text of X.509 validity (RFC 5280, section 4.1.2.5): UTCTime `YYMMDDHHMMSSZ`, GeneralizedTime `YYYYMMDDHHMMSSZ`.
//!
//! They are written with every answer that has a certificate, hence by arithmetic and not through the text of the time.

use drip_det::DripTime;

const DAY: u64 = 86_400;

/// The time as GeneralizedTime. [`DripTime::FOREVER`] is the end of year 9999, as in certificates without a well-defined expiry.
pub(crate) fn generalized_time(time: DripTime) -> [u8; 15] {
    if time == DripTime::FOREVER {
        return *b"99991231235959Z";
    }
    let seconds = time.to_unix().0;
    let (year, month, day) = date(seconds / DAY);
    let second = seconds % DAY;
    let [y0, y1] = digits(year / 100);
    let [y2, y3] = digits(year % 100);
    let [o0, o1] = digits(month);
    let [d0, d1] = digits(day);
    let [h0, h1] = digits(second / 3600);
    let [m0, m1] = digits(second / 60 % 60);
    let [s0, s1] = digits(second % 60);
    [y0, y1, y2, y3, o0, o1, d0, d1, h0, h1, m0, m1, s0, s1, b'Z']
}

/// The time as UTCTime, the year without its century.
pub(crate) fn utc_time(time: DripTime) -> [u8; 13] {
    let [_, _, text @ ..] = generalized_time(time);
    text
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
///
/// Years are counted from March, so that the day that some have more is their last; 400 of them have 146,097 days.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Months from March: 153 days in five of them, 31 and 30 in turn.
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (400 * era + year + u64::from(month <= 2), month, day)
}

/// Two digits of a number below 100.
fn digits(number: u64) -> [u8; 2] {
    let number = number as u8;
    [b'0' + number / 10, b'0' + number % 10]
}

#[cfg(test)]
mod tests {
    use super::*;
    use drip_det::UnixTime;

    #[test]
    fn both_texts() {
        let time = DripTime::from_unix(UnixTime(1_744_232_186)).unwrap();
        assert_eq!(&utc_time(time), b"250409205626Z");
        assert_eq!(&generalized_time(time), b"20250409205626Z");
        assert_eq!(&generalized_time(DripTime::FOREVER), b"99991231235959Z");
    }

    #[test]
    fn every_day_there_is_reads_like_its_rfc_3339_text() {
        let last = DripTime(u32::MAX - 1).to_unix().0;
        let first = DripTime(0).to_unix().0;
        // A day and a bit over a second further each time: all hours, minutes and seconds come, too.
        for seconds in (first..=last).step_by(DAY as usize + 3661) {
            let unix = UnixTime(seconds);
            let text: String = unix.to_string().chars().filter(char::is_ascii_digit).collect();
            let time = DripTime::from_unix(unix).unwrap();
            assert_eq!(generalized_time(time)[..14], text.as_bytes()[..14], "{unix}");
        }
    }
}
