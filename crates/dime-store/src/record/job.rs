//! A job: work on many records that goes on where it stopped, whatever stopped it.

use crate::RegistrationId;
use core::fmt;
use drip_det::{Det, UnixTime};

/// A job's identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub String);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Issues what this Issuing DET signed anew, under its successor.
    Reissue {
        /// The Issuing DET that signed it.
        from: Det,
    },
    /// Ends everything that an authority signed, because it was revoked or its time ended.
    Cascade {
        /// The authority.
        authority: Det,
        /// Why.
        reason: String,
    },
}

impl JobKind {
    /// The word: `reissue`, `cascade`.
    pub const fn name(&self) -> &'static str {
        match self {
            JobKind::Reissue { .. } => "reissue",
            JobKind::Cascade { .. } => "cascade",
        }
    }
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobState {
    /// Under way.
    Running,
    /// Finished.
    Done,
}

impl JobState {
    /// The word: `running`, `done`.
    pub const fn name(self) -> &'static str {
        match self {
            JobState::Running => "running",
            JobState::Done => "done",
        }
    }
}

/// A job and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// What it does.
    pub kind: JobKind,
    /// How it stands.
    pub state: JobState,
    /// The last registration that was looked at.
    pub cursor: Option<RegistrationId>,
    /// Records that were changed.
    pub done: u64,
    /// Records that could not be changed, and were passed over.
    pub failed: u64,
    /// Records to change, as counted when it began.
    pub total: u64,
    /// Who began it.
    pub by: String,
    /// When it began.
    pub started_at: UnixTime,
    /// When it was finished.
    pub finished_at: Option<UnixTime>,
}
