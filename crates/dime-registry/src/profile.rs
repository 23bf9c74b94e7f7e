//! The certificate profiles, and which of them a kind of registration gets.

pub use drip_cert::x509::Profile;

/// The profiles of certificates that are issued. Lite is always among them: the DNS holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileSet {
    full: bool,
    mtls: bool,
}

impl ProfileSet {
    /// Lite alone.
    pub const LITE: ProfileSet = ProfileSet { full: false, mtls: false };
    /// Lite, Full and mtls.
    pub const ALL: ProfileSet = ProfileSet { full: true, mtls: true };

    /// The same and this one.
    pub const fn with(self, profile: Profile) -> Self {
        match profile {
            Profile::Lite => self,
            Profile::Full => ProfileSet { full: true, ..self },
            Profile::Mtls => ProfileSet { mtls: true, ..self },
        }
    }

    /// Whether this one is issued.
    pub const fn contains(self, profile: Profile) -> bool {
        match profile {
            Profile::Lite => true,
            Profile::Full => self.full,
            Profile::Mtls => self.mtls,
        }
    }
}
