//! How a message came: when, and from which transmitter.

use std::fmt;

use drip_det::UnixTime;

/// What tells one transmitter from another: its MAC address, or anything else that the receiver has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Transmitter(pub u64);

/// When and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reception {
    /// The moment it was heard.
    pub at: UnixTime,
    /// Who sent it.
    pub transmitter: Transmitter,
}

/// Twelve hexadecimal digits in pairs, as MAC addresses are written.
impl fmt::Display for Transmitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [_, _, octets @ ..] = self.0.to_be_bytes();
        for (index, octet) in octets.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{octet:02x}")?;
        }
        Ok(())
    }
}
