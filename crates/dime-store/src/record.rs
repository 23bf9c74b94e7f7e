//! What the registry remembers: registrations, authorities and keys to become ones, delegations, ceremonies, jobs, documents, tokens and
//! answered requests.
//!
//! These are the forms that code works with. How they are written into the journal is [`v1`]'s affair, so that they can change while
//! old octets stay readable.

mod authority;
mod ceremony;
mod delegation;
mod document;
mod job;
mod prospect;
mod registration;
mod request;
mod terms;
mod token;
pub mod v1;

pub use authority::{Authority, AuthorityStatus, IssuingUse, Ownership, Standing};
pub use ceremony::{Answered, Ceremony};
pub use delegation::{Delegation, DelegationSigner, DelegationState, Glue};
pub use document::Document;
pub use job::{Job, JobId, JobKind, JobState};
pub use prospect::Prospect;
pub use registration::{
    Evidence, Intent, Kind, NumberedCertificate, Registration, RegistrationId, SerialCertificate, State,
};
pub use request::Request;
pub use terms::{CertificateTerms, HardwareModule, KeyUsage};
pub use token::{Role, Token, TokenId};
