//! `POST /v1/authorities/{det}/delegation`: other name servers, DS records or coverage for a registry below.

use super::authorities::administer;
use crate::{
    Problem,
    form::{authority::AuthorityDocument, registry::DelegationForm},
    parameters::DetSegment,
    received::Received,
    state::Door,
};
use axum::{Json, extract::State};

/// Change the delegation of a registry below.
///
/// What the body does not name stays. The change is durable, and in this node's DNS, before the answer.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/delegation",
    operation_id = "changeDelegation",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    request_body = DelegationForm,
    responses(
        (status = 200, description = "Done.", body = AuthorityDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn change(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<AuthorityDocument>, Problem> {
    received.identified()?;
    let change = received.json::<DelegationForm>()?.change()?;
    let report = administer(&door, received.caller, move |registry, caller| {
        registry.change_delegation(det, &change, caller)
    });
    Ok(Json(report.await?.into()))
}
