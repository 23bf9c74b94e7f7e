//! Version 1 of a stored authority.

use super::number;
use crate::{Authority, AuthorityStatus, Form, Ownership};
use drip_det::{EntityType, UnixTime};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

/// | key | CBOR | value |
/// |---|---|---|
/// | `d`, `h`, `p` | 16, 32, 16 octets | DET, key, parent's DET |
/// | `v` | unsigned | version |
/// | `l`, `c`, `st` | unsigned | level, class, standing |
/// | `hid` | array of two unsigned | RAA, HDA |
/// | `et` | unsigned | HHIT entity type |
/// | `e` | 136 octets | endorsement |
/// | `x` | octets | X.509 Lite certificate, DER |
/// | `nb`, `na` | unsigned | validity, Unix seconds |
/// | `xf`, `xm` | octets | Full and mtls certificates, DER; absent when there are none |
/// | `su` | map | status: `k` its number, `at` Unix seconds, `r` reason, `c` CRLReason if revoked for one; absent when active |
/// | `ow` | unsigned | ownership; absent for our own |
/// | `us` | array of unsigned | uses; absent for all |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredAuthority {
    #[serde(rename = "d")]
    det: ByteArray<16>,
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "h")]
    hi: ByteArray<32>,
    #[serde(rename = "p")]
    parent: ByteArray<16>,
    #[serde(rename = "l")]
    level: u8,
    #[serde(rename = "c")]
    class: u8,
    hid: (u16, u16),
    #[serde(rename = "et")]
    entity_type: u16,
    #[serde(rename = "e")]
    endorsement: ByteArray<136>,
    #[serde(rename = "x")]
    certificate: ByteBuf,
    #[serde(rename = "st")]
    standing: u8,
    #[serde(rename = "nb")]
    not_before: u64,
    #[serde(rename = "na")]
    not_after: u64,
    #[serde(rename = "xf", default, skip_serializing_if = "Option::is_none")]
    full: Option<ByteBuf>,
    #[serde(rename = "xm", default, skip_serializing_if = "Option::is_none")]
    mtls: Option<ByteBuf>,
    #[serde(rename = "su", default, skip_serializing_if = "Option::is_none")]
    status: Option<StoredStatus>,
    #[serde(rename = "ow", default, skip_serializing_if = "Option::is_none")]
    own: Option<u8>,
    #[serde(rename = "us", default, skip_serializing_if = "Vec::is_empty")]
    uses: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredStatus {
    #[serde(rename = "k")]
    kind: u8,
    at: u64,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    code: Option<u8>,
}

impl StoredAuthority {
    pub(super) fn new(record: &Authority, version: u64) -> Self {
        StoredAuthority {
            det: number::det_octets(record.det),
            version,
            hi: number::hi_octets(&record.hi),
            parent: number::det_octets(record.parent),
            level: number::level_number(record.level),
            class: number::class_number(record.class),
            hid: number::hid_numbers(record.hid),
            entity_type: record.entity_type.0,
            endorsement: ByteArray::new(record.endorsement),
            certificate: number::octets(&record.certificate),
            standing: number::standing_number(record.standing),
            not_before: record.not_before.0,
            not_after: record.not_after.0,
            full: record.full.as_deref().map(number::octets),
            mtls: record.mtls.as_deref().map(number::octets),
            status: StoredStatus::new(&record.status),
            own: Some(number::ownership_number(record.own)).filter(|_| record.own != Ownership::Own),
            uses: number::use_numbers(&record.uses),
        }
    }

    pub(super) fn into_record(self) -> Result<Authority, Form> {
        Ok(Authority {
            det: number::det(self.det)?,
            version: self.version,
            hi: number::hi(self.hi)?,
            level: number::level(self.level)?,
            class: number::class(self.class)?,
            hid: number::hid(self.hid)?,
            parent: number::det(self.parent)?,
            entity_type: EntityType(self.entity_type),
            endorsement: self.endorsement.into_array(),
            certificate: self.certificate.into_vec(),
            standing: number::standing(self.standing)?,
            not_before: UnixTime(self.not_before),
            not_after: UnixTime(self.not_after),
            full: self.full.map(ByteBuf::into_vec),
            mtls: self.mtls.map(ByteBuf::into_vec),
            status: self.status.map_or(Ok(AuthorityStatus::Active), StoredStatus::into_status)?,
            own: self.own.map_or(Ok(Ownership::Own), number::ownership)?,
            uses: number::uses(&self.uses)?,
        })
    }
}

impl StoredStatus {
    fn new(status: &AuthorityStatus) -> Option<Self> {
        let stored = |kind, at: &UnixTime, reason: Option<&String>| {
            Some(StoredStatus { kind, at: at.0, reason: reason.cloned(), code: None })
        };
        match status {
            AuthorityStatus::Active => None,
            AuthorityStatus::Suspended { at, reason } => stored(1, at, Some(reason)),
            AuthorityStatus::Retired { at, reason } => stored(2, at, Some(reason)),
            AuthorityStatus::Revoked { at, reason, code } => {
                Some(StoredStatus { kind: 3, at: at.0, reason: Some(reason.clone()), code: *code })
            }
            AuthorityStatus::Expired { at } => stored(4, at, None),
        }
    }

    fn into_status(self) -> Result<AuthorityStatus, Form> {
        let at = UnixTime(self.at);
        match (self.kind, self.reason, self.code) {
            (1, Some(reason), None) => Ok(AuthorityStatus::Suspended { at, reason }),
            (2, Some(reason), None) => Ok(AuthorityStatus::Retired { at, reason }),
            (3, Some(reason), code) => Ok(AuthorityStatus::Revoked { at, reason, code }),
            (4, None, None) => Ok(AuthorityStatus::Expired { at }),
            _ => Err(Form::Value("AuthorityStatus")),
        }
    }
}
