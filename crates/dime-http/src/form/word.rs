//! Closed sets of words: kinds, states, roles, profiles.

use dime_registry::{Kind, Profile, Role, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is registered: an operator, an aircraft's factory identity, one flight's DET, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Kind, example = "aircraft")]
pub(crate) enum KindWord {
    Operator,
    Aircraft,
    Session,
    Manufacturer,
    Service,
    Hda,
    Raa,
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = State, example = "registered")]
pub(crate) enum StateWord {
    /// Waits for a person, or is being signed at this moment.
    Pending,
    Denied,
    Registered,
    Revoked,
    Expired,
}

/// What a token's holder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role, example = "manager")]
pub(crate) enum RoleWord {
    Admin,
    Manager,
    Auditor,
}

/// A certificate profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Profile, example = "lite")]
pub(crate) enum ProfileWord {
    #[default]
    Lite,
    Full,
    Mtls,
}

/// How much of a DET to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = View)]
pub(crate) enum ViewWord {
    /// What anybody may see.
    #[default]
    Public,
    /// Private particulars too, for those who may.
    Full,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Operator => Kind::Operator,
            KindWord::Aircraft => Kind::Aircraft,
            KindWord::Session => Kind::Session,
            KindWord::Manufacturer => Kind::Manufacturer,
            KindWord::Service => Kind::Service,
            KindWord::Hda => Kind::Hda,
            KindWord::Raa => Kind::Raa,
        }
    }
}

impl From<Kind> for KindWord {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Operator => KindWord::Operator,
            Kind::Aircraft => KindWord::Aircraft,
            Kind::Session => KindWord::Session,
            Kind::Manufacturer => KindWord::Manufacturer,
            Kind::Service => KindWord::Service,
            Kind::Hda => KindWord::Hda,
            Kind::Raa => KindWord::Raa,
        }
    }
}

impl From<State> for StateWord {
    fn from(state: State) -> Self {
        match state {
            State::Pending | State::Issuing => StateWord::Pending,
            State::Denied => StateWord::Denied,
            State::Registered => StateWord::Registered,
            State::Revoked => StateWord::Revoked,
            State::Expired => StateWord::Expired,
        }
    }
}

impl From<StateWord> for State {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Pending => State::Pending,
            StateWord::Denied => State::Denied,
            StateWord::Registered => State::Registered,
            StateWord::Revoked => State::Revoked,
            StateWord::Expired => State::Expired,
        }
    }
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => RoleWord::Admin,
            Role::Manager => RoleWord::Manager,
            Role::Auditor => RoleWord::Auditor,
        }
    }
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Admin => Role::Admin,
            RoleWord::Manager => Role::Manager,
            RoleWord::Auditor => Role::Auditor,
        }
    }
}

impl From<ProfileWord> for Profile {
    fn from(word: ProfileWord) -> Self {
        match word {
            ProfileWord::Lite => Profile::Lite,
            ProfileWord::Full => Profile::Full,
            ProfileWord::Mtls => Profile::Mtls,
        }
    }
}
