//! What can go wrong, one enum per operation, grouped by whose fault it is: the asker's, our policy's, our parts'.
//!
//! Every variant has a slug that never changes, for the `type` of a problem document, and names the field it is about. The doors
//! translate each enum once, by an exhaustive `match`.

mod administer;
mod ceremony;
mod decide;
mod ours;
mod read;
mod register;
mod renew;
mod revoke;
mod token;
mod trust;

pub use administer::AdministerError;
pub use ceremony::{BundleError, CeremonyRequestError, ImportError};
pub use decide::{ApproveError, DenyError};
pub use ours::OurFault;
pub use read::{CertificateError, ReadError};
pub use register::{ApplicantFault, AttestationFault, Collision, Refusal, RegisterError, ValidityFault};
pub use renew::RenewError;
pub use revoke::RevokeError;
pub use token::{AuthenticateDetError, AuthenticateError, TokenError};
pub use trust::{CacheError, TrustError};
