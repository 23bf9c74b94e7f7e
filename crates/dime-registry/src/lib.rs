//! What a DIME does: register, approve, endorse, certify, renew, revoke, publish.
//!
//! A [`Registry`] decides and commits. It blocks its caller until what it answers is durable and visible in this node's zones; it may be
//! used by many threads at once. It knows no socket, no file of keys and no runtime.
//!
//! The path of a registration: possession is proved (`Possession`), the DET derived, collisions and policy checked; the *intent* is
//! committed with its exact validity and certificate serial; the issuer's endorsement and certificate are signed; the *result* is
//! committed; the publisher, a subscriber of the store, puts it into the zones; then the answer goes out. So no signature exists that
//! the store does not know of, whatever moment the power fails: [`Registry::open`] completes the intents that a crash left behind, to the
//! same octets.
//!
//! * [`Foundation`]: making the hierarchy that everything is signed under; [`IssuerKeys`]: the keys registrations are signed with.
//! * [`Application`] → [`Registry::register`] → [`Outcome`]; [`Caller`] says who asks, [`Policy`] what is allowed.
//! * [`PublicView`], [`RegistrationView`]: what may be seen; serial number, operator, flight and contact are in [`PrivateView`] only.
//! * [`RegisterError`] and its kin: one enum per operation, each variant with a slug for the problem documents.
//! * [`Registry::expire_due`], [`Registry::next_expiry`]: whoever runs the registry calls them; it has no thread of its own.

mod administer;
mod alert;
mod application;
mod approve;
mod authorities;
mod authority;
mod caller;
mod ceremony;
mod clock;
mod deny;
mod digest;
mod document;
mod entropy;
mod expire;
mod fault;
mod follower;
mod hierarchy;
mod issue;
mod issuers;
mod job;
mod locks;
mod offline_cache;
mod open;
mod place;
mod policy;
mod profile;
mod proof;
mod prospect;
mod publisher;
mod read;
mod register;
mod registry;
mod renew;
mod revocation;
mod revoke;
mod snapshot;
mod sub_registry;
mod token;
mod trust;
mod validity;
mod view;

pub use administer::{AuthorityReport, DelegationChange, Fallen};
pub use alert::{Alert, AlertCause, DkiHealth, MUCH_SIGNING, NOTICE, PlaceHealth};
pub use application::{Application, Renewal};
pub use authority::{AuthorityView, Dki};
pub use caller::{Caller, Forbidden, Permission, TokenIdentity};
pub use ceremony::{
    Admitted, CrossWanted, Imported, Lifetimes, ListWanted, Novelty, ObjectFault, Overlong, OwnKeys,
    RefusedItem, RegistrationsWanted, Wanted,
};
pub use clock::{Clock, SystemClock};
pub use dime_sign::ceremony::{Answer, Bundle, Include, MAX_ANSWER, Profiles};
pub use dime_store::{
    AuthorityStatus, Delegation, DelegationState, Document, HardwareModule, IssuingUse, Job, JobId, JobKind,
    JobState, Kind, Ownership, Prospect, RegistrationId, Role, Standing, State, TokenId,
};
pub use entropy::{Entropy, SystemEntropy};
pub use fault::{
    AdministerError, ApplicantFault, ApproveError, AttestationFault, AuthenticateDetError, AuthenticateError,
    BundleError, CacheError, CeremonyRequestError, CertificateError, Collision, DenyError, ImportError,
    OurFault, ReadError, Refusal, RegisterError, RenewError, RevokeError, TokenError, TrustError,
    ValidityFault,
};
pub use hierarchy::{FoundError, Foundation};
pub use issuers::{IssuerFault, IssuerKeys};
pub use offline_cache::{CacheQuery, Chains, Near};
pub use open::OpenError;
pub use policy::{
    Approval, Bridge, End, KindPolicy, Policy, PrivateRaas, Publication, SerialNumbers, Vouching,
};
pub use profile::{Profile, ProfileSet};
pub use prospect::NewKey;
pub use publisher::PublicationFault;
pub use registry::Registry;
pub use revocation::{
    Deltas, DetStatus, Freshness, ListError, ListForm, OcspAnswer, OfflineListError, OfflineListRequest,
    RevocationList, RevocationPolicy, StatusView, reason_code,
};
pub use snapshot::{KeepError, Kept};
pub use sub_registry::{NameServer, SubRegistry, ZoneSigner};
pub use token::{NewToken, TokenSecret, TokenView};
pub use trust::{CrossDirection, CrossView};
pub use validity::NO_END;
pub use view::{
    DnsView, Listing, Outcome, Page, PrivateView, PublicView, RegistrationView, Revoked, WaitingFor,
};

/// The most characters a reason may have.
pub const REASON_MAX: usize = 500;
/// The most characters a token's label may have.
pub const LABEL_MAX: usize = 200;
/// The longest a token that ends may last, in seconds: a hundred years of 365 days.
pub const TOKEN_LIFETIME_MAX: u64 = 3_153_600_000;
