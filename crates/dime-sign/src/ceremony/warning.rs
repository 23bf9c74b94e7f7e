//! What the operator of a ceremony should notice, and may well agree to.

use core::fmt;
use drip_cert::csr::Remark;
use drip_det::{Det, Hid, UnixTime};

const DAY: u64 = 86_400;
/// Authorization DETs should last a year at least, and ten at most (draft-ietf-drip-dki, section 3).
pub(super) const YEAR: u64 = 365 * DAY;

/// Something to notice in a request or an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The request says it was made after now: one of two clocks is wrong.
    FromTheFuture {
        /// When it says it was made.
        made_at: UnixTime,
        /// Now, by this machine.
        now: UnixTime,
    },
    /// The request is more than thirty days old.
    Old {
        /// When it was made.
        made_at: UnixTime,
    },
    /// The request was made for a key of another place.
    OtherPlace {
        /// The place that the request names.
        by: Hid,
        /// The place of the signer.
        signer: Hid,
    },
    /// Until when the signer itself is endorsed was not said, so nothing holds the items to it.
    OwnEndUnknown,
    /// The item makes the signer a trust anchor.
    SelfEndorsement,
    /// An Authorization DET for less than a year.
    Short {
        /// How long, in seconds.
        seconds: u64,
    },
    /// More than ten years, which the operator allowed.
    Overlong {
        /// How long, in seconds.
        seconds: u64,
    },
    /// The end is earlier than asked for.
    Shortened {
        /// The end asked for.
        asked: UnixTime,
        /// The end that will be signed.
        signed: UnixTime,
    },
    /// The certification request has a part that is not used.
    Unused(Remark),
    /// Another RAA is vouched for, with all that is under it.
    VouchesForOtherRaa {
        /// The other RAA's Authorization DET.
        det: Det,
    },
}

impl Warning {
    /// What there is to notice about a request's time.
    pub(super) fn of_time(made_at: UnixTime, now: UnixTime) -> Option<Self> {
        // Clocks of machines without a network are often some minutes off.
        if made_at.0 > now.0.saturating_add(DAY / 24) {
            Some(Warning::FromTheFuture { made_at, now })
        } else if made_at.0.saturating_add(30 * DAY) < now.0 {
            Some(Warning::Old { made_at })
        } else {
            None
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::FromTheFuture { made_at, now } => {
                write!(f, "the request says it was made at {made_at}; here it is {now}: one of the two clocks is wrong")
            }
            Warning::Old { made_at } => write!(f, "the request was made at {made_at}, more than 30 days ago"),
            Warning::OtherPlace { by, signer } => {
                write!(f, "the request is for the Authorization key of {by}; this key is used as that of {signer}")
            }
            Warning::OwnEndUnknown => f.write_str(
                "until when this Authorization DET itself is endorsed was not said: check that nothing below lasts longer",
            ),
            Warning::SelfEndorsement => {
                f.write_str("the key endorses itself: whoever is given this certificate as a trust anchor trusts this key alone")
            }
            Warning::Short { seconds } => {
                write!(f, "an Authorization DET for {} days; at least a year is recommended, five are usual", seconds / DAY)
            }
            Warning::Overlong { seconds } => write!(f, "{} days, more than ten years", seconds / DAY),
            Warning::Shortened { asked, signed } => {
                write!(f, "asked for until {asked}; will be signed until {signed}")
            }
            Warning::Unused(remark) => write!(f, "certification request: {remark}"),
            Warning::VouchesForOtherRaa { det } => {
                write!(f, "vouches for {det} and for everything under RAA {}", det.raa())
            }
        }
    }
}
