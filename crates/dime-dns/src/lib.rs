//! The sockets of the name server: DNS over UDP and TCP (RFC 1035, section 4.2; RFC 7766), answered from the zones in memory.
//!
//! * [`DnsServer`]: binds, serves, stops.
//! * `handler`: hickory-server's request handler, straight over the lookup, without its catalogue.
//! * `reply`: the response to a request, header bits, EDNS and truncation included; a pure function.
//! * `bind`: sockets, and what to say when they cannot be had.
//! * [`Cookies`]: DNS cookies; [`RateLimit`]: limits on what goes to one network.
//! * `counters`: what was answered, for `metrics`. Install the recorder before [`DnsServer::bind`].
//!
//! hickory-server writes a line for every query at level `info` of target `hickory_server`: filter it at `warn`.
//!
//! This crate knows the zones and nothing of the store, the keys or HTTP: the DNS keeps answering while those are down.

mod bind;
mod cookie;
mod counters;
mod handler;
mod rate;
mod reply;
mod server;
mod tsig;
mod walk;

pub use bind::{BindError, Transport};
pub use cookie::{CookieCheck, CookieSecret, Cookies};
pub use rate::{Decision, RateLimit, RateLimitConfig, ResponseKind};
pub use tsig::{Algorithm, KeyRing, TsigKey, TsigKeyError};
pub use server::{DnsConfig, DnsServer, ServeError};
