//! Bundles: `GET /v1/registrations/{id}/bundle` hands a registry below its chain, `POST /v1/dki/bundles` takes in our own.

use super::ceremony::{CBOR, cbor};
use crate::{
    Problem, ProblemKind, fault, form::ceremony::ImportedDocument, openapi::Octets, parameters::Segment,
    received::Received, state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use dime_registry::{Bundle, ImportError, RegistrationId};
use http::header;

/// The chain of a registry below.
///
/// For anybody who knows the identifier: trust anchor first, the registry's Authorization DET last, each with its objects.
#[utoipa::path(
    get,
    path = "/v1/registrations/{id}/bundle",
    operation_id = "showBundle",
    tag = "registrations",
    params(("id" = String, Path, description = "The registration of an HDA or RAA.")),
    responses(
        (status = 200, description = "The chain.", body = Octets, content_type = "application/cbor"),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn bundle(
    State(door): State<Door>,
    Segment(id): Segment,
    _: Received,
) -> Result<Response, Problem> {
    let octets = door
        .registry(move |registry| {
            let bundle = registry.bundle_of(&RegistrationId(id)).map_err(fault::bundle)?;
            bundle.encode().map_err(|error| {
                tracing::error!(%error, "a chain cannot be written as a bundle");
                Problem::new(ProblemKind::Internal, "the chain cannot be written as a bundle")
            })
        })
        .await??;
    Ok(([(header::CONTENT_TYPE, CBOR)], octets).into_response())
}

/// Take in the chain that the level above hands down.
///
/// All of it or nothing. The same again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/dki/bundles",
    operation_id = "importBundle",
    tag = "dki",
    request_body(content = Octets, content_type = "application/cbor"),
    responses(
        (status = 200, description = "Taken in: durable, and visible in this node's DNS.", body = ImportedDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn import(
    State(door): State<Door>,
    received: Received,
) -> Result<Json<ImportedDocument>, Problem> {
    received.identified()?;
    let octets = cbor(&received)?;
    let caller = received.caller;
    let imported = door
        .registry(move |registry| {
            Bundle::decode(&octets)
                .map_err(ImportError::from)
                .and_then(|bundle| registry.bundle_import(&bundle, &caller))
                .map_err(|error| fault::import(error, &caller))
        })
        .await??;
    Ok(Json(imported.into()))
}
