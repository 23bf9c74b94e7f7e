//! The states of a UA as an observer sees it (RFC 9575, section 6.4.3), with the colours given there.
//!
//! | state | colour | what was heard |
//! |---|---|---|
//! | none | black | no authentication |
//! | partial | grey | pages, but no whole message |
//! | unsupported | brown | authentication of another type |
//! | unverifiable | yellow | something needed to verify is missing |
//! | verified | green | it holds |
//! | trusted | blue | it holds, under a DIME that is trusted |
//! | questionable | orange | some holds, some does not |
//! | unverified | red | it does not hold |
//! | conflicting | purple | some holds under a trusted DIME, some does not |

use std::fmt;

/// How far a UA is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UaState {
    /// No authentication was heard.
    None,
    /// Pages were heard, but no whole message.
    Partial,
    /// What was heard is of an authentication type or SAM type that DRIP does not have.
    Unsupported,
    /// Something needed to verify is missing: a key, the chain, fresh data.
    Unverifiable,
    /// Registered, and in possession of its key.
    Verified,
    /// The same, under a DIME that is trusted.
    Trusted,
    /// Some of it is verified, some does not hold.
    Questionable,
    /// It does not hold.
    Unverified,
    /// Some of it is trusted, some does not hold.
    Conflicting,
}

impl UaState {
    /// The word in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Partial => "partial",
            Self::Unsupported => "unsupported",
            Self::Unverifiable => "unverifiable",
            Self::Verified => "verified",
            Self::Trusted => "trusted",
            Self::Questionable => "questionable",
            Self::Unverified => "unverified",
            Self::Conflicting => "conflicting",
        }
    }

    /// The colour that RFC 9575 shows it in.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::None => "black",
            Self::Partial => "grey",
            Self::Unsupported => "brown",
            Self::Unverifiable => "yellow",
            Self::Verified => "green",
            Self::Trusted => "blue",
            Self::Questionable => "orange",
            Self::Unverified => "red",
            Self::Conflicting => "purple",
        }
    }

    /// Whether the answer is "yes".
    pub const fn holds(self) -> bool {
        matches!(self, Self::Verified | Self::Trusted)
    }
}

impl fmt::Display for UaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
