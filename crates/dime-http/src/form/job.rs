//! Jobs and how far they have come.

use super::time::Moment;
use dime_registry::{Job, JobKind};
use serde::Serialize;
use utoipa::ToSchema;

/// Work on many registrations.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobDocument {
    /// Its identifier.
    id: String,
    /// `reissue`: everything a DET signed is issued anew; `cascade`: it is ended.
    #[schema(example = "reissue")]
    kind: &'static str,
    /// The DET that signed it.
    #[schema(format = "ipv6")]
    det: String,
    /// `running` or `done`.
    #[schema(example = "running")]
    state: &'static str,
    /// Registrations that were changed.
    done: u64,
    /// Registrations that could not be changed.
    failed: u64,
    /// Registrations to change.
    total: u64,
    /// Who began it.
    by: String,
    started_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    finished_at: Option<Moment>,
}

/// Every job, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JobList {
    jobs: Vec<JobDocument>,
}

impl From<Vec<Job>> for JobList {
    fn from(jobs: Vec<Job>) -> Self {
        JobList { jobs: jobs.into_iter().map(JobDocument::from).collect() }
    }
}

impl From<Job> for JobDocument {
    fn from(job: Job) -> Self {
        let det = match &job.kind {
            JobKind::Reissue { from } => from,
            JobKind::Cascade { authority, .. } => authority,
        };
        JobDocument {
            id: job.id.to_string(),
            kind: job.kind.name(),
            det: det.to_string(),
            state: job.state.name(),
            done: job.done,
            failed: job.failed,
            total: job.total,
            by: job.by,
            started_at: Moment(job.started_at),
            finished_at: job.finished_at.map(Moment),
        }
    }
}
