//! Version 1 of a stored key that is to become an authority.

use super::number;
use crate::{Form, Prospect};
use drip_det::UnixTime;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

/// | key | CBOR | value |
/// |---|---|---|
/// | `d`, `h` | 16, 32 octets | DET, key |
/// | `v` | unsigned | version |
/// | `l`, `c` | unsigned | level, class |
/// | `hid` | array of two unsigned | RAA, HDA |
/// | `csr` | octets | PKCS#10 request, DER |
/// | `us` | array of unsigned | uses; absent for all |
/// | `u` | text | URI for certificates |
/// | `aa`, `da` | unsigned | added, dropped at, Unix seconds |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredProspect {
    #[serde(rename = "d")]
    det: ByteArray<16>,
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "h")]
    hi: ByteArray<32>,
    #[serde(rename = "l")]
    level: u8,
    #[serde(rename = "c")]
    class: u8,
    hid: (u16, u16),
    csr: ByteBuf,
    #[serde(rename = "us", default, skip_serializing_if = "Vec::is_empty")]
    uses: Vec<u8>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(rename = "aa")]
    added_at: u64,
    #[serde(rename = "da", default, skip_serializing_if = "Option::is_none")]
    dropped_at: Option<u64>,
}

impl StoredProspect {
    pub(super) fn new(record: &Prospect, version: u64) -> Self {
        StoredProspect {
            det: number::det_octets(record.det),
            version,
            hi: number::hi_octets(&record.hi),
            level: number::level_number(record.level),
            class: number::class_number(record.class),
            hid: number::hid_numbers(record.hid),
            csr: number::octets(&record.csr),
            uses: number::use_numbers(&record.uses),
            uri: record.uri.clone(),
            added_at: record.added_at.0,
            dropped_at: record.dropped_at.map(|time| time.0),
        }
    }

    pub(super) fn into_record(self) -> Result<Prospect, Form> {
        Ok(Prospect {
            det: number::det(self.det)?,
            version: self.version,
            hi: number::hi(self.hi)?,
            level: number::level(self.level)?,
            class: number::class(self.class)?,
            hid: number::hid(self.hid)?,
            csr: self.csr.into_vec(),
            uses: number::uses(&self.uses)?,
            uri: self.uri,
            added_at: UnixTime(self.added_at),
            dropped_at: self.dropped_at.map(UnixTime),
        })
    }
}
