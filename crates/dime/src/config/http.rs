//! `[http]`: the HTTP server, its limits and its TLS.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::period::Period;

/// Where HTTP is served, and within which limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    /// The address.
    pub(crate) listen: SocketAddr,
    /// Scheme and authority as clients see them, if a proxy stands before this server; empty if none does.
    #[serde(deserialize_with = "origin")]
    pub(crate) public_origin: String,
    /// Whether plain HTTP may be spoken on an address other than loopback.
    pub(crate) allow_plain: bool,
    /// The largest body, in octets.
    pub(crate) max_body: usize,
    /// The largest request line and header fields together, in octets.
    pub(crate) max_header: usize,
    /// How long a request may take.
    #[serde(deserialize_with = "request_time")]
    pub(crate) request_time: Period,
    /// How many requests are served at once; more are answered 503.
    #[serde(deserialize_with = "requests")]
    pub(crate) max_requests: usize,
    /// How many unauthenticated writes one address may send in a minute; more are answered 429.
    pub(crate) anonymous_writes_per_minute: u32,
    /// How long requests under way may take once the server is told to stop.
    pub(crate) grace: Period,
    /// TLS, by paths.
    #[serde(default)]
    pub(crate) tls: Tls,
}

/// `[http.tls]`: PEM files; both or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// The certificate chain, leaf first; empty for plain HTTP.
    pub(crate) certificate: PathBuf,
    /// The private key; empty for plain HTTP.
    pub(crate) key: PathBuf,
}

/// The most requests at once that may be allowed.
const MOST_REQUESTS: usize = 1_000_000;
/// The longest time that a request may be given.
const LONGEST_REQUEST: Period = Period::seconds(3_600);

fn requests<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let number = usize::deserialize(from)?;
    if (1..=MOST_REQUESTS).contains(&number) {
        Ok(number)
    } else {
        Err(D::Error::custom(format!("{number} is not from 1 to {MOST_REQUESTS}")))
    }
}

fn request_time<'de, D: Deserializer<'de>>(from: D) -> Result<Period, D::Error> {
    let period = Period::deserialize(from)?;
    if (1..=LONGEST_REQUEST.seconds).contains(&period.seconds) {
        Ok(period)
    } else {
        Err(D::Error::custom(format!("{period} is not from 1s to {LONGEST_REQUEST}")))
    }
}

fn origin<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let authority = authority.map(|authority| authority.trim_end_matches('/'));
    if text.is_empty() || authority.is_some_and(|authority| !authority.is_empty() && !authority.contains('/'))
    {
        Ok(text)
    } else {
        Err(D::Error::custom(format!("'{text}' is no scheme and authority such as https://dime.example")))
    }
}

impl Tls {
    /// Whether TLS is wanted.
    pub(crate) fn is_configured(&self) -> bool {
        !self.certificate.as_os_str().is_empty() || !self.key.as_os_str().is_empty()
    }
}

impl Http {
    pub(super) fn resolve_paths(&mut self, base: &Path) {
        for path in [&mut self.tls.certificate, &mut self.tls.key] {
            if !path.as_os_str().is_empty() {
                *path = base.join(&*path);
            }
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_origin: String::new(),
            allow_plain: false,
            max_body: 65_536,
            max_header: 16_384,
            request_time: Period::seconds(30),
            max_requests: 1024,
            anonymous_writes_per_minute: 600,
            grace: Period::seconds(10),
            tls: Tls::default(),
        }
    }
}
