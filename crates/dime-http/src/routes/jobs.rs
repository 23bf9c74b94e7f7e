//! `/v1/jobs`: work on many registrations, and how far it has come.

use crate::{
    Problem, ProblemKind, fault,
    form::job::{JobDocument, JobList},
    parameters::Segment,
    received::Received,
    state::Door,
};
use axum::{Json, extract::State};
use dime_registry::JobId;

/// List jobs.
#[utoipa::path(
    get,
    path = "/v1/jobs",
    operation_id = "listJobs",
    tag = "authorities",
    responses(
        (status = 200, description = "All of them, oldest first.", body = JobList),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn list(State(door): State<Door>, received: Received) -> Result<Json<JobList>, Problem> {
    let caller = received.caller;
    let jobs = door
        .registry(move |registry| registry.jobs(&caller).map_err(|error| fault::administer(error, &caller)))
        .await??;
    Ok(Json(jobs.into()))
}

/// One job.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}",
    operation_id = "showJob",
    tag = "authorities",
    params(("id" = String, Path, description = "The job's identifier.")),
    responses(
        (status = 200, description = "The job.", body = JobDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn show(
    State(door): State<Door>,
    Segment(id): Segment,
    received: Received,
) -> Result<Json<JobDocument>, Problem> {
    let caller = received.caller;
    let job = door
        .registry(move |registry| {
            registry.job(&JobId(id), &caller).map_err(|error| fault::administer(error, &caller))
        })
        .await??;
    job.map(|job| Json(job.into())).ok_or_else(|| Problem::new(ProblemKind::NotFound, "there is no such job"))
}
