//! The certificate profiles of the interfaces.

/// A certificate profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// DRIP Lite: the smallest.
    Lite,
    /// DRIP Full, also called PKIX-like.
    Full,
    /// Clean by RFC 5280, for TLS.
    Mtls,
}

impl Profile {
    /// Its name: `lite`, `full`, `mtls`.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Lite => "lite",
            Profile::Full => "full",
            Profile::Mtls => "mtls",
        }
    }
}
