//! `[dns]`: the name server: where it answers, and within which limits.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use dime_dns::{DnsConfig, Network, QueryLogConfig, RateLimitConfig, TlsConfig};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::cookies::Cookies;
use super::peers::{Peer, Text, Tsig};
use super::period::Period;
use super::secondary::Secondary;
use crate::outcome::Failure;

/// Where DNS is served, and within which limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dns {
    /// The addresses of UDP and TCP; without any address, here or in `tls`, this process serves no DNS.
    pub(crate) listen: Vec<SocketAddr>,
    /// Threads that answer UDP on each address; 0 for one per core.
    #[serde(deserialize_with = "threads")]
    pub(crate) udp_threads: usize,
    /// How many TCP and TLS connections there may be.
    #[serde(deserialize_with = "connections")]
    pub(crate) tcp_connections: usize,
    /// How many of them from one IPv4 address or IPv6 /64.
    #[serde(deserialize_with = "connections")]
    pub(crate) tcp_connections_per_source: usize,
    /// How long a connection may be silent.
    #[serde(deserialize_with = "idle")]
    pub(crate) tcp_idle: Period,
    /// What this server calls itself for who asks; empty for nothing.
    #[serde(deserialize_with = "nsid")]
    pub(crate) nsid: String,
    /// The name of the catalogue zone; empty for none.
    pub(crate) catalog: String,
    /// How many changes of each zone are kept for differences.
    pub(crate) journal_changes: usize,
    /// And how many octets of what was there before them.
    pub(crate) journal_octets: usize,
    /// DNS over TLS.
    #[serde(default)]
    pub(crate) tls: DnsTls,
    /// Limits on what goes to one network over UDP.
    #[serde(default)]
    pub(crate) rate_limit: RateLimit,
    /// DNS cookies.
    #[serde(default)]
    pub(crate) cookies: Cookies,
    /// Which queries are logged.
    #[serde(default)]
    pub(crate) query_log: QueryLog,
    /// Secrets shared with peers.
    #[serde(default)]
    pub(crate) tsig: Vec<Tsig>,
    /// Who takes zones from here.
    #[serde(default)]
    pub(crate) peer: Vec<Peer>,
    /// What is copied from elsewhere.
    #[serde(default)]
    pub(crate) secondary: Vec<Secondary>,
}

/// `[dns.tls]`: PEM files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DnsTls {
    /// The addresses; none for no DNS over TLS.
    pub(crate) listen: Vec<SocketAddr>,
    /// The certificate chain, leaf first.
    pub(crate) certificate: PathBuf,
    /// The private key.
    pub(crate) key: PathBuf,
}

/// `[dns.rate_limit]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RateLimit {
    /// Responses of one kind to one network in a second; 0 for no limit.
    per_second: u32,
    /// How many seconds of silence are saved up for a burst.
    #[serde(deserialize_with = "window")]
    window: u32,
    /// Every so many limited responses one is sent truncated; 0 for none.
    slip: u32,
    /// Bits of an IPv4 address that make a network.
    #[serde(deserialize_with = "ipv4_prefix")]
    ipv4_prefix: u8,
    /// Bits of an IPv6 address that make a network.
    #[serde(deserialize_with = "ipv6_prefix")]
    ipv6_prefix: u8,
    /// How many networks are kept in mind.
    #[serde(deserialize_with = "places")]
    places: usize,
    /// Who is never limited.
    exempt: Vec<Text<Network>>,
}

/// `[dns.query_log]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct QueryLog {
    /// One query in so many; 0 for none.
    one_in: u32,
    /// How many lines a second at most.
    per_second: u32,
}

fn threads<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    within(from, 0, 1024)
}

fn connections<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    within(from, 1, 1_000_000)
}

fn window<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    within(from, 1, 3600)
}

fn ipv4_prefix<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    within(from, 8, 32)
}

fn ipv6_prefix<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    within(from, 16, 128)
}

fn places<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    within(from, 1024, 1 << 26)
}

fn idle<'de, D: Deserializer<'de>>(from: D) -> Result<Period, D::Error> {
    let period = Period::deserialize(from)?;
    if (1..=3600).contains(&period.seconds) {
        Ok(period)
    } else {
        Err(D::Error::custom(format!("{period} is not from 1s to 1h")))
    }
}

/// Beside it a datagram must have room for the answer.
const LONGEST_NSID: usize = 64;

fn nsid<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.len() <= LONGEST_NSID {
        Ok(text)
    } else {
        Err(D::Error::custom(format!("'{text}' has more than {LONGEST_NSID} octets")))
    }
}

fn within<'de, D, T>(from: D, least: T, most: T) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + PartialOrd + std::fmt::Display,
{
    let number = T::deserialize(from)?;
    if number >= least && number <= most {
        Ok(number)
    } else {
        Err(D::Error::custom(format!("{number} is not from {least} to {most}")))
    }
}

impl Dns {
    /// The same for the name server; `None` where there is none.
    pub(crate) fn to_server(&self) -> Result<Option<DnsConfig>, Failure> {
        if self.listen.is_empty() && self.tls.listen.is_empty() {
            return Ok(None);
        }
        let RateLimit { per_second, window, slip, ipv4_prefix, ipv6_prefix, places, ref exempt } =
            self.rate_limit;
        let exempt = exempt.iter().map(|network| network.0).collect();
        Ok(Some(DnsConfig {
            listen: self.listen.clone(),
            tls: self.tls.to_server()?,
            udp_threads: self.udp_threads,
            tcp_connections: self.tcp_connections,
            tcp_connections_per_source: self.tcp_connections_per_source,
            tcp_idle: self.tcp_idle.into(),
            nsid: self.nsid.clone().into_bytes(),
            rate_limit: RateLimitConfig {
                per_second,
                window,
                slip,
                ipv4_prefix,
                ipv6_prefix,
                places,
                exempt,
            },
            cookies: self.cookies.to_server()?,
            query_log: QueryLogConfig {
                one_in: self.query_log.one_in,
                per_second: self.query_log.per_second,
            },
            ..DnsConfig::default()
        }))
    }

    pub(super) fn resolve_paths(&mut self, base: &Path) {
        self.tsig.iter_mut().for_each(|key| key.resolve_paths(base));
        for path in [&mut self.tls.certificate, &mut self.tls.key, &mut self.cookies.secret_file] {
            if !path.as_os_str().is_empty() {
                *path = base.join(&*path);
            }
        }
    }
}

impl DnsTls {
    fn to_server(&self) -> Result<Option<TlsConfig>, Failure> {
        let files = [("certificate", &self.certificate), ("key", &self.key)];
        if self.listen.is_empty() {
            return Ok(None);
        }
        if let Some((missing, _)) = files.iter().find(|(_, path)| path.as_os_str().is_empty()) {
            return Err(Failure::usage(format!("dns.tls.{missing}: DNS over TLS needs certificate and key")));
        }
        let listen = self.listen.clone();
        Ok(Some(TlsConfig { listen, certificate: self.certificate.clone(), key: self.key.clone() }))
    }
}

impl Default for Dns {
    fn default() -> Self {
        let server = DnsConfig::default();
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 5300))],
            udp_threads: server.udp_threads,
            tcp_connections: server.tcp_connections,
            tcp_connections_per_source: server.tcp_connections_per_source,
            tcp_idle: Period::seconds(server.tcp_idle.as_secs()),
            nsid: String::new(),
            catalog: String::new(),
            journal_changes: dime_zone::JournalLimits::default().changes,
            journal_octets: dime_zone::JournalLimits::default().octets,
            tls: DnsTls::default(),
            rate_limit: RateLimit::default(),
            cookies: Cookies::default(),
            query_log: QueryLog::default(),
            tsig: Vec::new(),
            peer: Vec::new(),
            secondary: Vec::new(),
        }
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        let RateLimitConfig { per_second, window, slip, ipv4_prefix, ipv6_prefix, places, .. } =
            RateLimitConfig::default();
        // Nobody outside can forge these, and they are how an administrator tries the server.
        let exempt = ["127.0.0.0/8", "::1"].iter().filter_map(|text| text.parse().ok()).map(Text).collect();
        Self { per_second, window, slip, ipv4_prefix, ipv6_prefix, places, exempt }
    }
}

impl Default for QueryLog {
    fn default() -> Self {
        let QueryLogConfig { one_in, per_second } = QueryLogConfig::default();
        Self { one_in, per_second }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use std::path::Path;

    fn dns(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("dime.toml"), &format!("version = 1\n[dns]\n{text}\n"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_nothing_can_run_with_is_refused() {
        for text in [
            "udp_threads = 1025",
            "tcp_connections = 0",
            "tcp_connections_per_source = 0",
            "tcp_idle = \"0s\"",
            "tcp_idle = \"2h\"",
            "tls = { listen = [\"127.0.0.1\"] }",
            "rate_limit = { window = 0 }",
            "rate_limit = { ipv4_prefix = 33 }",
            "rate_limit = { ipv6_prefix = 129 }",
            "rate_limit = { places = 9999999999 }",
            "rate_limit = { exempt = [\"192.0.2.0/33\"] }",
            "query_log = { one_in = -1 }",
        ] {
            let error = dns(text).unwrap_err();
            assert!(error.starts_with("dime.toml:3: "), "{error}");
        }
        let long = "x".repeat(65);
        assert!(dns(&format!("nsid = \"{long}\"")).unwrap_err().contains("more than 64 octets"));
    }

    #[test]
    fn tls_needs_certificate_and_key() {
        let config = dns("tls = { listen = [\"127.0.0.1:853\"], certificate = \"a.pem\" }").unwrap();
        let error = format!("{:?}", config.dns.to_server().unwrap_err());
        assert!(error.contains("dns.tls.key"), "{error}");
        assert_eq!(dns("listen = []").unwrap().dns.to_server().unwrap(), None, "no address, no server");
    }
}
