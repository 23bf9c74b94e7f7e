//! Version 1 of a stored job.

use super::number;
use crate::{Form, Job, JobId, JobKind, RegistrationId};
use drip_det::UnixTime;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// | key | CBOR | value |
/// |---|---|---|
/// | `id` | text | identifier |
/// | `v` | unsigned | version |
/// | `k` | `{re: 16 octets}` or `{ca: [16 octets, text]}` | re-issue from this DET; cascade below this one, and why |
/// | `s` | unsigned | state |
/// | `cu` | text | the last registration looked at |
/// | `dn`, `fl`, `to` | unsigned | done, failed, total |
/// | `by` | text | who began it |
/// | `sa`, `fa` | unsigned | started, finished at, Unix seconds |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredJob {
    id: String,
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "k")]
    kind: StoredKind,
    #[serde(rename = "s")]
    state: u8,
    #[serde(rename = "cu", default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    #[serde(rename = "dn")]
    done: u64,
    #[serde(rename = "fl")]
    failed: u64,
    #[serde(rename = "to")]
    total: u64,
    by: String,
    #[serde(rename = "sa")]
    started_at: u64,
    #[serde(rename = "fa", default, skip_serializing_if = "Option::is_none")]
    finished_at: Option<u64>,
}

#[derive(Serialize, Deserialize)]
enum StoredKind {
    #[serde(rename = "re")]
    Reissue(ByteArray<16>),
    #[serde(rename = "ca")]
    Cascade(ByteArray<16>, String),
}

impl StoredJob {
    pub(super) fn new(record: &Job, version: u64) -> Self {
        StoredJob {
            id: record.id.0.clone(),
            version,
            kind: match &record.kind {
                JobKind::Reissue { from } => StoredKind::Reissue(number::det_octets(*from)),
                JobKind::Cascade { authority, reason } => {
                    StoredKind::Cascade(number::det_octets(*authority), reason.clone())
                }
            },
            state: number::job_number(record.state),
            cursor: record.cursor.as_ref().map(|id| id.0.clone()),
            done: record.done,
            failed: record.failed,
            total: record.total,
            by: record.by.clone(),
            started_at: record.started_at.0,
            finished_at: record.finished_at.map(|time| time.0),
        }
    }

    pub(super) fn into_record(self) -> Result<Job, Form> {
        Ok(Job {
            id: JobId(self.id),
            version: self.version,
            kind: match self.kind {
                StoredKind::Reissue(from) => JobKind::Reissue { from: number::det(from)? },
                StoredKind::Cascade(authority, reason) => {
                    JobKind::Cascade { authority: number::det(authority)?, reason }
                }
            },
            state: number::job(self.state)?,
            cursor: self.cursor.map(RegistrationId),
            done: self.done,
            failed: self.failed,
            total: self.total,
            by: self.by,
            started_at: UnixTime(self.started_at),
            finished_at: self.finished_at.map(UnixTime),
        })
    }
}
