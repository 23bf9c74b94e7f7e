//! A length of time in a configuration file or argument: a number and a unit, as in `90s`, `15m`,
//! `24h`, `365d`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Period {
    /// The seconds.
    pub(crate) seconds: u64,
}

/// The units, the largest first.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

impl Period {
    /// So many seconds.
    pub(crate) const fn seconds(seconds: u64) -> Self {
        Self { seconds }
    }
}

impl From<Period> for std::time::Duration {
    fn from(period: Period) -> Self {
        Self::from_secs(period.seconds)
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not a length of time such as 90s, 15m, 24h or 365d");
        let (number, scale) = UNITS
            .iter()
            .find_map(|(unit, scale)| text.strip_suffix(unit).map(|number| (number, *scale)))
            .ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        number.checked_mul(scale).map(Self::seconds).ok_or_else(wrong)
    }
}

/// In the largest unit that divides it.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, scale): &&(&str, u64)| self.seconds != 0 && self.seconds.is_multiple_of(*scale);
        let (unit, scale) = UNITS.iter().find(fits).copied().unwrap_or(("s", 1));
        write!(f, "{}{unit}", self.seconds / scale)
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for text in ["90s", "15m", "24h", "365d", "0s"] {
            let period: Period = text.parse().unwrap();
            let again: Period = period.to_string().parse().unwrap();
            assert_eq!(period, again);
        }
        assert_eq!("24h".parse::<Period>().unwrap().to_string(), "1d");
        for wrong in ["", "d", "1", "1w", "-1d", "1.5h", "99999999999999999999d", "999999999999999999d"] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }
}
