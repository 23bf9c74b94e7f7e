//! Interim: replaced by dime-store's records.

/// What is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An operator.
    Operator,
    /// An aircraft's factory identity.
    Aircraft,
    /// One flight's DET.
    Session,
    /// A manufacturer.
    Manufacturer,
    /// A service (USS and its kin).
    Service,
    /// An HDA.
    Hda,
    /// An RAA.
    Raa,
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Waits for a person.
    Pending,
    /// Intended, not yet signed.
    Issuing,
    /// Refused by a person.
    Denied,
    /// In force.
    Registered,
    /// Ended by somebody.
    Revoked,
    /// Ended by time.
    Expired,
}

/// What a token's holder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything, tokens included.
    Admin,
    /// Decides, renews, revokes, reads.
    Manager,
    /// Reads.
    Auditor,
}

/// A registration's identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId(pub String);

/// A token's identifier.
pub type TokenId = String;

impl Kind {
    /// Name.
    pub const fn name(self) -> &'static str {
        "kind"
    }
}
impl State {
    /// Name.
    pub const fn name(self) -> &'static str {
        "state"
    }
}
