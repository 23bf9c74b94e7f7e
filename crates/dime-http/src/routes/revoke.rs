//! `POST /v1/dets/{det}/revoke`: end a registration.

use crate::{
    Problem, fault,
    form::{registration::RevokedDocument, request::RevocationForm},
    parameters::DetSegment,
    received::Received,
    state::Door,
};
use axum::{Json, extract::State};

/// Revoke a DET.
///
/// For its owner, its operator, and managers. It is gone from this node's DNS before the answer. Revoking again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/dets/{det}/revoke",
    operation_id = "revoke",
    tag = "dets",
    params(crate::openapi::DetParameter),
    request_body = RevocationForm,
    responses(
        (status = 200, description = "Revoked; the reason is kept.", body = RevokedDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []), ("signature" = []))
)]
pub(crate) async fn revoke(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<RevokedDocument>, Problem> {
    let RevocationForm { reason, reason_code } = received.json()?;
    let caller = received.caller;
    let revoked = door
        .registry(move |registry| {
            let code = reason_code.map(Into::into);
            registry
                .revoke_because(det, &reason, code, &caller)
                .map_err(|error| fault::revoke(error, &caller))
        })
        .await??;
    Ok(Json(RevokedDocument {
        registration: revoked.registration.into(),
        dependants: revoked.dependants.iter().map(ToString::to_string).collect(),
    }))
}
