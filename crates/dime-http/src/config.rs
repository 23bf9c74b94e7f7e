//! What the HTTP door may be told: limits and where it listens.

use dime_zone::Zones;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// Limits and identity of the router. [`HttpConfig::default`] suits a small server.
#[derive(Clone)]
pub struct HttpConfig {
    /// The largest body, in octets.
    pub max_body: usize,
    /// The largest request target and header fields together, in octets.
    pub max_header: usize,
    /// How long a request may take, its body included.
    pub request_time: Duration,
    /// How many requests are served at once; more are answered 503.
    pub max_requests: usize,
    /// How many of them may wait for the registry at once; more wait their turn.
    pub max_registry_calls: usize,
    /// How many unauthenticated applications one address may send in a minute; more are answered 429.
    pub anonymous_writes_per_minute: u32,
    /// Scheme and authority as clients see them, such as `https://dime.example`, if a proxy stands before this server.
    ///
    /// Only signatures that cover `@target-uri`, `@authority` or `@scheme` depend on it.
    pub public_origin: Option<String>,
    /// Whether this server itself speaks TLS: the scheme in signatures if there is no [`HttpConfig::public_origin`].
    pub transport: Transport,
    /// What `/readyz` asks beside the registry: the name server, for example.
    pub ready_checks: Arc<[ReadyCheck]>,
    /// The zones this node serves, for their counts in `/metrics`.
    pub zones: Option<Arc<Zones>>,
    /// Metrics of the other planes, in Prometheus text, appended to `/metrics`.
    pub other_metrics: Option<Arc<dyn Fn() -> String + Send + Sync>>,
}

/// One question that `/readyz` asks. It may block for a moment.
#[derive(Clone)]
pub struct ReadyCheck {
    /// What is asked, such as `dns`.
    pub name: String,
    /// Asks; the error says why it is not ready.
    pub run: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
}

/// What carries the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP in the clear.
    Plain,
    /// HTTP over TLS.
    Tls,
}

impl Transport {
    /// The URI scheme.
    pub fn scheme(self) -> &'static str {
        match self {
            Transport::Plain => "http",
            Transport::Tls => "https",
        }
    }
}

impl HttpConfig {
    /// How long a body may take to arrive: half the time of the whole request.
    pub(crate) fn body_time(&self) -> Duration {
        self.request_time / 2
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        HttpConfig {
            max_body: 64 * 1024,
            max_header: 16 * 1024,
            request_time: Duration::from_secs(30),
            max_requests: 1024,
            max_registry_calls: 128,
            anonymous_writes_per_minute: 600,
            public_origin: None,
            transport: Transport::Plain,
            ready_checks: Arc::new([]),
            zones: None,
            other_metrics: None,
        }
    }
}

/// Where to listen, and how.
#[derive(Clone, Debug)]
pub struct ListenConfig {
    /// The address; port 0 picks a free one.
    pub addr: SocketAddr,
    /// Certificate and key of TLS; without them plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Whether plain HTTP may be spoken on an address other than loopback.
    pub plain: PlainHttp,
    /// How long requests under way may take once the server is told to stop.
    pub grace: Duration,
}

/// Where plain HTTP is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// On loopback addresses only.
    #[default]
    LoopbackOnly,
    /// Anywhere: a proxy or the network protects it (`allow_plain`).
    Anywhere,
}

/// PEM files of a TLS server.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate chain, leaf first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

impl ListenConfig {
    /// Plain HTTP on this address, if it is loopback.
    pub fn loopback(addr: SocketAddr) -> Self {
        ListenConfig { addr, tls: None, plain: PlainHttp::LoopbackOnly, grace: Duration::from_secs(10) }
    }
}
