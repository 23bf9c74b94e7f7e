//! `[[dns.tsig]]` and `[[dns.peer]]`: who takes zones from here, and the secrets shared with them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dime_dns::{
    Algorithm, KeyRing, Network, PeerConfig, PeerZones, Peers, PrimaryConfig, Transfers, Transport, TsigKey,
};
use dime_zone::{JournalLimits, Name};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Dns, secret_file};
use crate::outcome::Failure;

/// A secret shared with peers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tsig {
    /// The key's name, the same on both sides.
    name: Text<Name>,
    /// The algorithm, the same on both sides.
    #[serde(default = "hmac_sha256")]
    algorithm: Text<Algorithm>,
    /// A file with the secret in base64, which only its owner can read.
    secret_file: PathBuf,
}

/// A peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peer {
    /// What it is called in logs.
    name: String,
    /// Where it asks from: addresses and prefixes.
    #[serde(default)]
    addresses: Vec<Text<Network>>,
    /// The name of its TSIG key; without one it must not sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Text<Name>>,
    /// What it may ask over.
    #[serde(default = "streams")]
    transports: Vec<PeerTransport>,
    /// Whether it may take zones.
    #[serde(default)]
    transfer: bool,
    /// Where it is told of changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notify: Option<SocketAddr>,
    /// Of which zones.
    #[serde(default)]
    zones: Zones,
}

/// The transports by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PeerTransport {
    /// Datagrams: for small differences.
    Udp,
    /// TCP.
    Tcp,
    /// DNS over TLS.
    Tls,
}

/// `zones = "all"`, or a list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Zones {
    #[default]
    #[serde(deserialize_with = "all", serialize_with = "put_all")]
    All,
    Only(Vec<Text<Name>>),
}

fn all<'de, D: serde::Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    match String::deserialize(from)?.as_str() {
        "all" => Ok(()),
        other => {
            Err(serde::de::Error::custom(format!("zones are \"all\" or a list of names, not {other:?}")))
        }
    }
}

fn put_all<S: serde::Serializer>(to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("all")
}

/// A value that stands in the file as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text<T>(pub(super) T);

impl<T: std::fmt::Display> Serialize for Text<T> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de, T: std::str::FromStr<Err: std::fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map(Text).map_err(serde::de::Error::custom)
    }
}

fn hmac_sha256() -> Text<Algorithm> {
    Text(Algorithm::HmacSha256)
}

fn streams() -> Vec<PeerTransport> {
    vec![PeerTransport::Tcp, PeerTransport::Tls]
}

impl Tsig {
    /// The key of this name whose secret is in a file.
    pub(crate) fn of(name: Name, secret_file: PathBuf) -> Self {
        Tsig { name: Text(name), algorithm: hmac_sha256(), secret_file }
    }

    pub(super) fn resolve_paths(&mut self, base: &Path) {
        self.secret_file = base.join(&self.secret_file);
    }

    fn load(&self) -> Result<TsigKey, Failure> {
        let text = secret_file::read(&self.secret_file)?;
        let text: Zeroizing<Vec<u8>> =
            Zeroizing::new(text.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect());
        let octets = Zeroizing::new(BASE64_STANDARD.decode(text.as_slice()).map_err(|_| {
            Failure::file(&self.secret_file, "is not the base64 text of a secret, and nothing else")
        })?);
        TsigKey::new(self.name.0.clone(), self.algorithm.0, &octets)
            .map_err(|error| Failure::file(&self.secret_file, error))
    }
}

impl Peer {
    fn to_dns(&self) -> PeerConfig {
        let transport = |transport: &PeerTransport| match transport {
            PeerTransport::Udp => Transport::Udp,
            PeerTransport::Tcp => Transport::Tcp,
            PeerTransport::Tls => Transport::Tls,
        };
        PeerConfig {
            name: self.name.clone(),
            networks: self.addresses.iter().map(|text| text.0).collect(),
            key: self.key.as_ref().map(|text| text.0.clone()),
            transports: self.transports.iter().map(transport).collect(),
            transfer: if self.transfer { Transfers::Allowed } else { Transfers::Refused },
            notify: self.notify,
            zones: match &self.zones {
                Zones::All => PeerZones::All,
                Zones::Only(zones) => PeerZones::Only(zones.iter().map(|text| text.0.clone()).collect()),
            },
        }
    }
}

impl Dns {
    /// Who takes zones from here, the secrets read from their files.
    pub(crate) fn primary(&self) -> Result<PrimaryConfig, Failure> {
        let wrong = |key: &str, error: &dyn std::fmt::Display| Failure::usage(format!("dns.{key}: {error}"));
        let keys = self.tsig.iter().map(Tsig::load).collect::<Result<Vec<_>, _>>()?;
        let keys = KeyRing::new(keys).map_err(|error| wrong("tsig", &error))?;
        let peers = self.peer.iter().map(Peer::to_dns).collect();
        let peers = Peers::new(keys, peers).map_err(|error| wrong("peer", &error))?;
        let catalog = match self.catalog.as_str() {
            "" => None,
            name => Some(name.parse::<Name>().map_err(|error| wrong("catalog", &error))?),
        };
        PrimaryConfig::new(peers, catalog).map_err(|error| wrong("catalog", &error))
    }

    /// How much is kept of each zone's changes, for who has an older copy.
    pub(crate) fn journal_limits(&self) -> JournalLimits {
        JournalLimits { changes: self.journal_changes, octets: self.journal_octets }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::config::Config;

    const ALL: &str = r#"version = 1
[dns]
catalog = "catalog.dime.example."
[[dns.tsig]]
name = "Transfer.example."
secret_file = "transfer.tsig"
[[dns.tsig]]
name = "other."
algorithm = "hmac-sha512"
secret_file = "other.tsig"
[[dns.peer]]
name = "ns1"
addresses = ["192.0.2.0/28", "2001:db8::1"]
key = "transfer.example."
transfer = true
notify = "192.0.2.1:53"
[[dns.peer]]
name = "told"
notify = "[2001:db8::2]:53"
transports = ["udp", "tls"]
zones = ["0.e.f.f.3.0.0.1.0.0.2.ip6.arpa."]
"#;

    fn written(text: &str, mode: u32) -> (tempfile::TempDir, Config) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["transfer.tsig", "other.tsig"] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let path = folder.path().join("dime.toml");
        std::fs::write(&path, ALL).unwrap();
        let config = Config::load(&path).unwrap();
        (folder, config)
    }

    #[test]
    fn read_written_and_read() {
        let config = Config::parse(Path::new("dime.toml"), ALL).unwrap();
        let text = config.to_toml().unwrap();
        assert_eq!(Config::parse(Path::new("dime.toml"), &text).unwrap(), config, "{text}");
        let secret = BASE64_STANDARD.encode([5; 32]);
        let (_folder, config) = written(&format!("  {secret}\n"), 0o600);
        let peers = config.dns.primary().unwrap().peers().clone();
        let [ns1, told] = peers.all() else { panic!("two peers") };
        assert_eq!((ns1.transfer, &ns1.zones), (Transfers::Allowed, &PeerZones::All));
        assert_eq!(ns1.transports, [Transport::Tcp, Transport::Tls]);
        assert_eq!(told.transfer, Transfers::Refused);
        assert!(matches!(&told.zones, PeerZones::Only(zones) if zones.len() == 1));
        let key = peers.keys().find(&"other".parse().unwrap()).unwrap();
        assert_eq!(key.algorithm(), Algorithm::HmacSha512);
    }

    #[test]
    fn secrets_that_are_none() {
        let good = BASE64_STANDARD.encode([5; 32]);
        for (text, mode, fault) in [
            (good.as_str(), 0o640, "chmod 600"),
            (good.as_str(), 0o604, "chmod 600"),
            ("not base64!", 0o600, "base64"),
            ("", 0o600, "16"),
            ("YWJj", 0o600, "16"),
            (&"A".repeat(5000), 0o600, "too long"),
        ] {
            let (_folder, config) = written(text, mode);
            let error = format!("{:?}", config.dns.primary().unwrap_err());
            assert!(error.contains(fault) && error.contains("transfer.tsig"), "{fault}: {error}");
            assert!(!error.contains(&good), "a secret is never shown");
        }
    }

    #[test]
    fn faults_are_named_with_their_line() {
        for (from, to, line) in [
            ("\"192.0.2.0/28\"", "\"192.0.2.0/99\"", "dime.toml:13"),
            ("\"hmac-sha512\"", "\"hmac-md5\"", "dime.toml:9"),
            ("\"udp\", \"tls\"", "\"quic\"", "dime.toml:20"),
            ("notify = \"192.0.2.1:53\"", "notify = \"192.0.2.1\"", "dime.toml:16"),
            ("transfer = true", "transfers = true", "dime.toml:15"),
        ] {
            let text = ALL.replace(from, to);
            let error = Config::parse(Path::new("dime.toml"), &text).unwrap_err().to_string();
            assert!(error.contains(line), "{to}: {error}");
        }
        let text = ALL.replace("[\"0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.\"]", "\"some\"");
        assert!(Config::parse(Path::new("dime.toml"), &text).is_err());
    }
}
