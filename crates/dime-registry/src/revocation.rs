//! Revocation beyond removal: revocation lists (RFC 5280) and certificate status (RFC 6960) for the Full and mtls certificates, whose serial
//! numbers are unique.
//!
//! Everything here is derived from committed changes, which the [`Ledger`] follows: an answer made after a revocation has returned knows of
//! it. Nothing of it is stored.
//!
//! | certificate issued by | revocation list | OCSP response |
//! |---|---|---|
//! | an Issuing DET with its key here | its own, signed when asked for | by a responder that it certified for that |
//! | an Authorization DET | its own, signed in a ceremony and taken in here, while it lacks nothing; else the indirect list of an Issuing DET of its RAA | by a responder certified by an Issuing DET of its place or of its RAA |
//!
//! The second row is what an offline key leaves possible. An indirect list (certificateIssuer in its entries) is for verifiers that can read
//! one; a responder certified by another than the issuer of the certificate in question is for those who were told to trust it (RFC 6960,
//! section 4.2.2.2, first case).

mod answer;
mod delegate;
mod ledger;
mod list;
mod lists;
mod offline;
mod policy;
mod status;

pub use answer::{Freshness, OcspAnswer};
pub use list::{ListError, ListForm, RevocationList};
pub(crate) use offline::{LIST_LIFETIMES, name as list_name};
pub use offline::{OfflineListError, OfflineListRequest};
pub(crate) use policy::pki_urls;
pub use policy::{Deltas, RevocationPolicy};
pub use status::{DetStatus, StatusView, reason_code};

pub(crate) use delegate::Delegates;
pub(crate) use ledger::{Books, Ledger};
pub(crate) use lists::Lists;

/// What the registry keeps for revocation.
#[derive(Default)]
pub(crate) struct Revocation {
    pub(crate) ledger: std::sync::Arc<Ledger>,
    pub(crate) lists: Lists,
    pub(crate) delegates: Delegates,
}
