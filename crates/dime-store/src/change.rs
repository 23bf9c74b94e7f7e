//! A change: what is committed, all or nothing.

use crate::{Actor, Authority, Ceremony, Delegation, Document, Job, Prospect, Registration, Request, Token};
use drip_det::UnixTime;

/// A change of the registry: writes that happen together, who made them, when and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who made it.
    pub actor: Actor,
    /// When, by the clock of who made it.
    pub at: UnixTime,
    /// What it is to the audit log.
    pub kind: ChangeKind,
    /// The writes. They are checked and applied in this order.
    pub writes: Vec<Write>,
}

macro_rules! change_kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal;)*) => {
        /// What a change is to the audit log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind {
            $($(#[$doc])* $variant,)*
        }

        impl ChangeKind {
            /// Every kind.
            pub const ALL: &[ChangeKind] = &[$(ChangeKind::$variant,)*];

            /// Its number in the journal.
            pub const fn code(self) -> u16 {
                match self { $(ChangeKind::$variant => $code,)* }
            }

            /// The kind of this number, or `None`.
            pub const fn from_code(code: u16) -> Option<Self> {
                match code { $($code => Some(ChangeKind::$variant),)* _ => None }
            }

            /// Its name in audit logs and events.
            pub const fn name(self) -> &'static str {
                match self { $(ChangeKind::$variant => $name,)* }
            }
        }
    };
}

change_kinds! {
    /// A registration was asked for and waits for a person.
    Requested = 1, "requested";
    /// A registration was decided; its signatures follow. This is the intent that comes before every signature.
    Issuing = 2, "issuing";
    /// What was intended is signed: the registration is in force.
    Registered = 3, "registered";
    /// A person refused.
    Denied = 4, "denied";
    /// A registration was ended by somebody.
    Revoked = 5, "revoked";
    /// A registration was ended by time.
    Expired = 6, "expired";
    /// A longer validity was decided; its signatures follow.
    Renewing = 7, "renewing";
    /// The longer validity is signed and in force.
    Renewed = 8, "renewed";
    /// An authority was added or replaced.
    AuthorityChanged = 9, "authority-changed";
    /// A token was made.
    TokenCreated = 10, "token-created";
    /// A token was revoked.
    TokenRevoked = 11, "token-revoked";
    /// A key of our own was added, or given up, that is to become an authority.
    ProspectChanged = 12, "prospect-changed";
    /// A ceremony was asked for.
    CeremonyRequested = 13, "ceremony-requested";
    /// What a ceremony, or a level above, gave was taken in.
    CeremonyImported = 14, "ceremony-imported";
    /// A registration was approved and waits for a ceremony.
    Approved = 15, "approved";
    /// An authority was suspended.
    AuthoritySuspended = 16, "authority-suspended";
    /// A suspended authority came back.
    AuthorityResumed = 17, "authority-resumed";
    /// The end of an authority was planned.
    AuthorityRetired = 18, "authority-retired";
    /// An authority was ended by somebody.
    AuthorityRevoked = 19, "authority-revoked";
    /// An authority was ended by time.
    AuthorityExpired = 20, "authority-expired";
    /// A delegation was changed.
    DelegationChanged = 21, "delegation-changed";
    /// A job began.
    JobStarted = 22, "job-started";
    /// A job went on, or was finished.
    JobProgressed = 23, "job-progressed";
    /// A document was taken in.
    DocumentChanged = 24, "document-changed";
}

/// One record to be put, and what must be there before.
///
/// Unique claims follow from the records themselves: the DET and the key of a registration that is not denied, the DET of an
/// authority, the digest of a token. Revoked and expired registrations keep their claims for ever. The authority of a registry below has
/// its DET together with the registration of that registry, whose key it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Puts a registration.
    PutRegistration {
        /// The record.
        record: Box<Registration>,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts an authority.
    PutAuthority {
        /// The record.
        record: Box<Authority>,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts a key that is to become an authority.
    PutProspect {
        /// The record.
        record: Box<Prospect>,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts a delegation.
    PutDelegation {
        /// The record.
        record: Box<Delegation>,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts a ceremony request.
    PutCeremony {
        /// The record.
        record: Box<Ceremony>,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts a job.
    PutJob {
        /// The record.
        record: Box<Job>,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts a document.
    PutDocument {
        /// The record.
        record: Box<Document>,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts a token.
    PutToken {
        /// The record.
        record: Token,
        /// What must be there before.
        expect: Expect,
    },
    /// Puts an answered request, of which nothing may be there before.
    PutRequest {
        /// The record.
        record: Request,
    },
}

/// What must be in the store before a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expect {
    /// Nothing under this identifier.
    Absent,
    /// The record of this version.
    Version(u64),
}

impl Expect {
    /// The version that the written record gets.
    pub const fn next_version(self) -> u64 {
        match self {
            Expect::Absent => 1,
            Expect::Version(version) => version.saturating_add(1),
        }
    }
}
