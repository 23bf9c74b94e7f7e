//! Zone serial numbers, compared by serial number arithmetic (RFC 1982; SOA SERIAL of RFC 1035, section 3.3.13).

use core::fmt;

/// The serial of a zone: it advances with every change and wraps around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Serial(pub u32);

impl Serial {
    /// The serial after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Serial(self.0.wrapping_add(1))
    }

    /// Whether this serial comes after `other` (RFC 1982, section 3.2). Serials exactly half the circle apart are not comparable: neither
    /// is newer.
    pub const fn is_newer_than(self, other: Self) -> bool {
        let ahead = self.0.wrapping_sub(other.0);
        ahead != 0 && ahead < 1 << 31
    }

    /// The serial that a zone at `self` has after a change that the feed numbers `change`.
    ///
    /// It is the change's own number where that is not behind: two writes of one change share it. A change from behind still advances the
    /// zone, by one.
    #[must_use]
    pub const fn after(self, change: Self) -> Self {
        if change.0 == self.0 || change.is_newer_than(self) { change } else { self.next() }
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 1982, section 5.2, with SERIAL_BITS of 32 instead of 8.
    #[test]
    fn the_circle_of_rfc_1982() {
        assert!(Serial(1).is_newer_than(Serial(0)));
        assert!(Serial(44).is_newer_than(Serial(0)));
        assert!(Serial(0).is_newer_than(Serial(u32::MAX)));
        assert!(Serial(0x1000_0000).is_newer_than(Serial(0xf000_0000)));
        assert!(!Serial(0xf000_0000).is_newer_than(Serial(0x1000_0000)));
        assert!(!Serial(7).is_newer_than(Serial(7)));
        assert!(!Serial(0).is_newer_than(Serial(1 << 31)) && !Serial(1 << 31).is_newer_than(Serial(0)));
        assert_eq!(Serial(u32::MAX).next(), Serial(0));
    }

    #[test]
    fn every_change_advances() {
        assert_eq!(Serial(5).after(Serial(9)), Serial(9));
        assert_eq!(Serial(5).after(Serial(5)), Serial(5), "two writes of one change");
        assert_eq!(Serial(5).after(Serial(2)), Serial(6), "a change from behind");
        assert_eq!(Serial(u32::MAX).after(Serial(3)), Serial(3), "over the wrap");
    }
}
