//! What may be seen of a registration, and by whom: privacy is in the types.

use crate::{Kind, RegistrationId, State};
use dime_store::Registration;
use drip_det::{Det, EntityType, Hid, HostIdentity, UnixTime};
use drip_wire::Endorsement;

/// What anybody may see of a DET that is, or was, registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicView {
    /// The DET.
    pub det: Det,
    /// Its key.
    pub hi: HostIdentity,
    /// What it is.
    pub kind: Kind,
    /// `registered`, `revoked` or `expired`; a DET that only waits is not public.
    pub state: State,
    /// The HHIT entity type.
    pub entity_type: EntityType,
    /// Start of validity. Zero while it waits.
    pub not_before: UnixTime,
    /// End of validity. While it waits: the end asked for, or zero.
    pub not_after: UnixTime,
    /// Trust anchor first, this DET's own last. Empty unless registered.
    pub endorsements: Vec<Endorsement>,
    /// The X.509 Lite certificate, DER. `None` unless registered.
    pub certificate: Option<Vec<u8>>,
    /// The X.509 Full certificate, DER, if it has one. `None` unless registered.
    pub full: Option<Vec<u8>>,
    /// The X.509 mtls certificate, DER, if it has one. `None` unless registered.
    pub mtls: Option<Vec<u8>>,
    /// The native C509 certificate, CBOR, if it has one. `None` unless registered.
    pub c509: Option<Vec<u8>>,
    /// Where the DNS has it. `None` unless registered.
    pub dns: Option<DnsView>,
}

impl PublicView {
    /// The HDA it is registered in.
    pub fn hid(&self) -> Hid {
        self.det.hid()
    }
}

/// Where a DET is in the DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsView {
    /// Its owner name, with the final dot.
    pub owner: String,
    /// The zone it is in, with the final dot.
    pub zone: String,
    /// A zone serial at which it is visible.
    pub serial: u32,
    /// Seconds its records may be cached.
    pub ttl: u32,
}

/// One registration as its caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationView {
    /// Its identifier.
    pub id: RegistrationId,
    /// What anybody may see.
    pub public: PublicView,
    /// What it waits for; `None` when it does not wait.
    pub waiting_for: Option<WaitingFor>,
    /// Why it was denied or revoked.
    pub reason: Option<String>,
    /// What only the registrant, its operator and managers may see; `None` for others.
    pub private: Option<PrivateView>,
}

/// What a pending registration waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingFor {
    /// A person who approves or denies it.
    Person,
    /// The ceremony in which the Authorization key endorses it: registries below only.
    Ceremony,
}

impl WaitingFor {
    /// The word: `person`, `ceremony`.
    pub const fn name(self) -> &'static str {
        match self {
            WaitingFor::Person => "person",
            WaitingFor::Ceremony => "ceremony",
        }
    }

    pub(crate) fn of(record: &Registration) -> Option<Self> {
        match record.state {
            State::Pending if waits_for_ceremony(record) => Some(WaitingFor::Ceremony),
            State::Pending => Some(WaitingFor::Person),
            _ => None,
        }
    }
}

/// Whether a registry's registration was approved and its ceremony is still to be held.
pub(crate) fn waits_for_ceremony(record: &Registration) -> bool {
    record.state == State::Pending
        && record.decided_at.is_some()
        && matches!(record.kind, Kind::Hda | Kind::Raa)
}

/// The part of a registration that is nobody else's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateView {
    /// The operator it belongs to.
    pub operator: Option<Det>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// How to reach the registrant.
    pub contact: Option<String>,
    /// The flight of a session.
    pub flight: Option<String>,
    /// When it was asked for.
    pub requested_at: UnixTime,
    /// When it was approved or denied.
    pub decided_at: Option<UnixTime>,
    /// Who approved or denied it.
    pub decided_by: Option<String>,
    /// When it was revoked or expired.
    pub ended_at: Option<UnixTime>,
}

/// How an application ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Registered, durable, and visible in this node's DNS at the serial it names.
    Registered(Box<RegistrationView>),
    /// Waits for a person to approve or deny it.
    Waiting(Box<RegistrationView>),
    /// The same application was made before, and has since been denied, revoked or expired. Only an Idempotency-Key leads here.
    Ended(Box<RegistrationView>),
}

impl Outcome {
    /// The registration, however it stands.
    pub fn registration(&self) -> &RegistrationView {
        match self {
            Outcome::Registered(view) | Outcome::Waiting(view) | Outcome::Ended(view) => view,
        }
    }
}

/// What a revocation did, and what it leaves to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The registration as it stands now.
    pub registration: RegistrationView,
    /// Live registrations of the revoked operator. They keep running until their end or their own revocation, cannot be renewed,
    /// and no new ones are registered: an operator's fault is not yet its aircraft's.
    pub dependants: Vec<Det>,
}

/// One page of registrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The registrations, oldest first.
    pub registrations: Vec<RegistrationView>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// Which registrations to list, and which part of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
    /// Only those of this HDA.
    pub hid: Option<Hid>,
    /// Only those asked for at this time or later.
    pub since: Option<UnixTime>,
    /// Where the last page said to go on.
    pub cursor: Option<String>,
    /// At most so many; without it, and at most, [`Listing::MAX`].
    pub limit: Option<usize>,
}

impl Listing {
    /// The most registrations on one page.
    pub const MAX: usize = 200;
}
