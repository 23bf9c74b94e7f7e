//! `GET /v1/dets/{det}/status`: how a DET stands.

use crate::{
    Problem, fault, form::status::StatusDocument, parameters::DetSegment, received::Received, state::Door,
};
use axum::{Json, extract::State};

/// How a DET stands.
///
/// Of a registration, or of an authority: whether it is in force, and if not, since when and why. A DET that is not known, or only waits, is
/// `unknown`. The reason in words is for managers, auditors, the holder of the key and its operator.
#[utoipa::path(
    get,
    path = "/v1/dets/{det}/status",
    operation_id = "showStatus",
    tag = "dets",
    params(crate::openapi::DetParameter),
    responses(
        (status = 200, description = "How it stands.", body = StatusDocument),
        (status = 401, response = crate::openapi::Unauthorized),
    ),
    security((), ("bearer" = []), ("signature" = []))
)]
pub(crate) async fn status(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<StatusDocument>, Problem> {
    let caller = received.caller;
    let view = door
        .registry(move |registry| registry.status(det, &caller).map_err(|error| fault::read(error, &caller)))
        .await??;
    Ok(Json(view.into()))
}
