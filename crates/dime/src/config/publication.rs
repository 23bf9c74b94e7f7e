//! `[publication]`: how things stand in DNS.

use dime_registry::Publication as RegistryPublication;
use drip_wire::rdata::{BridShape, UasType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// How things stand in DNS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Publication {
    /// The name servers of our zones, with final dots; the first is the SOA's MNAME.
    pub(crate) name_servers: Vec<String>,
    /// Addresses of those name servers that are named inside one of our zones.
    pub(crate) addresses: BTreeMap<String, Vec<IpAddr>>,
    /// The SOA's RNAME, with the final dot.
    pub(crate) responsible: String,
    /// TTL of Operational DETs' records, in seconds.
    pub(crate) operational_ttl: u32,
    /// TTL of authorities' records, SOA and NS.
    pub(crate) authority_ttl: u32,
    /// SOA REFRESH.
    pub(crate) refresh: u32,
    /// SOA RETRY.
    pub(crate) retry: u32,
    /// SOA EXPIRE.
    pub(crate) expire: u32,
    /// SOA MINIMUM: TTL of negative answers.
    pub(crate) negative_ttl: u32,
    /// The aircraft type that BRID records say, 0 (not declared) to 15.
    pub(crate) uas_type: UasTypeNumber,
    /// The form of BRID records.
    pub(crate) brid_form: BridForm,
}

/// An aircraft type of ASTM F3411 as its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub(crate) struct UasTypeNumber(UasType);

impl TryFrom<u8> for UasTypeNumber {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        UasType::new(number).map(Self).map_err(|error| error.to_string())
    }
}

impl From<UasTypeNumber> for u8 {
    fn from(number: UasTypeNumber) -> Self {
        number.0.value()
    }
}

/// The form of BRID records, where RFC 9886 contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BridForm {
    /// Nested pairs, ids of 20 octets: the CDDL.
    Cddl,
    /// Flat, ids of 17 octets: the example.
    Example,
}

impl Default for Publication {
    fn default() -> Self {
        let RegistryPublication {
            name_servers,
            addresses,
            responsible,
            operational_ttl,
            authority_ttl,
            refresh,
            retry,
            expire,
            negative_ttl,
            uas_type,
            brid_shape,
        } = RegistryPublication::default();
        let brid_form = match brid_shape {
            BridShape::Nested => BridForm::Cddl,
            BridShape::Flat => BridForm::Example,
        };
        Self {
            name_servers,
            addresses: addresses.into_iter().collect(),
            responsible,
            operational_ttl,
            authority_ttl,
            refresh,
            retry,
            expire,
            negative_ttl,
            uas_type: UasTypeNumber(uas_type),
            brid_form,
        }
    }
}

impl Publication {
    /// The same for the registry.
    pub(super) fn to_registry(&self) -> RegistryPublication {
        RegistryPublication {
            name_servers: self.name_servers.clone(),
            addresses: self.addresses.clone().into_iter().collect(),
            responsible: self.responsible.clone(),
            operational_ttl: self.operational_ttl,
            authority_ttl: self.authority_ttl,
            refresh: self.refresh,
            retry: self.retry,
            expire: self.expire,
            negative_ttl: self.negative_ttl,
            uas_type: self.uas_type.0,
            brid_shape: match self.brid_form {
                BridForm::Cddl => BridShape::Nested,
                BridForm::Example => BridShape::Flat,
            },
        }
    }
}
