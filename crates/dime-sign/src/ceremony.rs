//! The offline ceremony: what Authorization keys sign, on a machine that has no network (draft-ietf-drip-dki, section 4).
//!
//! Three forms travel between the two machines, as files or as QR codes; none of them can carry code, and none is secret:
//!
//! | form | from | to | holds |
//! |---|---|---|---|
//! | [`Request`] | online | offline | what is to be signed: requests of keys, other RAAs' DETs, a trust list, a revocation list |
//! | [`Answer`] | offline | online | one [`Signed`] for every item of the request, in its order |
//! | [`Bundle`] | a parent | its child | the chain of authorities from the trust anchor down, each with all its objects |
//!
//! All three are deterministic CBOR: an array of the form's name, the version of its layout, and an array of its fields. A reader of
//! another version says so instead of guessing. Both sides show the [`DigestWords`] of what they hold, and people compare them.
//!
//! Offline, a request is first reviewed ([`review`]): every item is decoded in full and becomes either a promise to sign exactly this,
//! or a refusal with its reason. Only a [`Review`] signs. Online, [`Answer::verify`] holds every object against the item it answers.
//!
//! Certificates have random serial numbers: signing one request twice gives two answers, both good. The endorsements in them are equal
//! when their times are.

mod answer;
mod authority;
mod bundle;
mod describe;
mod error;
mod field;
mod form;
mod item;
mod plan;
mod refusal;
mod request;
mod review;
mod terms;
mod verify;
mod warning;
mod words;

pub use answer::{Answer, Signed};
pub use authority::{AuthorityRequest, Include, Profiles};
pub use bundle::{AuthorityObjects, Bundle};
pub use drip_cert::mtls::PkiUrls;
pub use error::{FormError, FormFault};
pub use form::Form;
pub use item::Item;
pub use refusal::Refusal;
pub use request::Request;
pub use review::{Entropy, Finding, Review, review, sign};
pub use terms::{Overlong, Terms};
pub use verify::{AnswerError, BundleFault, ItemFault, ObjectsFault};
pub use warning::Warning;
pub use words::DigestWords;

/// The most octets of a request.
pub const MAX_REQUEST: usize = 1 << 20;
/// The most items of a request, and so of an answer.
pub const MAX_ITEMS: usize = 1000;
/// The most octets of an answer: every certificate of a thousand items fits.
pub const MAX_ANSWER: usize = 4 << 20;
/// The most octets of a bundle.
pub const MAX_BUNDLE: usize = 1 << 18;
/// The most authorities in a bundle: a chain has four, roll-over and several Issuing DETs make it longer.
pub const MAX_AUTHORITIES: usize = 64;
/// The most octets of a trust list to be signed.
pub const MAX_TRUST_LIST: usize = 1 << 18;
/// The most octets of a revocation list to be signed: some five thousand entries.
pub const MAX_REVOCATION_LIST: usize = 1 << 18;
/// The most octets of a text that people read: a reference, a reason.
pub const MAX_TEXT: usize = 500;
