//! Times as the text of X.509 validity (RFC 5280, section 4.1.2.5): UTCTime `YYMMDDHHMMSSZ`, GeneralizedTime `YYYYMMDDHHMMSSZ`.

use core::fmt::Write;
use drip_det::DripTime;

/// The time as GeneralizedTime. [`DripTime::FOREVER`] is the end of year 9999, as in certificates without a well-defined expiry.
pub(crate) fn generalized_time(time: DripTime) -> [u8; 15] {
    if time == DripTime::FOREVER {
        return *b"99991231235959Z";
    }
    let mut digits = Digits { text: *b"00000000000000Z", count: 0 };
    // Writing into an array cannot fail.
    let _ = write!(digits, "{}", time.to_unix());
    digits.text
}

/// The time as UTCTime, the year without its century.
pub(crate) fn utc_time(time: DripTime) -> [u8; 13] {
    let mut text = *b"0000000000000";
    for (to, from) in text.iter_mut().zip(generalized_time(time).into_iter().skip(2)) {
        *to = from;
    }
    text
}

/// Keeps the digits of what is written and drops the rest: RFC 3339 text becomes ASN.1 time.
struct Digits {
    text: [u8; 15],
    count: usize,
}

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for digit in text.bytes().filter(u8::is_ascii_digit) {
            if let Some(slot) = self.text.get_mut(self.count).filter(|_| self.count < 14) {
                *slot = digit;
                self.count += 1;
            }
        }
        Ok(())
    }
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
}
