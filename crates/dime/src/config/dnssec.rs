//! `[dnssec]`: which zones are signed, with which keys, and for how long.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dime_zone::dnssec::{HdaZones, KeyFolder, PolicyError, RollTiming, Signing, SigningPolicy, UpperZones};
use dime_zone::{Name, Position};
use drip_det::{UnixTime, ZoneCut};
use serde::{Deserialize, Serialize};

use super::Period;
use super::publication::Publication;

/// How zones are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Table")]
pub(crate) struct Dnssec {
    /// The folder of the keys.
    pub(crate) keys: PathBuf,
    /// Whether Apex and RAA zones must be signed.
    pub(crate) apex_and_raa: Upper,
    /// Whether HDA zones are signed, and how.
    pub(crate) hda: Hda,
    /// How many signatures of denials may be made in a second while somebody waits, for all zones that deny compactly.
    pub(crate) online_signatures: u32,
    /// How long a signature is valid.
    pub(crate) signature_validity: Period,
    /// How long before its end it is renewed, at the latest.
    pub(crate) signature_refresh: Period,
    /// How long a ZSK signs before its successor takes over; 0 for no roll-over but by command.
    pub(crate) zsk_lifetime: Period,
    /// How long until every server of our zones has a change.
    pub(crate) propagation: Period,
    /// TTL of the DS records in the zone above, where it is served elsewhere.
    pub(crate) parent_ds_ttl: Period,
    /// How long until every server of the zone above has a change.
    pub(crate) parent_propagation: Period,
    /// HDA zones of which something else is true, by name.
    pub(crate) zones: BTreeMap<String, Hda>,
    /// Whether the folder is only looked at.
    #[serde(skip)]
    access: Access,
}

/// `apex_and_raa`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Upper {
    /// A zone without keys is not served.
    #[serde(rename = "signed")]
    Signed,
    /// In a TEST tree it is.
    #[serde(rename = "TEST-unsigned")]
    TestUnsigned,
}

/// `hda`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Hda {
    /// Not signed.
    Off,
    /// With denials made when asked for (RFC 9824): nobody can list the zone, and no other server can have it.
    Compact,
    /// With NSEC, which tells everybody all DETs that are in the zone.
    Nsec,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Access {
    #[default]
    Change,
    Look,
}

/// The same, as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    keys: PathBuf,
    apex_and_raa: Upper,
    hda: Hda,
    zones: BTreeMap<String, Hda>,
    online_signatures: u32,
    signature_validity: Period,
    signature_refresh: Period,
    zsk_lifetime: Period,
    propagation: Period,
    parent_ds_ttl: Period,
    parent_propagation: Period,
}

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

impl Default for Table {
    fn default() -> Self {
        Self {
            keys: PathBuf::from("keys/dnssec"),
            apex_and_raa: Upper::Signed,
            hda: Hda::Off,
            zones: BTreeMap::new(),
            online_signatures: 8_000,
            signature_validity: Period::seconds(14 * DAY),
            signature_refresh: Period::seconds(7 * DAY),
            zsk_lifetime: Period::seconds(90 * DAY),
            propagation: Period::seconds(HOUR),
            parent_ds_ttl: Period::seconds(DAY),
            parent_propagation: Period::seconds(HOUR),
        }
    }
}

impl Hda {
    fn zones(self) -> HdaZones {
        match self {
            Hda::Off => HdaZones::Unsigned,
            Hda::Compact => HdaZones::Compact,
            Hda::Nsec => HdaZones::Nsec,
        }
    }
}

impl Table {
    fn unchecked(self) -> Dnssec {
        let Table {
            keys,
            apex_and_raa,
            hda,
            zones,
            online_signatures,
            signature_validity,
            signature_refresh,
            zsk_lifetime,
            propagation,
            parent_ds_ttl,
            parent_propagation,
        } = self;
        Dnssec {
            keys,
            apex_and_raa,
            hda,
            zones,
            online_signatures,
            signature_validity,
            signature_refresh,
            zsk_lifetime,
            propagation,
            parent_ds_ttl,
            parent_propagation,
            access: Access::Change,
        }
    }
}

impl Default for Dnssec {
    fn default() -> Self {
        Table::default().unchecked()
    }
}

impl TryFrom<Table> for Dnssec {
    type Error = String;

    fn try_from(table: Table) -> Result<Self, String> {
        let dnssec = table.unchecked();
        dnssec.policy().map_err(|error| format!("dnssec.signature_refresh: {error}"))?;
        dnssec.special()?;
        let month = 30 * DAY;
        for (name, period) in [
            ("propagation", dnssec.propagation),
            ("parent_ds_ttl", dnssec.parent_ds_ttl),
            ("parent_propagation", dnssec.parent_propagation),
        ] {
            if period.seconds > month {
                return Err(format!("dnssec.{name}: {period} is more than 30d"));
            }
        }
        Ok(dnssec)
    }
}

impl Dnssec {
    /// How zones are signed.
    pub(crate) fn policy(&self) -> Result<SigningPolicy, PolicyError> {
        let upper = match self.apex_and_raa {
            Upper::Signed => UpperZones::Signed,
            Upper::TestUnsigned => UpperZones::Test,
        };
        let (validity, refresh) = (self.signature_validity.seconds, self.signature_refresh.seconds);
        SigningPolicy::new(validity, refresh, upper, self.hda.zones())
    }

    /// The zones of HDAs of which something else is said than of all.
    fn special(&self) -> Result<BTreeMap<ZoneCut, HdaZones>, String> {
        let cut = |name: &str| -> Result<ZoneCut, String> {
            let parsed: Name = name.parse().map_err(|error| format!("dnssec.zones: {name}: {error}"))?;
            match Position::of(&parsed).and_then(Position::cut) {
                Some(cut @ ZoneCut::Hda(_)) => Ok(cut),
                _ => Err(format!("dnssec.zones: {name} is the name of no zone of an HDA")),
            }
        };
        self.zones.iter().map(|(name, mode)| Ok((cut(name)?, mode.zones()))).collect()
    }

    /// What signs the zones.
    pub(crate) fn signing(&self, now: UnixTime) -> Result<Signing, String> {
        let policy = self.policy().map_err(|error| error.to_string())?;
        let signing = Signing::new(self.folder(), policy, now).with_special(self.special()?);
        Ok(signing.with_online_rate(self.online_signatures))
    }

    /// The folder of the keys.
    pub(crate) fn folder(&self) -> KeyFolder {
        match self.access {
            Access::Change => KeyFolder::new(&self.keys),
            Access::Look => KeyFolder::read_only(&self.keys),
        }
    }

    /// From now on the folder is only looked at: a server may be using it.
    pub(crate) fn look_only(&mut self) {
        self.access = Access::Look;
    }

    /// The delays of a roll-over; `ds_ttl` is that of the zone above where it is served here.
    pub(crate) fn timing(&self, publication: &Publication, ds_ttl: Option<u32>) -> RollTiming {
        let elsewhere = u32::try_from(self.parent_ds_ttl.seconds).unwrap_or(u32::MAX);
        RollTiming {
            dnskey_ttl: publication.authority_ttl,
            max_ttl: publication.authority_ttl.max(publication.operational_ttl),
            propagation: self.propagation.seconds,
            ds_ttl: ds_ttl.unwrap_or(elsewhere),
            parent_propagation: self.parent_propagation.seconds,
        }
    }

    /// Makes the folder of the keys, where it is not absolute, one below `base`.
    pub(crate) fn resolve_paths(&mut self, base: &Path) {
        self.keys = base.join(&self.keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, part) in [
            ("signature_validity = \"7d\"", "dnssec.signature_refresh"),
            ("signature_refresh = \"1s\"", "dnssec.signature_refresh"),
            ("signature_validity = \"9999d\"", "ten years"),
            ("propagation = \"31d\"", "dnssec.propagation"),
            ("parent_ds_ttl = \"31d\"", "dnssec.parent_ds_ttl"),
            ("hda = \"nsec3\"", "nsec3"),
            ("apex_and_raa = \"unsigned\"", "unsigned"),
            ("key = \"x\"", "key"),
            ("[zones]\n\"8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa\" = \"on\"", "on"),
            ("[zones]\n\"3.e.f.f.3.0.0.1.0.0.2.ip6.arpa\" = \"off\"", "no zone of an HDA"),
            ("[zones]\n\"example.com\" = \"off\"", "no zone of an HDA"),
            ("[zones]\n\"a..b\" = \"off\"", "dnssec.zones"),
        ] {
            let error = toml::from_str::<Dnssec>(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        let dnssec: Dnssec = toml::from_str("hda = \"nsec\"\napex_and_raa = \"TEST-unsigned\"").unwrap();
        let policy = dnssec.policy().unwrap();
        assert_eq!((policy.hda, policy.upper), (HdaZones::Nsec, UpperZones::Test));
        let zone = "8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa";
        let text = format!("hda = \"nsec\"\nonline_signatures = 5\n[zones]\n\"{zone}\" = \"compact\"");
        let dnssec: Dnssec = toml::from_str(&text).unwrap();
        let special: Vec<_> = dnssec.special().unwrap().into_iter().collect();
        assert_eq!((special[0].0.name(), special[0].1), (format!("{zone}."), HdaZones::Compact));
        assert_eq!(dnssec.online_signatures, 5);
    }
}
