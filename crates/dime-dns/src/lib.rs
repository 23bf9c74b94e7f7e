//! The sockets of the name server: DNS over UDP and TCP (RFC 1035, section 4.2; RFC 7766), answered from the zones in memory.
//!
//! * [`DnsServer`]: binds, serves, takes other settings while it serves, stops. [`DnsConfig`]: its settings.
//! * `stream`: TCP and TLS, with their limits.
//! * `respond`: the response to an everyday request, composed in place, which every transport asks for; `query` reads the request.
//! * `unusual`: all other requests. `reply`: the response to any request by hickory's message, the same octets as those of `respond`.
//! * `udp`: a thread and a socket per core.
//! * `bind`: sockets, and what to say when they cannot be had.
//! * [`Cookies`]: DNS cookies; [`RateLimit`]: limits on what goes to one network.
//! * `counters`: what was answered and how fast, for `metrics`, with a table of the names; `tally`: what one thread counts for itself;
//!   `latency`: the buckets. Install the recorder before [`DnsServer::bind`].
//! * `query_log`: a sample of the queries, for the log. `ede`: why a response is not what was hoped for.
//!
//! This crate knows the zones and nothing of the store, the keys or HTTP: the DNS keeps answering while those are down.

mod answering;
mod bind;
mod catalog;
mod config;
mod cookie;
mod counters;
#[cfg(test)]
mod differential;
mod ede;
mod fetched;
mod latency;
mod notify;
mod opt;
mod peers;
mod primary;
mod query;
mod query_log;
mod rate;
mod reply;
mod respond;
pub mod secondary;
mod server;
mod shared;
mod stream;
mod tally;
mod transfer;
mod tsig;
mod udp;
mod unusual;
mod walk;

pub use answering::Answering;
pub use bind::{BindError, Transport};
pub use catalog::CatalogNameError;
pub use config::{CookieConfig, DnsConfig, QueryLogConfig, TlsConfig};
pub use cookie::{CookieCheck, CookieSecret, Cookies};
pub use fetched::{Fetch, Fetched};
pub use peers::{Network, NetworkError, PeerConfig, PeerZones, Peers, PeersError, Transfers};
pub use primary::PrimaryConfig;
pub use rate::{Decision, RateLimit, RateLimitConfig, ResponseKind};
pub use respond::{Disposition, Moment, Peer, Responder};
pub use server::{DnsServer, ServeError, StartError};
pub use stream::TlsFileError;
pub use tsig::{Algorithm, KeyRing, TsigKey, TsigKeyError};
