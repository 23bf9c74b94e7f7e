//! An observer of Broadcast Remote ID: hears what UAs send and says of each how far it is to be believed (RFC 9575, section 6.4).
//!
//! ```text
//!  messages ──► pages ──► Link, Wrapper, Manifest, Frame ──► findings ──► state of the UA
//!                            │            ▲
//!                            ▼            │ keys, and how they are trusted
//!                       Links heard ── KeySource: anchors, offline cache, DNS
//! ```
//!
//! Three things must come together before a UA is [`UaState::Trusted`] or [`UaState::Verified`]:
//!
//! * its **registration**: the Links heard make a whole chain from the UA up to a DET that the [`KeySource`] knows, or the source knows
//!   the UA's DET itself. A chain that ends at somebody unknown proves nothing: anybody can make one;
//! * **possession** of the key: a Wrapper or Manifest signed by the UA, valid now;
//! * **freshness**: what is signed are data that could not be known long before, a Location or System message of this moment, in the
//!   Wrapper itself or heard from the same transmitter and named in the Manifest. So a recording that is played later shows.
//!
//! Times are arguments: nothing here reads a clock. What is kept is bounded, whatever is sent.

mod finding;
mod judge;
mod keys;
mod links;
mod observer;
mod proof;
mod reason;
mod recent;
mod reception;
mod sequence;
mod state;
mod track;
mod verdict;

pub use finding::{Finding, Outcome, Subject};
pub use keys::{KeySource, KnownKey, KnownKeys, Standing, TrustedKeys};
pub use observer::{Observer, Settings};
pub use reason::Reason;
pub use reception::{Reception, Transmitter};
pub use sequence::Sequence;
pub use state::UaState;
pub use verdict::Verdict;
