//! `/v1/authorities/{det}/list`: revocation lists of Authorization DETs, whose keys are offline.

use crate::{
    Problem, fault,
    form::list::{ListDocument, ListRequestQuery},
    openapi::Octets,
    parameters::{DetSegment, Parameters},
    received::{Received, unsupported},
    state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

const CRL: &str = "application/pkix-crl";
const OCTETS: &str = "application/octet-stream";

/// Ninety days.
const LIFETIME: u64 = 90 * 86_400;

/// The revocation list that an Authorization DET has to sign.
///
/// DER of TBSCertList with everything that is revoked of what it issued, to be signed where its key is.
#[utoipa::path(
    get,
    path = "/v1/authorities/{det}/list",
    operation_id = "showListToSign",
    tag = "authorities",
    params(crate::openapi::DetParameter, ListRequestQuery),
    responses(
        (status = 200, description = "What is to be signed.", content((Octets = "application/octet-stream"))),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn request(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    Parameters(query): Parameters<ListRequestQuery>,
    received: Received,
) -> Result<Response, Problem> {
    let lifetime = query.lifetime.unwrap_or(LIFETIME);
    let caller = received.caller;
    let request = door
        .registry(move |registry| {
            registry
                .offline_list_request(det, lifetime, &caller)
                .map_err(|error| fault::offline_list(error, &caller))
        })
        .await??;
    Ok(([(header::CONTENT_TYPE, OCTETS)], request.to_be_signed).into_response())
}

/// Take in a revocation list that was signed offline.
///
/// It is given out under `/pki/{issuer}.crl` while its time is not over and nothing has happened since that it does not say.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/list",
    operation_id = "importList",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    request_body(content((Octets = "application/pkix-crl"))),
    responses(
        (status = 200, description = "Taken in; again changes nothing.", body = ListDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn import(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<ListDocument>, Problem> {
    received.identified()?;
    if received.media_type().as_deref() != Some(CRL) {
        return Err(unsupported(received.media_type(), &[CRL]));
    }
    let Received { caller, body, .. } = received;
    let list = door
        .registry(move |registry| {
            registry
                .import_offline_list(det, &body, &caller)
                .map_err(|error| fault::offline_list(error, &caller))
        })
        .await??;
    Ok(Json(list.into()))
}
