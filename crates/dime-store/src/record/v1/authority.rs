//! Version 1 of a stored authority.

use super::number;
use crate::{Authority, Form};
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
        })
    }
}
