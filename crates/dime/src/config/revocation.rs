//! `[revocation]`: lists and status responses for Full and mtls certificates.

use dime_registry::{Deltas, RevocationPolicy};
use serde::{Deserialize, Serialize};

use super::Period;

/// The longest that a signer lets a list be in force.
const LIST_MAX: u64 = 40 * 86_400;
/// The longest that a responder lets a response be kept.
const RESPONSE_MAX: u64 = 10 * 86_400;

/// Lists and status responses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, try_from = "Table")]
pub(crate) struct Revocation {
    /// How long a list is in force.
    pub(crate) list_lifetime: Period,
    /// How many lists an issuer's certificates are divided among.
    pub(crate) shards: u16,
    /// Whether deltas are made.
    pub(crate) deltas: bool,
    /// How long an OCSP response may be kept.
    pub(crate) response_lifetime: Period,
    /// How long an OCSP responder's certificate lasts.
    pub(crate) responder_lifetime: Period,
}

/// The same, as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    list_lifetime: Period,
    shards: u16,
    deltas: bool,
    response_lifetime: Period,
    responder_lifetime: Period,
}

impl Default for Revocation {
    fn default() -> Self {
        let policy = RevocationPolicy::default();
        Self {
            list_lifetime: Period::seconds(policy.list_lifetime),
            shards: policy.shards,
            deltas: policy.deltas == Deltas::Offered,
            response_lifetime: Period::seconds(policy.response_lifetime),
            responder_lifetime: Period::seconds(policy.responder_lifetime),
        }
    }
}

impl Default for Table {
    fn default() -> Self {
        let Revocation { list_lifetime, shards, deltas, response_lifetime, responder_lifetime } =
            Revocation::default();
        Self { list_lifetime, shards, deltas, response_lifetime, responder_lifetime }
    }
}

impl TryFrom<Table> for Revocation {
    type Error = String;

    fn try_from(table: Table) -> Result<Self, String> {
        let Table { list_lifetime, shards, deltas, response_lifetime, responder_lifetime } = table;
        let within = |name: &str, period: Period, least: u64, most: u64| {
            if (least..=most).contains(&period.seconds) {
                return Ok(());
            }
            let (least, most) = (Period::seconds(least), Period::seconds(most));
            Err(format!("revocation.{name}: {period} is not between {least} and {most}"))
        };
        within("list_lifetime", list_lifetime, 60, LIST_MAX)?;
        within("response_lifetime", response_lifetime, 1, RESPONSE_MAX)?;
        within("responder_lifetime", responder_lifetime, 60, 365 * 86_400)?;
        if !(shards == 1 || shards <= 256 && shards.is_power_of_two()) {
            return Err(format!("revocation.shards: {shards} is neither 1 nor a power of two to 256"));
        }
        Ok(Self { list_lifetime, shards, deltas, response_lifetime, responder_lifetime })
    }
}

impl Revocation {
    /// The same for the registry, with the origin that certificates name.
    pub(crate) fn to_registry(&self, origin: &str) -> RevocationPolicy {
        RevocationPolicy {
            list_lifetime: self.list_lifetime.seconds,
            shards: self.shards,
            deltas: if self.deltas { Deltas::Offered } else { Deltas::No },
            response_lifetime: self.response_lifetime.seconds,
            responder_lifetime: self.responder_lifetime.seconds,
            origin: Some(origin.trim_end_matches('/').to_owned()).filter(|origin| !origin.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, part) in [
            ("shards = 3", "revocation.shards"),
            ("shards = 0", "revocation.shards"),
            ("shards = 512", "revocation.shards"),
            ("list_lifetime = \"1s\"", "revocation.list_lifetime"),
            ("list_lifetime = \"41d\"", "revocation.list_lifetime"),
            ("response_lifetime = \"0s\"", "revocation.response_lifetime"),
            ("responder_lifetime = \"400d\"", "revocation.responder_lifetime"),
            ("shard = 1", "shard"),
        ] {
            let error = toml::from_str::<Revocation>(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        let divided: Revocation = toml::from_str("shards = 16\ndeltas = false").unwrap();
        assert_eq!(
            divided.to_registry("https://dime.example/").origin.as_deref(),
            Some("https://dime.example")
        );
        assert_eq!(divided.to_registry("").origin, None);
    }
}
