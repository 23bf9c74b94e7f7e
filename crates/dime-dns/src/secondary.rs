//! A secondary: copies of zones that another server is the primary of, kept as RFC 1034, section 4.3.5, says.
//!
//! | module | what |
//! |---|---|
//! | `config` | what is followed, and where it comes from |
//! | `times` | refresh, retry and expire, by a clock that is an argument |
//! | `message` | the records of a response, names uncompressed |
//! | `incoming` | the records of a transfer in order: nothing new, what changed, or all (RFC 1995, RFC 5936) |
//! | `client` | asks a primary |
//! | `members` | the zones that a catalogue names (RFC 9432) |
//! | `shelf`, `keep` | copies on disk, served at once after a restart |
//! | `notified` | a primary says that something changed (RFC 1996) |
//! | `follow`, `run` | what is known of each zone; what is done about it |
//! | `status` | how it stands, for people |
//!
//! A primary is not believed for being ours: what it sends is bounded, checked and put together aside; only a whole transfer, whose last
//! message is signed where a key is agreed on, takes the place of the copy before it.
//!
//! Of signed zones, what the primary has signed is served as it came. When the signatures of a copy's SOA have ended, that is logged once and
//! counted (`dime_dns_copies_outdated_total`); they are served on, and who validates is the judge of them.

mod client;
mod config;
mod follow;
mod incoming;
mod keep;
mod members;
mod message;
mod notified;
mod run;
mod shelf;
mod status;
#[cfg(test)]
mod tests;
mod times;

pub use client::FetchError;
pub use config::{Followed, Following, Primary, SecondaryConfig, SecondaryConfigError};
pub(crate) use notified::NOTIFY;
pub use run::{NotFollowed, Secondary, Time};
pub use shelf::KeptError;
pub use status::{CopyState, CopyStatus};
