//! Version 1 of a stored token and of a stored answered request.

use super::number;
use crate::{Form, RegistrationId, Request, Token, TokenId};
use drip_det::UnixTime;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// | key | CBOR | value |
/// |---|---|---|
/// | `id` | text | identifier |
/// | `v` | unsigned | version |
/// | `g` | 32 octets | SHA-256 of the token |
/// | `r` | unsigned | role |
/// | `hid` | array of two unsigned | RAA, HDA; absent for all |
/// | `ca`, `na`, `ra` | unsigned | created at, not after, revoked at, Unix seconds |
/// | `l` | text | label |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredToken {
    id: String,
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "g")]
    digest: ByteArray<32>,
    #[serde(rename = "r")]
    role: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hid: Option<(u16, u16)>,
    #[serde(rename = "ca")]
    created_at: u64,
    #[serde(rename = "na", default, skip_serializing_if = "Option::is_none")]
    not_after: Option<u64>,
    #[serde(rename = "ra", default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<u64>,
    #[serde(rename = "l")]
    label: String,
}

impl StoredToken {
    pub(super) fn new(record: &Token, version: u64) -> Self {
        StoredToken {
            id: record.id.0.clone(),
            version,
            digest: ByteArray::new(record.digest),
            role: number::role_number(record.role),
            hid: record.hid.map(number::hid_numbers),
            created_at: record.created_at.0,
            not_after: record.not_after.map(|time| time.0),
            revoked_at: record.revoked_at.map(|time| time.0),
            label: record.label.clone(),
        }
    }

    pub(super) fn into_record(self) -> Result<Token, Form> {
        Ok(Token {
            id: TokenId(self.id),
            version: self.version,
            digest: self.digest.into_array(),
            role: number::role(self.role)?,
            hid: self.hid.map(number::hid).transpose()?,
            created_at: UnixTime(self.created_at),
            not_after: self.not_after.map(UnixTime),
            revoked_at: self.revoked_at.map(UnixTime),
            label: self.label,
        })
    }
}

/// | key | CBOR | value |
/// |---|---|---|
/// | `k` | 32 octets | SHA-256 of the idempotency key |
/// | `q` | 32 octets | SHA-256 of what was asked |
/// | `id` | text | the registration's identifier |
/// | `at` | unsigned | Unix seconds |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredRequest {
    #[serde(rename = "k")]
    key_digest: ByteArray<32>,
    #[serde(rename = "q")]
    request_digest: ByteArray<32>,
    #[serde(rename = "id")]
    registration: String,
    at: u64,
}

impl StoredRequest {
    pub(super) fn new(record: &Request) -> Self {
        StoredRequest {
            key_digest: ByteArray::new(record.key_digest),
            request_digest: ByteArray::new(record.request_digest),
            registration: record.registration.0.clone(),
            at: record.at.0,
        }
    }

    pub(super) fn into_record(self) -> Result<Request, Form> {
        Ok(Request {
            key_digest: self.key_digest.into_array(),
            request_digest: self.request_digest.into_array(),
            registration: RegistrationId(self.registration),
            at: UnixTime(self.at),
        })
    }
}
