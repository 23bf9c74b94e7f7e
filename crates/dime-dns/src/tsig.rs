//! TSIG: messages authenticated by a shared secret (RFC 8945), on the octets as they came and go.
//!
//! | module | what |
//! |---|---|
//! | `key` | keys, algorithms, the keys there are |
//! | `record` | the TSIG record in a message |
//! | `digest` | the octets under a MAC |
//! | `request` | a request is checked, and answered where it is not as it should be |
//! | `chain` | responses are signed, one or many |
//! | `client` | requests are signed and their responses checked |
//!
//! MACs are compared in constant time. A truncated MAC is refused, right or wrong (section 5.2.2.1 leaves that to us); the time must be
//! within five minutes of ours, whatever the asker says in Fudge, so a request that was recorded is good for no longer.
//!
//! hickory-proto's `TSigner` is not used: it checks a message that it has encoded anew, not the octets that came, and knows none of the
//! answers to wrong requests.

mod chain;
mod client;
mod digest;
mod key;
mod record;
mod request;
#[cfg(test)]
mod tests;

pub(crate) use chain::Chain;
pub(crate) use client::{ResponseChain, TsigFault, sign_request};
pub use key::{Algorithm, KeyRing, TsigKey, TsigKeyError};
pub(crate) use request::{Checked, bare, check};

/// How far clocks may be apart, in seconds (section 10).
pub(crate) const FUDGE: u16 = 300;

/// Errors that a TSIG record says (section 3).
pub(crate) const BADSIG: u16 = 16;
pub(crate) const BADKEY: u16 = 17;
pub(crate) const BADTIME: u16 = 18;
pub(crate) const BADTRUNC: u16 = 22;

/// RCODEs of responses to requests that are not right.
pub(crate) const FORMERR: u8 = 1;
pub(crate) const NOTAUTH: u8 = 9;
