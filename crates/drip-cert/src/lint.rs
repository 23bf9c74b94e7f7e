//! The linter: what RFC 5280 and the DRIP drafts demand of a certificate, checked before each signature.
//!
//! The profiles' own readers say whether octets are a certificate of the profile. The lints ask again, of the structure and rule by
//! rule, whether what the profile made is right; so a fault in a profile's code does not get a signature. A [`Linted`] value is the proof
//! that no rule was broken but those that the profile breaks on purpose, its [`Deviation`]s. It is spent on one signature.
//!
//! * [`rfc5280`]: rules of RFC 5280, RFC 8410 and RFC 9295 for every certificate.
//! * [`drip`]: rules of draft-ietf-drip-dki and RFC 9374, by profile.
//! * [`deviations`]: what each profile breaks on purpose; the same list, with what pkilint calls each, lies in
//!   `testdata/lint/deviations.json`.

mod deviation;
pub mod drip;
mod linted;
pub mod rfc5280;
mod view;

pub use deviation::{Deviation, deviations};
pub use linted::{LintError, Linted, findings};

use crate::x509::Profile;
use view::View;

/// How strongly a rule is worded (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// MUST.
    Must,
    /// SHOULD.
    Should,
    /// A common practice.
    May,
}

/// One rule.
#[derive(Clone, Copy)]
pub struct Lint {
    /// Its name here: lower case and hyphens.
    pub name: &'static str,
    /// Where it is written.
    pub section: &'static str,
    /// How strongly.
    pub severity: Severity,
    /// What it demands, as the end of "it is demanded that".
    pub demands: &'static str,
    broken: fn(&View<'_>) -> bool,
}

impl core::fmt::Debug for Lint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Lint {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Lint {}

/// Name, section and demand, for people.
impl core::fmt::Display for Lint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({}): {}", self.name, self.section, self.demands)
    }
}

/// All rules that are asked of a certificate of this profile.
pub fn lints(profile: Profile) -> impl Iterator<Item = &'static Lint> {
    rfc5280::LINTS.iter().chain(drip::lints(profile))
}
