//! The user's side of DRIP: look a DET up in DNS, verify it up to a trust anchor, and talk to a
//! registrar.
//!
//! | module | does |
//! |---|---|
//! | [`dns`] | one question to one server, RDATA left as it came |
//! | [`chain`] | pure verification: records, certificates, endorsements, up to an anchor |
//! | [`resolve()`] | the two together |
//! | [`natural`] | every RAA in the DNS: the natural trust list |
//! | [`observe`] | Broadcast Remote ID as it is heard: what each UA is to be believed |
//! | [`message_signature`] | HTTP Message Signatures, both sides |
//! | [`registrar`] | HTTP client of a DIME's registrar, requests signed by RFC 9421 |

pub mod chain;
pub mod dns;
pub mod message_signature;
pub mod natural;
pub mod observe;
pub mod registrar;
pub mod resolve;

pub use chain::{Anchor, Conditions, Lookup, Report, State, UnsignedFields};
pub use dns::Resolver;
pub use resolve::{Resolution, resolve, resolve_under};
