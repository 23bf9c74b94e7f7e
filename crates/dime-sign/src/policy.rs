//! What a signer allows itself (draft-ietf-drip-dki, sections 2 and 3).

use drip_det::UnixTime;

const DAY: u64 = 86_400;
const YEAR: u64 = 365 * DAY + DAY / 4;

/// The longest that the draft allows an Authorization DET, in seconds: ten years with three leap days, as many as ten years can have.
pub const TEN_YEARS: u64 = 3653 * DAY;

/// Whether something without end may be signed: a manufacturer's aircraft is certified until 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endless {
    /// Everything ends.
    Refused,
    /// The signer is a manufacturer's.
    Allowed,
}

/// Whether an RAA's Authorization key may endorse another RAA's (no certificate goes with it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrossEndorsement {
    /// Only DETs of its own RAA.
    Refused,
    /// Other RAAs' Authorization DETs, too.
    Allowed,
}

/// The limits of a signer. What it may sign for whom follows from its class and place and cannot be configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningPolicy {
    /// The longest validity, in seconds, counted from its beginning or from now, whichever is earlier.
    pub max_lifetime: u64,
    /// The longest time between this and the next update of a revocation list or an OCSP response, in seconds.
    pub max_status_lifetime: u64,
    /// How far back a validity may begin, in seconds: the skew of clocks, and the time a request may have waited.
    pub max_backdating: u64,
    /// When the signer's own authority ends; nothing it signs lasts longer.
    pub authority_ends: Option<UnixTime>,
    /// Whether a validity may have no end.
    pub endless: Endless,
    /// Whether other RAAs may be endorsed.
    pub cross_endorsement: CrossEndorsement,
}

impl SigningPolicy {
    /// For Authorization keys: ten years, the longest that the draft allows; thirty days for a ceremony to wait.
    pub const AUTHORIZATION: SigningPolicy = SigningPolicy {
        max_lifetime: TEN_YEARS,
        max_status_lifetime: 400 * DAY,
        max_backdating: 30 * DAY,
        authority_ends: None,
        endless: Endless::Refused,
        cross_endorsement: CrossEndorsement::Refused,
    };

    /// For Issuing keys: two years; a day, so that what a crash left half-done can be finished after it.
    pub const ISSUING: SigningPolicy = SigningPolicy {
        max_lifetime: 2 * YEAR,
        max_status_lifetime: 40 * DAY,
        max_backdating: DAY,
        ..Self::AUTHORIZATION
    };

    /// For Operational keys: a year.
    pub const OPERATIONAL: SigningPolicy = SigningPolicy {
        max_lifetime: YEAR,
        max_status_lifetime: 10 * DAY,
        max_backdating: DAY,
        ..Self::AUTHORIZATION
    };
}
