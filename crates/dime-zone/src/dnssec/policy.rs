//! What is signed, and for how long.

use drip_det::UnixTime;

/// Whether Apex and RAA zones must be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpperZones {
    /// Without keys they are not served: these levels must be signed (RFC 9886, section 7.1).
    Signed,
    /// In a TEST tree they are served without signatures where they have no keys.
    Test,
}

/// Whether HDA zones are signed, and how. Unlike the levels above, their names are the DETs in use, which an NSEC chain tells everybody who
/// asks. A zone that is to be signed and has no keys is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HdaZones {
    /// Not signed.
    Unsigned,
    /// Signed, with compact denial.
    Compact,
    /// Signed, with an NSEC chain.
    Nsec,
}

/// How a signed zone says what there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// By a chain of NSEC records from each name to the next (RFC 4035): other servers can have the zone, and everybody can list it.
    Nsec,
    /// By an NSEC record made when asked, which says nothing of any other name (RFC 9824): needs a key where the answers are made.
    Compact,
}

impl HdaZones {
    /// How such zones deny; `None` where they are not signed.
    pub const fn denial(self) -> Option<Denial> {
        match self {
            HdaZones::Unsigned => None,
            HdaZones::Compact => Some(Denial::Compact),
            HdaZones::Nsec => Some(Denial::Nsec),
        }
    }
}

/// How zones are signed; times in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningPolicy {
    validity: u64,
    refresh: u64,
    /// Apex and RAA zones.
    pub upper: UpperZones,
    /// HDA zones, unless something else is said of one.
    pub hda: HdaZones,
}

/// Periods that no zone can be signed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Signatures would have to be renewed at once, or never.
    #[error(
        "signatures valid for {validity} s cannot be renewed {refresh} s before they end: at least 60 s must lie between"
    )]
    Refresh {
        /// How long signatures are valid.
        validity: u64,
        /// How long before their end they are renewed.
        refresh: u64,
    },
    /// There is no time to renew anything.
    #[error("signatures must be renewed at least 60 s before they end, not {0} s")]
    Short(u64),
    /// The times of RRSIG records wrap around after 68 years (RFC 4034, section 3.1.5).
    #[error("signatures cannot be valid for {0} s: ten years at most")]
    Long(u64),
}

/// Contents signed again: at most so often, in seconds.
const RESIGN_INTERVAL: u64 = 6 * 3600;
const MINUTE: u64 = 60;
const TEN_YEARS: u64 = 10 * 366 * 86_400;

impl SigningPolicy {
    /// Signatures valid for `validity` seconds, renewed when `refresh` seconds are left.
    pub fn new(validity: u64, refresh: u64, upper: UpperZones, hda: HdaZones) -> Result<Self, PolicyError> {
        if validity > TEN_YEARS {
            return Err(PolicyError::Long(validity));
        }
        if refresh < MINUTE {
            return Err(PolicyError::Short(refresh));
        }
        if validity < refresh + MINUTE {
            return Err(PolicyError::Refresh { validity, refresh });
        }
        Ok(SigningPolicy { validity, refresh, upper, hda })
    }

    /// How long signatures are valid.
    pub fn validity(&self) -> u64 {
        self.validity
    }

    /// How long before their end they are renewed, at the latest.
    pub fn refresh(&self) -> u64 {
        self.refresh
    }

    /// How long one signature serves before the next takes its place.
    pub(crate) fn service(&self) -> u64 {
        self.validity - self.refresh
    }

    /// The zone's clock: `now`, rounded down so far that the contents of a zone change a few times a day.
    pub(crate) fn slot(&self, now: UnixTime) -> UnixTime {
        let interval = RESIGN_INTERVAL.min(self.refresh / 4).min(self.service() / 4).max(15);
        UnixTime(now.0 - now.0 % interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_that_cannot_be() {
        let policy =
            |validity, refresh| SigningPolicy::new(validity, refresh, UpperZones::Signed, HdaZones::Unsigned);
        assert!(policy(14 * 86_400, 7 * 86_400).is_ok());
        assert!(policy(120, 60).is_ok());
        assert_eq!(policy(119, 60), Err(PolicyError::Refresh { validity: 119, refresh: 60 }));
        assert_eq!(policy(3600, 59), Err(PolicyError::Short(59)));
        assert_eq!(policy(u64::MAX, u64::MAX), Err(PolicyError::Long(u64::MAX)));
    }
}
