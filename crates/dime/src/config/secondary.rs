//! `[[dns.secondary]]`: zones that are copied from other servers.

use std::net::SocketAddr;

use dime_dns::secondary::{Followed, Following, Primary, SecondaryConfig};
use dime_zone::Name;
use serde::{Deserialize, Serialize};

use super::Dns;
use super::peers::Text;
use crate::outcome::Failure;

/// A zone, or the zones that a catalogue names, and the servers to take them from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stated", into = "Stated")]
pub(crate) struct Secondary {
    what: Followed,
    primaries: Vec<Server>,
}

/// A primary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    /// Where it answers.
    address: SocketAddr,
    /// The name of the TSIG key that is agreed on with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Text<Name>>,
}

/// The same as it stands in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<Text<Name>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    catalog: Option<Text<Name>>,
    primaries: Vec<Server>,
}

impl TryFrom<Stated> for Secondary {
    type Error = String;

    fn try_from(stated: Stated) -> Result<Self, String> {
        let what = match (stated.zone, stated.catalog) {
            (Some(zone), None) => Followed::Zone(zone.0),
            (None, Some(catalog)) => Followed::Catalog(catalog.0),
            _ => {
                return Err(
                    "a secondary follows one zone or one catalog: exactly one of them is named".to_owned()
                );
            }
        };
        Ok(Secondary { what, primaries: stated.primaries })
    }
}

impl From<Secondary> for Stated {
    fn from(secondary: Secondary) -> Self {
        let (zone, catalog) = match secondary.what {
            Followed::Zone(zone) => (Some(Text(zone)), None),
            Followed::Catalog(catalog) => (None, Some(Text(catalog))),
        };
        Stated { zone, catalog, primaries: secondary.primaries }
    }
}

impl Secondary {
    /// One that follows a zone or catalogue of one primary.
    pub(crate) fn of(what: Followed, address: SocketAddr, key: Option<Name>) -> Self {
        Secondary { what, primaries: vec![Server { address, key: key.map(Text) }] }
    }

    fn to_dns(&self) -> Following {
        let primary = |server: &Server| Primary {
            address: server.address,
            key: server.key.as_ref().map(|key| key.0.clone()),
        };
        Following { what: self.what.clone(), primaries: self.primaries.iter().map(primary).collect() }
    }
}

impl Dns {
    /// What is copied from elsewhere, the secrets read from their files; `None` where nothing is.
    pub(crate) fn secondary(&self) -> Result<Option<SecondaryConfig>, Failure> {
        if self.secondary.is_empty() {
            return Ok(None);
        }
        let following = self.secondary.iter().map(Secondary::to_dns).collect();
        let keys = self.primary()?.peers().keys().clone();
        let config = SecondaryConfig { following, keys, ..SecondaryConfig::default() };
        config.check().map_err(|error| Failure::usage(format!("dns.secondary: {error}")))?;
        Ok(Some(config))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    fn parse(text: &str) -> Result<Config, String> {
        let text = format!("version = 1\nrole = \"secondary\"\n[[dns.secondary]]\n{text}\n");
        Config::parse(Path::new("dime.toml"), &text).map_err(|error| error.to_string())
    }

    const ZONE: &str = "zone = \"0.e.f.f.3.0.0.1.0.0.2.ip6.arpa\"\n";

    #[test]
    fn read_written_and_read() {
        let text = format!(
            "{ZONE}primaries = [{{ address = \"192.0.2.1:53\" }}, {{ address = \"[2001:db8::1]:53\" }}]\n\
             [[dns.secondary]]\ncatalog = \"catalog.example\"\nprimaries = [{{ address = \"192.0.2.1:53\", key = \"k.\" }}]"
        );
        let config = parse(&text).unwrap();
        let again = Config::parse(Path::new("dime.toml"), &config.to_toml().unwrap()).unwrap();
        assert_eq!(again, config);
        let error = format!("{:?}", config.dns.secondary().unwrap_err());
        assert!(error.contains("no TSIG key named k."), "{error}");
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        let primary = "primaries = [{ address = \"192.0.2.1:53\" }]";
        for (text, fault) in [
            (primary.to_owned(), "exactly one"),
            (format!("{ZONE}catalog = \"c.\"\n{primary}"), "exactly one"),
            (ZONE.to_owned(), "primaries"),
            (format!("{ZONE}primaries = [{{ address = \"192.0.2.1\" }}]"), "address"),
            (format!("{ZONE}{primary}\nrefresh = 1"), "refresh"),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.starts_with("dime.toml:") && error.contains(fault), "{text}: {error}");
        }
        for (text, fault) in [
            (format!("zone = \"example.\"\n{primary}"), "not the name of a zone of DETs"),
            (format!("{ZONE}primaries = []"), "has no primary"),
            (format!("{ZONE}{primary}\n[[dns.secondary]]\n{ZONE}{primary}"), "twice"),
        ] {
            let error = format!("{:?}", parse(&text).unwrap().dns.secondary().unwrap_err());
            assert!(error.contains(fault), "{text}: {error}");
        }
    }
}
