//! `GET /v1/registrations/{id}`: one registration.

use crate::{
    Problem, ProblemKind, fault, form::registration::RegistrationDocument, parameters::Segment,
    received::Received, state::Door,
};
use axum::{Json, extract::State};
use dime_registry::RegistrationId;

/// One registration.
///
/// Anybody who knows the identifier sees its state; private particulars only the registrant, its operator, managers and auditors.
#[utoipa::path(
    get,
    path = "/v1/registrations/{id}",
    operation_id = "showRegistration",
    tag = "registrations",
    params(("id" = String, Path, description = "The registration's identifier.", example = "019a0c6e-7f3b-7d51-8c33-4f5d6a1b2c3d")),
    responses(
        (status = 200, description = "The registration.", body = RegistrationDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
    ),
    security((), ("bearer" = []), ("signature" = []))
)]
pub(crate) async fn show(
    State(door): State<Door>,
    Segment(id): Segment,
    received: Received,
) -> Result<Json<RegistrationDocument>, Problem> {
    let caller = received.caller;
    let view = door
        .registry(move |registry| {
            registry.registration(&RegistrationId(id), &caller).map_err(|error| fault::read(error, &caller))
        })
        .await??;
    view.map(|view| Json(view.into()))
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, "there is no such registration"))
}
