//! What came of one thing that was heard.

use std::fmt;

use drip_det::{Det, UnixTime};

use super::keys::Standing;
use super::reason::Reason;

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A Basic ID message.
    BasicId,
    /// Pages of an authentication message.
    Pages,
    /// A Link.
    Link,
    /// A Wrapper.
    Wrapper,
    /// A Manifest.
    Manifest,
    /// A Frame.
    Frame,
    /// Authentication data that are none of these.
    Authentication,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Registered, in possession of the key, and fresh.
    Holds(Standing),
    /// It does not hold.
    Broken(Reason),
    /// It cannot be said: something is missing.
    Open(Reason),
    /// It is none of DRIP's.
    Unsupported(Reason),
    /// It is not whole.
    Partial(Reason),
}

/// What was heard, when, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// When it was heard.
    pub at: UnixTime,
    /// What.
    pub subject: Subject,
    /// The DET that it is about, where it says.
    pub det: Option<Det>,
    /// What came of it.
    pub outcome: Outcome,
}

impl Subject {
    /// The word in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BasicId => "Basic ID",
            Self::Pages => "pages",
            Self::Link => "Link",
            Self::Wrapper => "Wrapper",
            Self::Manifest => "Manifest",
            Self::Frame => "Frame",
            Self::Authentication => "authentication",
        }
    }
}

impl Outcome {
    /// Why, where it does not hold.
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Holds(_) => None,
            Self::Broken(reason) | Self::Open(reason) | Self::Unsupported(reason) | Self::Partial(reason) => {
                Some(reason)
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.subject.name())?;
        if let Some(det) = self.det {
            write!(f, " of {det}")?;
        }
        match self.outcome.reason() {
            Some(reason) => write!(f, ": {reason}"),
            None => f.write_str(": it holds"),
        }
    }
}
