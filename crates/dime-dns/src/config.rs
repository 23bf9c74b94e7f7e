//! Settings of the name server.

use crate::{CookieSecret, RateLimitConfig};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// Settings of the name server. All but `udp_threads` and `receive_buffer` can be changed while it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsConfig {
    /// Where DNS is answered over UDP and TCP.
    pub listen: Vec<SocketAddr>,
    /// Where it is answered over TLS.
    pub tls: Option<TlsConfig>,
    /// Threads that answer UDP on each address; 0 for one per core.
    pub udp_threads: usize,
    /// Receive buffer of the UDP sockets in octets, as far as the system allows: bursts beyond it are lost.
    pub receive_buffer: usize,
    /// How many connections there may be, TCP and TLS together.
    pub tcp_connections: usize,
    /// How many of them from one source: an IPv4 address, or an IPv6 /64.
    pub tcp_connections_per_source: usize,
    /// How long a connection may be silent (RFC 7766, section 6.2.3), and how long what waits for the asker may take to be read.
    pub tcp_idle: Duration,
    /// How many requests that take longer may be under way on one connection.
    pub tcp_waiting: usize,
    /// How long a TLS handshake may take.
    pub tls_handshake: Duration,
    /// What this server calls itself for who asks (RFC 5001); empty for nothing.
    pub nsid: Vec<u8>,
    /// How many responses over UDP go to one network; no limit by default.
    pub rate_limit: RateLimitConfig,
    /// DNS cookies.
    pub cookies: CookieConfig,
    /// Which queries are logged.
    pub query_log: QueryLogConfig,
}

/// DNS over TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsConfig {
    /// Where it is answered.
    pub listen: Vec<SocketAddr>,
    /// The certificate chain in PEM, leaf first.
    pub certificate: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
}

/// What DNS cookies are made with (RFC 9018).
#[derive(Clone, PartialEq, Eq, Default)]
pub enum CookieConfig {
    /// None are made, and those that come are not looked at.
    Off,
    /// A secret that is made at the start and that nobody else knows.
    #[default]
    Own,
    /// Secrets that all servers of a group share.
    Shared {
        /// Cookies are made with it.
        current: CookieSecret,
        /// Cookies made with these are taken, too.
        others: Vec<CookieSecret>,
    },
}

/// Without the secrets.
impl core::fmt::Debug for CookieConfig {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            CookieConfig::Off => "Off",
            CookieConfig::Own => "Own",
            CookieConfig::Shared { .. } => "Shared",
        })
    }
}

/// A sample of the queries goes to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLogConfig {
    /// Every so many queries of a thread or connection; 0 for none.
    pub one_in: u32,
    /// How many lines a second at most.
    pub per_second: u32,
}

impl Default for QueryLogConfig {
    fn default() -> Self {
        QueryLogConfig { one_in: 0, per_second: 100 }
    }
}

impl Default for DnsConfig {
    fn default() -> Self {
        DnsConfig {
            listen: Vec::new(),
            tls: None,
            udp_threads: 0,
            receive_buffer: 4 << 20,
            tcp_connections: 4096,
            tcp_connections_per_source: 128,
            tcp_idle: Duration::from_secs(10),
            tcp_waiting: 16,
            tls_handshake: Duration::from_secs(5),
            nsid: Vec::new(),
            // Who serves the world asks for it: here nothing is known of who asks.
            rate_limit: RateLimitConfig { per_second: 0, ..RateLimitConfig::default() },
            cookies: CookieConfig::default(),
            query_log: QueryLogConfig::default(),
        }
    }
}
