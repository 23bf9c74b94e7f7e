//! `POST /v1/dets/{det}/renew`: extend a registration.

use crate::{
    Problem, fault,
    form::{registration::RegistrationDocument, request::RenewalForm},
    parameters::DetSegment,
    received::Received,
    state::Door,
};
use axum::{Json, extract::State};
use dime_registry::Renewal;

/// Renew a DET.
///
/// For its owner, its operator, and managers. New endorsement and certificate, same key and DET.
#[utoipa::path(
    post,
    path = "/v1/dets/{det}/renew",
    operation_id = "renew",
    tag = "dets",
    params(
        crate::openapi::DetParameter,
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same wish gives the same result.", min_length = 1, max_length = 255)
    ),
    request_body = Option<RenewalForm>,
    responses(
        (status = 200, description = "Renewed.", body = RegistrationDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []), ("signature" = []))
)]
pub(crate) async fn renew(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<RegistrationDocument>, Problem> {
    let form: RenewalForm = received.json_or_default()?;
    let renewal = Renewal {
        not_after: form.not_after.map(|moment| moment.0),
        idempotency_key: received.idempotency_key()?,
    };
    let caller = received.caller;
    let view = door
        .registry(move |registry| {
            registry.renew(det, renewal, &caller).map_err(|error| fault::renew(error, &caller))
        })
        .await??;
    Ok(Json(view.into()))
}
