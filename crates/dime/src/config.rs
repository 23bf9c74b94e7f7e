//! `dime.toml`: what `dime serve` runs (version 1).
//!
//! Unknown keys are refused, with file, line and key. Secrets stand in files of their own and are named
//! by path. Paths are relative to the file. Every default is in `dime config example`, which is also
//! what [`Config::default`] says; a test keeps the two together.

mod cookies;
mod data;
mod dns;
mod dnssec;
mod error;
mod http;
mod log;
mod peers;
mod period;
mod policy;
mod publication;
mod revocation;
mod role;
mod secondary;
mod secret_file;
mod signing;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use data::Data;
pub(crate) use dns::Dns;
pub(crate) use dnssec::{Dnssec, Upper};
pub(crate) use error::ConfigError;
pub(crate) use http::Http;
pub(crate) use log::{Log, LogFormat};
pub(crate) use peers::Tsig;
pub(crate) use period::Period;
pub(crate) use policy::Policy;
pub(crate) use publication::Publication;
pub(crate) use revocation::Revocation;
pub(crate) use role::Role;
pub(crate) use secondary::Secondary;
pub(crate) use signing::{IssuingKey, Signing};

/// The text of `dime config example`.
pub(crate) const EXAMPLE: &str = include_str!("config/example.toml");

/// The only version there is.
const VERSION: u32 = 1;

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The version of the format.
    version: Version,
    /// What this process is.
    #[serde(default)]
    pub(crate) role: Role,
    /// Where the store is.
    #[serde(default)]
    pub(crate) data: Data,
    /// The keys to sign with.
    #[serde(default)]
    pub(crate) signing: Signing,
    /// What is allowed.
    #[serde(default)]
    pub(crate) policy: Policy,
    /// How things stand in DNS.
    #[serde(default)]
    pub(crate) publication: Publication,
    /// Revocation lists and status responses.
    #[serde(default)]
    pub(crate) revocation: Revocation,
    /// The name server; without addresses there is none.
    #[serde(default)]
    pub(crate) dns: Dns,
    /// Signed zones.
    #[serde(default)]
    pub(crate) dnssec: Dnssec,
    /// The HTTP server.
    #[serde(default)]
    pub(crate) http: Http,
    /// What is logged, and how.
    #[serde(default)]
    pub(crate) log: Log,
}

/// `version = 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Version;

impl TryFrom<u32> for Version {
    type Error = String;

    fn try_from(version: u32) -> Result<Self, String> {
        if version == VERSION {
            Ok(Self)
        } else {
            Err(format!("version {version} of dime.toml is not known; this program reads version {VERSION}"))
        }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        VERSION
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            version: Version,
            role: Role::default(),
            data: Data::default(),
            signing: Signing::default(),
            policy: Policy::default(),
            publication: Publication::default(),
            revocation: Revocation::default(),
            dns: Dns::default(),
            dnssec: Dnssec::default(),
            http: Http::default(),
            log: Log::default(),
        }
    }
}

impl Config {
    /// Read a file, and make the paths in it relative to where it stands.
    pub(crate) fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { file: path.to_owned(), source })?;
        let mut config = Self::parse(path, &text)?;
        let base = path.parent().unwrap_or_else(|| Path::new("."));
        config.data.dir = base.join(&config.data.dir);
        config.signing.resolve_paths(base);
        config.dns.resolve_paths(base);
        config.dnssec.resolve_paths(base);
        config.http.resolve_paths(base);
        Ok(config)
    }

    /// Read the text of a file; the paths stay as they are.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::invalid(path, text, &error))
    }

    /// The text of a file that says the same.
    pub(crate) fn to_toml(&self) -> Result<String, ConfigError> {
        toml::to_string_pretty(self).map_err(|error| ConfigError::Unwritable(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(Path::new("dime.toml"), text)
    }

    #[test]
    fn the_example_says_every_default() {
        assert_eq!(parse(EXAMPLE).unwrap(), Config::default());
        assert_eq!(parse("version = 1\n").unwrap(), Config::default());
        let all: toml::Table = toml::from_str(&Config::default().to_toml().unwrap()).unwrap();
        let example: toml::Table = toml::from_str(EXAMPLE).unwrap();
        assert_eq!(keys("", &example), keys("", &all), "a key is missing from the example");
    }

    fn keys(prefix: &str, table: &toml::Table) -> Vec<String> {
        let mut found: Vec<String> = table
            .iter()
            .flat_map(|(key, value)| match value {
                toml::Value::Table(inner) => keys(&format!("{prefix}{key}."), inner),
                _ => vec![format!("{prefix}{key}")],
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn what_is_written_is_read_back() {
        let config = Config::default();
        assert_eq!(parse(&config.to_toml().unwrap()).unwrap(), config);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse("version = 1\n\n[dns]\nlisen = [\"127.0.0.1:53\"]\n").unwrap_err().to_string();
        assert!(error.starts_with("dime.toml:4: "), "{error}");
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        let error = parse("version = 1\n[policy.session]\ndefault_lifetime = \"1 fortnight\"\n").unwrap_err();
        let error = error.to_string();
        assert!(error.starts_with("dime.toml:3: "), "{error}");
        assert!(error.contains("default_lifetime"), "{error}");
        let error = parse("version = 2\n").unwrap_err().to_string();
        assert!(error.starts_with("dime.toml:1: "), "{error}");
        assert!(parse("").unwrap_err().to_string().contains("version"));
    }

    #[test]
    fn a_value_that_nothing_can_run_with_is_named_with_its_line() {
        for (section, line, key) in [
            ("http", "max_requests = 0", "max_requests"),
            ("http", "max_requests = 9223372036854775807", "max_requests"),
            ("http", "request_time = \"0s\"", "request_time"),
            ("http", "request_time = \"200000000000000d\"", "request_time"),
            ("http", "public_origin = \"nonsense\"", "public_origin"),
            ("http", "public_origin = \"https://\"", "public_origin"),
        ] {
            let error = parse(&format!("version = 1\n[{section}]\n{line}\n")).unwrap_err().to_string();
            assert!(error.starts_with("dime.toml:3: ") && error.contains(key), "{error}");
        }
        for line in ["default_lifetime = \"800d\"", "default_lifetime = \"0s\"", "maximum_lifetime = \"1d\""]
        {
            let error = parse(&format!("version = 1\n[policy.aircraft]\n{line}\n")).unwrap_err().to_string();
            assert!(error.contains("policy.aircraft: default_lifetime"), "{error}");
        }
        for (profiles, fault) in [
            ("[\"full\"]", "\"lite\" is missing"),
            ("[\"lite\", \"gold\"]", "\"gold\": the profiles are lite, full and mtls"),
            ("[\"lite\", \"lite\"]", "\"lite\" is there twice"),
        ] {
            let error =
                parse(&format!("version = 1\n[policy.session]\nprofiles = {profiles}\n")).unwrap_err();
            let error = error.to_string();
            assert!(error.contains("policy.session.profiles: ") && error.contains(fault), "{error}");
        }
        for (key, policy) in [
            ("certificate_policy_raa", "1.3.27.sixteen"),
            ("certificate_policy_raa", "1.3.027"),
            ("certificate_policy_hda", "9.9.9"),
            ("certificate_policy_hda", " "),
        ] {
            let error =
                parse(&format!("version = 1\n[policy]\n{key} = {policy:?}\n")).unwrap_err().to_string();
            assert!(
                error.contains(&format!("policy.{key}: ")) && error.contains("object identifier"),
                "{error}"
            );
        }
        let config = parse(
            "version = 1\n[policy]\ncertificate_policy_raa = \"1.3.27.16.2.1\"\ncertificate_policy_hda = \"\"\n",
        );
        let policies = config.unwrap().policy.certificate_policies();
        assert_eq!(
            (policies.raa.map(|policy| policy.to_string()), policies.hda),
            (Some("1.3.27.16.2.1".to_owned()), None)
        );
        let error = parse("version = 1\n[policy.operator]\nno_end = true\n").unwrap_err().to_string();
        assert!(error.contains("policy.operator.no_end"), "{error}");
        parse("version = 1\n[policy.manufacturer]\nenabled = true\n").unwrap();
        parse("version = 1\n[policy]\nfull_key_usage = true\n[policy.session]\nprofiles = [\"lite\"]\n")
            .unwrap();
        parse("version = 1\n[http]\npublic_origin = \"https://dime.example:8443/\"\n").unwrap();
    }
    /// Whatever a file has become, it is refused, or read as something that can be written and read again.
    #[test]
    fn no_file_is_too_strange() {
        use dime_tests::{dice::Dice, mutation::mutate};
        let full = Config::default().to_toml().unwrap();
        let mut dice = Dice::for_this_run();
        let mut read = 0;
        for round in 0..2_000 {
            let original = if round % 2 == 0 { EXAMPLE } else { &full };
            let text = String::from_utf8_lossy(&mutate(original.as_bytes(), &mut dice)).into_owned();
            if let Ok(config) = parse(&text) {
                read += 1;
                assert_eq!(parse(&config.to_toml().unwrap()).unwrap(), config, "{text}");
            }
        }
        // What is changed in a remark changes nothing.
        assert!(read > 0);
    }
}
