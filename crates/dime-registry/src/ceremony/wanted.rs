//! What a manager wants signed.

use dime_sign::ceremony::Profiles;
use dime_store::RegistrationId;
use drip_det::{Det, Hid, HostIdentity, UnixTime};

/// The items of one ceremony request: all of them for one Authorization key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whose Authorization key is to sign: the place it sits at. `None` where this DIME has only one place that it could be.
    pub by: Option<Hid>,
    /// Which of our own Issuing keys.
    pub keys: OwnKeys,
    /// PKCS#10 requests (DER or PEM) of Authorization keys at that place: a self-endorsement, or a new key to take over.
    pub authorizations: Vec<Vec<u8>>,
    /// A URI for the certificates of those.
    pub authorization_uri: Option<String>,
    /// Which registries below.
    pub registrations: RegistrationsWanted,
    /// Other RAAs to be endorsed.
    pub cross: Vec<CrossWanted>,
    /// The octets of a trust list (`drip_wire::trust`), unsigned.
    pub trust_list: Option<Vec<u8>>,
    /// Whether the key is to sign its revocation list, too.
    pub revocation_list: ListWanted,
    /// Which certificates beside the Lite one.
    pub profiles: Profiles,
    /// For how long.
    pub lifetimes: Lifetimes,
}

impl Wanted {
    /// Everything that waits: own Issuing keys that lack an endorsement or will soon, every approved registry below, and the key's own
    /// revocation list, if a new one is due.
    pub fn all() -> Self {
        Wanted {
            by: None,
            keys: OwnKeys::Lacking,
            authorizations: Vec::new(),
            authorization_uri: None,
            registrations: RegistrationsWanted::Approved,
            cross: Vec::new(),
            trust_list: None,
            revocation_list: ListWanted::Due,
            profiles: Profiles::ALL,
            lifetimes: Lifetimes::DEFAULT,
        }
    }

    /// Nothing but what is added to it.
    pub fn nothing() -> Self {
        Wanted {
            keys: OwnKeys::None,
            registrations: RegistrationsWanted::None,
            revocation_list: ListWanted::None,
            ..Self::all()
        }
    }
}

/// Which of our own Issuing keys to have endorsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnKeys {
    /// None.
    None,
    /// Those without an endorsement, and those whose endorsement ends within the time of the alerts.
    Lacking,
    /// Those of these DETs, whatever they have: after a re-key of the Authorization DET.
    These(Vec<Det>),
    /// All of the place.
    All,
}

/// Which registries below to have endorsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationsWanted {
    /// None.
    None,
    /// All that were approved.
    Approved,
    /// Those, and all that are in force: after a new Authorization key has taken over from one that is not to be trusted any more, or to
    /// have them endorsed for longer.
    All,
    /// These: approved, or in force.
    These(Vec<RegistrationId>),
}

/// Whether an Authorization key is to sign the list of what it revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListWanted {
    /// No.
    None,
    /// If the one that is here lacks something or ends soon, or if certificates point to one and there is none.
    Due,
    /// Yes, in any case: the list of this Authorization DET; without one, of that in force.
    Now(Option<Det>),
}

/// Another RAA to be endorsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossWanted {
    /// Its Authorization DET.
    pub det: Det,
    /// Its key.
    pub hi: HostIdentity,
    /// Until when; `None` for the default lifetime.
    pub not_after: Option<UnixTime>,
}

/// For how long, in seconds (draft-ietf-drip-dki, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of Authorization DETs and cross-endorsements: five years are recommended, less than one is worth a warning.
    pub authorization: u64,
    /// Of Issuing DETs; shortened to the end of their Authorization DET.
    pub issuing: u64,
    /// Of revocation lists, from thisUpdate to nextUpdate; shortened to the end of their Authorization DET.
    pub list: u64,
    /// Whether more than ten years may be asked for.
    pub overlong: Overlong,
}

const YEAR: u64 = 365 * 86_400;

impl Lifetimes {
    /// Five years for Authorization DETs, three for Issuing DETs, ninety days for lists.
    pub const DEFAULT: Lifetimes = Lifetimes {
        authorization: 5 * YEAR,
        issuing: 3 * YEAR,
        list: 90 * 86_400,
        overlong: Overlong::Refused,
    };
    /// The shortest that is not warned of.
    pub const SHORT: u64 = YEAR;
    /// The longest that is not refused: as long as the offline signer signs without being told to.
    pub const LONGEST: u64 = dime_sign::TEN_YEARS;
}

/// Whether an Authorization DET may be endorsed for more than ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlong {
    /// It may not.
    Refused,
    /// It may: somebody insists. The offline signer has its own opinion.
    Forced,
}
