//! Version 1 of a stored delegation.

use super::number;
use crate::{Delegation, DelegationSigner, Form, Glue, RegistrationId};
use core::net::IpAddr;
use drip_det::UnixTime;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// | key | CBOR | value |
/// |---|---|---|
/// | `hid` | array of two unsigned | RAA, HDA |
/// | `v` | unsigned | version |
/// | `id` | text | registration's identifier |
/// | `s` | unsigned | state |
/// | `ns` | array of texts | name servers |
/// | `g` | array of `[name, [address, …]]` | glue; an address has 4 or 16 octets |
/// | `ds` | array of `[block, key tag, algorithm, digest type, digest]` | DS records |
/// | `cv` | octets | coverage |
/// | `c`, `u` | text | contact, URI |
/// | `sc` | unsigned | in force since, Unix seconds |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredDelegation {
    hid: (u16, u16),
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "id")]
    registration: String,
    #[serde(rename = "s")]
    state: u8,
    #[serde(rename = "ns", default, skip_serializing_if = "Vec::is_empty")]
    name_servers: Vec<String>,
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    glue: Vec<(String, Vec<ByteBuf>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ds: Vec<(u8, u16, u8, u8, ByteBuf)>,
    #[serde(rename = "cv", default, skip_serializing_if = "Option::is_none")]
    coverage: Option<ByteBuf>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(rename = "sc", default, skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
}

impl StoredDelegation {
    pub(super) fn new(record: &Delegation, version: u64) -> Self {
        let octets = |address: &IpAddr| match address {
            IpAddr::V4(address) => ByteBuf::from(address.octets()),
            IpAddr::V6(address) => ByteBuf::from(address.octets()),
        };
        StoredDelegation {
            hid: number::hid_numbers(record.hid),
            version,
            registration: record.registration.0.clone(),
            state: number::delegation_number(record.state),
            name_servers: record.name_servers.clone(),
            glue: record
                .glue
                .iter()
                .map(|glue| (glue.name.clone(), glue.addresses.iter().map(octets).collect()))
                .collect(),
            ds: record
                .ds
                .iter()
                .map(|ds| (ds.block, ds.key_tag, ds.algorithm, ds.digest_type, number::octets(&ds.digest)))
                .collect(),
            coverage: record.coverage.as_deref().map(number::octets),
            contact: record.contact.clone(),
            uri: record.uri.clone(),
            since: record.since.map(|time| time.0),
        }
    }

    pub(super) fn into_record(self) -> Result<Delegation, Form> {
        let glue = |(name, addresses): (String, Vec<ByteBuf>)| {
            let addresses = addresses.iter().map(|octets| address(octets)).collect::<Result<_, _>>()?;
            Ok(Glue { name, addresses })
        };
        let signer = |(block, key_tag, algorithm, digest_type, digest): (u8, u16, u8, u8, ByteBuf)| {
            DelegationSigner { block, key_tag, algorithm, digest_type, digest: digest.into_vec() }
        };
        Ok(Delegation {
            hid: number::hid(self.hid)?,
            version: self.version,
            registration: RegistrationId(self.registration),
            state: number::delegation(self.state)?,
            name_servers: self.name_servers,
            glue: self.glue.into_iter().map(glue).collect::<Result<_, Form>>()?,
            ds: self.ds.into_iter().map(signer).collect(),
            coverage: self.coverage.map(ByteBuf::into_vec),
            contact: self.contact,
            uri: self.uri,
            since: self.since.map(UnixTime),
        })
    }
}

fn address(octets: &[u8]) -> Result<IpAddr, Form> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).map_err(|_| Form::Value("address"))
}
