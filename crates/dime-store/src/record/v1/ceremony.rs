//! Version 1 of a stored ceremony request and of a stored document.

use crate::{Answered, Ceremony, Document, Form};
use drip_det::UnixTime;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

/// | key | CBOR | value |
/// |---|---|---|
/// | `g` | 32 octets | SHA-256 of the request |
/// | `v` | unsigned | version |
/// | `q` | octets | the request |
/// | `at` | unsigned | made at, Unix seconds |
/// | `by` | text | who asked |
/// | `an` | `[32 octets, unsigned]` | SHA-256 of the answer, and when it was taken in |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredCeremony {
    #[serde(rename = "g")]
    digest: ByteArray<32>,
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "q")]
    request: ByteBuf,
    #[serde(rename = "at")]
    made_at: u64,
    by: String,
    #[serde(rename = "an", default, skip_serializing_if = "Option::is_none")]
    answered: Option<(ByteArray<32>, u64)>,
}

impl StoredCeremony {
    pub(super) fn new(record: &Ceremony, version: u64) -> Self {
        StoredCeremony {
            digest: ByteArray::new(record.digest),
            version,
            request: ByteBuf::from(record.request.clone()),
            made_at: record.made_at.0,
            by: record.by.clone(),
            answered: record.answered.map(|answered| (ByteArray::new(answered.digest), answered.at.0)),
        }
    }

    pub(super) fn into_record(self) -> Result<Ceremony, Form> {
        let answered =
            |(digest, at): (ByteArray<32>, u64)| Answered { digest: digest.into_array(), at: UnixTime(at) };
        Ok(Ceremony {
            digest: self.digest.into_array(),
            version: self.version,
            request: self.request.into_vec(),
            made_at: UnixTime(self.made_at),
            by: self.by,
            answered: self.answered.map(answered),
        })
    }
}

/// | key | CBOR | value |
/// |---|---|---|
/// | `n` | text | name |
/// | `v` | unsigned | version |
/// | `x` | octets | the document |
/// | `at` | unsigned | taken in at, Unix seconds |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredDocument {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "x")]
    octets: ByteBuf,
    at: u64,
}

impl StoredDocument {
    pub(super) fn new(record: &Document, version: u64) -> Self {
        StoredDocument {
            name: record.name.clone(),
            version,
            octets: ByteBuf::from(record.octets.clone()),
            at: record.at.0,
        }
    }

    pub(super) fn into_record(self) -> Result<Document, Form> {
        Ok(Document {
            name: self.name,
            version: self.version,
            octets: self.octets.into_vec(),
            at: UnixTime(self.at),
        })
    }
}
