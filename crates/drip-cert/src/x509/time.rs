//! Times of a certificate (RFC 5280, section 4.1.2.5): whole seconds from 1970 to the end of 9999.

use crate::write::{GENERALIZED_TIME, UTC_TIME, tlv};
use alloc::vec::Vec;
use core::{fmt, time::Duration};
use der::DateTime;
use drip_det::UnixTime;

/// A time that a certificate can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CertTime(DateTime);

/// A time after the year 9999, which a certificate cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Unix time {0} lies after 9999-12-31T23:59:59Z, the last time a certificate can hold")]
pub struct OutsideCertTime(pub u64);

impl CertTime {
    /// 9999-12-31T23:59:59Z: "no end" (RFC 5280, section 4.1.2.5).
    pub const FOREVER: CertTime = CertTime(DateTime::INFINITY);

    /// The same moment in a certificate.
    pub fn new(time: UnixTime) -> Result<Self, OutsideCertTime> {
        DateTime::from_unix_duration(Duration::from_secs(time.0))
            .map(CertTime)
            .map_err(|_| OutsideCertTime(time.0))
    }

    /// The same moment in Unix time.
    pub fn to_unix(self) -> UnixTime {
        UnixTime(self.0.unix_duration().as_secs())
    }

    /// UTCTime until 2049, GeneralizedTime after.
    pub(crate) fn to_der(self) -> Vec<u8> {
        if self.0.year() < 2050 {
            let [_, short @ ..] = self.digits();
            tlv(UTC_TIME, &[short.as_flattened(), b"Z"])
        } else {
            self.to_generalized()
        }
    }

    /// GeneralizedTime, whatever the year.
    pub(crate) fn to_generalized(self) -> Vec<u8> {
        tlv(GENERALIZED_TIME, &[self.digits().as_flattened(), b"Z"])
    }

    /// Century, year, month, day, hour, minute, second: two digits each.
    fn digits(self) -> [[u8; 2]; 7] {
        let time = self.0;
        let year = time.year();
        let (month, day, hour) = (time.month(), time.day(), time.hour());
        let parts =
            [(year / 100) as u8, (year % 100) as u8, month, day, hour, time.minutes(), time.seconds()];
        parts.map(|part| [b'0' + part / 10, b'0' + part % 10])
    }

    pub(crate) fn from_date_time(time: DateTime) -> Self {
        CertTime(time)
    }

    pub(crate) fn from_x509(time: x509_cert::time::Time) -> Self {
        CertTime(time.to_date_time())
    }
}

impl TryFrom<UnixTime> for CertTime {
    type Error = OutsideCertTime;

    fn try_from(time: UnixTime) -> Result<Self, OutsideCertTime> {
        Self::new(time)
    }
}

/// As Unix times are written: `2026-01-01T00:00:00Z`.
impl fmt::Display for CertTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_unix().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_changes_with_2050() {
        let der = |seconds| CertTime::new(UnixTime(seconds)).unwrap().to_der();
        assert_eq!(der(2_524_607_999), b"\x17\x0d491231235959Z");
        assert_eq!(der(2_524_608_000), b"\x18\x0f20500101000000Z");
        assert_eq!(CertTime::FOREVER.to_der(), b"\x18\x0f99991231235959Z");
        assert_eq!(CertTime::new(UnixTime(253_402_300_799)), Ok(CertTime::FOREVER));
        assert_eq!(CertTime::new(UnixTime(253_402_300_800)), Err(OutsideCertTime(253_402_300_800)));
        assert!(CertTime::new(UnixTime(u64::MAX)).is_err());
        assert_eq!(CertTime::FOREVER.to_unix(), UnixTime(253_402_300_799));
    }
}
