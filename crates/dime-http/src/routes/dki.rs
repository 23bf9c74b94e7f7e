//! `GET /v1/dki`: this DIME's own chain.

use crate::{Problem, fault, form::dki::DkiDocument, received::Received, state::Door};
use axum::{Json, extract::State};

/// This DIME's own chain.
///
/// The Authorization and Issuing DETs it endorses with, up to the trust anchor. Managers and auditors see alerts and reasons, too.
#[utoipa::path(
    get,
    path = "/v1/dki",
    operation_id = "showDki",
    tag = "dki",
    responses(
        (status = 200, description = "The chain.", body = DkiDocument),
        (status = 401, response = crate::openapi::Unauthorized),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn dki(State(door): State<Door>, received: Received) -> Result<Json<DkiDocument>, Problem> {
    let caller = received.caller;
    let dki = door
        .registry(move |registry| registry.dki(&caller).map_err(|error| fault::read(error, &caller)))
        .await??;
    Ok(Json(dki.into()))
}
