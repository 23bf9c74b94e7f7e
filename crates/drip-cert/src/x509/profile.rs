//! The three profiles by name.

use core::{fmt, str::FromStr};

/// A profile of X.509 certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// The smallest certificate: [`lite`](crate::lite).
    Lite,
    /// PKIX with the DET as key identifier: [`full`](crate::full).
    Full,
    /// For TLS as it stands: [`mtls`](crate::mtls).
    Mtls,
}

/// A word that names no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the profiles are lite, full and mtls")]
pub struct UnknownProfile;

impl Profile {
    /// All of them.
    pub const ALL: [Profile; 3] = [Profile::Lite, Profile::Full, Profile::Mtls];

    /// The word in configurations and URLs: `lite`, `full`, `mtls`.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Lite => "lite",
            Profile::Full => "full",
            Profile::Mtls => "mtls",
        }
    }
}

/// As people write it: `Lite`, `Full`, `mtls`.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Profile::Lite => "Lite",
            Profile::Full => "Full",
            Profile::Mtls => "mtls",
        })
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Profile::ALL.into_iter().find(|profile| profile.name() == text).ok_or(UnknownProfile)
    }
}
