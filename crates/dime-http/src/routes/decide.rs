//! `POST /v1/registrations/{id}/approve` and `/deny`: what a person decides.

use crate::{
    Problem, fault,
    form::{registration::RegistrationDocument, request::Reason},
    parameters::Segment,
    received::Received,
    state::Door,
};
use axum::{Json, extract::State};
use dime_registry::RegistrationId;

/// Approve a registration that waits.
///
/// It is signed and published before the answer.
#[utoipa::path(
    post,
    path = "/v1/registrations/{id}/approve",
    operation_id = "approve",
    tag = "registrations",
    params(("id" = String, Path, description = "The registration's identifier.")),
    responses(
        (status = 200, description = "Registered.", body = RegistrationDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn approve(
    State(door): State<Door>,
    Segment(id): Segment,
    received: Received,
) -> Result<Json<RegistrationDocument>, Problem> {
    let caller = received.caller;
    let view = door
        .registry(move |registry| {
            registry.approve(&RegistrationId(id), &caller).map_err(|error| fault::approve(error, &caller))
        })
        .await??;
    Ok(Json(view.into()))
}

/// Deny a registration that waits.
#[utoipa::path(
    post,
    path = "/v1/registrations/{id}/deny",
    operation_id = "deny",
    tag = "registrations",
    params(("id" = String, Path, description = "The registration's identifier.")),
    request_body = Reason,
    responses(
        (status = 200, description = "Denied; the reason is kept.", body = RegistrationDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn deny(
    State(door): State<Door>,
    Segment(id): Segment,
    received: Received,
) -> Result<Json<RegistrationDocument>, Problem> {
    let Reason { reason } = received.json()?;
    let caller = received.caller;
    let view = door
        .registry(move |registry| {
            registry.deny(&RegistrationId(id), &reason, &caller).map_err(|error| fault::deny(error, &caller))
        })
        .await??;
    Ok(Json(view.into()))
}
