//! From when to when something holds, both seconds included.

use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use core::fmt;
use drip_det::UnixTime;

/// The last second that can be written with a four-digit year.
const LAST: u64 = 253_402_300_799;
const ALLOWED: &str = "not before its beginning, and not after 9999-12-31T23:59:59Z";

/// From when to when, by Unix time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Validity {
    not_before: UnixTime,
    not_after: UnixTime,
}

/// How a moment stands to a validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It lies within.
    Within,
    /// It is before the beginning.
    Before(UnixTime),
    /// It is after the end.
    After(UnixTime),
}

impl Validity {
    /// From `not_before` to `not_after`, which is not before it.
    pub fn new(not_before: UnixTime, not_after: UnixTime) -> Result<Self, OutOfBounds> {
        if not_before <= not_after && not_after.0 <= LAST {
            Ok(Validity { not_before, not_after })
        } else {
            Err(OutOfBounds { what: "end of validity", found: not_after.0, allowed: ALLOWED })
        }
    }

    /// This one second; the last one that can be written, when it is later.
    pub fn at(second: UnixTime) -> Self {
        let second = second.min(UnixTime(LAST));
        Validity { not_before: second, not_after: second }
    }

    /// The first second.
    pub const fn not_before(self) -> UnixTime {
        self.not_before
    }

    /// The last second.
    pub const fn not_after(self) -> UnixTime {
        self.not_after
    }

    /// Whether `at` lies within, or on which side.
    pub fn standing(self, at: UnixTime) -> Standing {
        if at < self.not_before {
            Standing::Before(self.not_before)
        } else if at > self.not_after {
            Standing::After(self.not_after)
        } else {
            Standing::Within
        }
    }

    /// Two integers.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let not_before = UnixTime(reader.uint("beginning of validity")?);
        let at = reader.at();
        let not_after = UnixTime(reader.uint("end of validity")?);
        Self::new(not_before, not_after).map_err(|error| error.at(at))
    }

    pub(crate) fn write(self, writer: &mut Writer) {
        writer.uint(self.not_before.0).uint(self.not_after.0);
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.not_before, self.not_after)
    }
}
