//! Octet forms of DRIP: the Broadcast Endorsement, and the DNS records that carry DETs, keys, certificates and endorsements.
//!
//! * [`Endorsement`]: one signed link of a chain, 136 octets (RFC 9575, section 4.2).
//! * [`rdata`]: HHIT and BRID (RFC 9886), HIP (RFC 8005), CERT (RFC 4398), TLSA (RFC 6698), each with its octets, its presentation text,
//!   and RFC 3597 text for software that does not know the type.
//! * [`broadcast`]: what a UA sends and an observer hears (RFC 9575): Link, Wrapper, Manifest, Frame, messages, pages.
//! * [`trust`]: an RAA's signed list of the RAAs it trusts. [`cache`]: signed endorsements for use without a connection.
//! * [`registration`]: registering by a signed token (CWT), our proposal, and the reply to it in CBOR.
//! * [`cose`]: the signed envelope of everything that is signed and no endorsement. [`coverage`]: where an HDA registers.
//! * [`Variant`]: where the standards contradict themselves both readings are accepted, and a decoded value says which one it met.
//!
//! Every decoder here keeps one law: if octets decode to a value, that value encodes to the same octets; every proper prefix of them is
//! refused as [`Fault::Truncated`], and with any octet appended they are refused as [`Fault::Trailing`]. The only exception is the
//! list of rendezvous servers at the end of a HIP record, which has no end mark; see [`rdata::Hip`].
#![no_std]

extern crate alloc;

pub mod broadcast;
pub mod cache;
mod cbor;
pub mod cose;
pub mod coverage;
mod endorsement;
mod error;
mod fields;
mod octets;
pub mod rdata;
pub mod registration;
pub mod trust;
pub mod validity;
mod variant;

pub use cbor::Float;
pub use endorsement::{Endorsement, EndorsementBody, EndorsementError, Epoch};
pub use error::{Fault, OutOfBounds, WireError};
pub use variant::Variant;
