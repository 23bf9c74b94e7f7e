//! `POST /v1/dki/ceremony/requests` and `…/answers`: the online side of the offline ceremony.

use crate::{
    Problem, fault,
    form::ceremony::{ImportedDocument, WantedForm},
    openapi::Octets,
    received::{Received, unsupported},
    state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use dime_registry::{Answer, ImportError};
use http::{StatusCode, header};

/// Where answers are sent.
pub(crate) const ANSWERS: &str = "/v1/dki/ceremony/answers";
/// The most octets of an answer: a ceremony may have signed a thousand things.
pub(crate) const MAX_ANSWER: usize = dime_registry::MAX_ANSWER;

/// The media type of the ceremony's forms.
pub(super) const CBOR: &str = "application/cbor";

/// Make a ceremony request.
///
/// The octets are carried to the machine that has the Authorization key. The server remembers what it asked for.
#[utoipa::path(
    post,
    path = "/v1/dki/ceremony/requests",
    operation_id = "requestCeremony",
    tag = "dki",
    request_body = Option<WantedForm>,
    responses(
        (status = 201, description = "The request.", body = Octets, content_type = "application/cbor"),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn request(State(door): State<Door>, received: Received) -> Result<Response, Problem> {
    let form: WantedForm = received.json_or_default()?;
    let wanted = form.wanted()?;
    let caller = received.caller;
    let octets = door
        .registry(move |registry| {
            let request = registry.ceremony_request(&wanted, &caller);
            request
                .and_then(|request| Ok(request.encode()?))
                .map_err(|error| fault::ceremony_request(error, &caller))
        })
        .await??;
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, CBOR)], octets).into_response())
}

/// Take in the answer of a ceremony.
///
/// All of it or nothing. The same answer again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/dki/ceremony/answers",
    operation_id = "answerCeremony",
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
pub(crate) async fn answer(
    State(door): State<Door>,
    received: Received,
) -> Result<Json<ImportedDocument>, Problem> {
    received.identified()?;
    let octets = cbor(&received)?;
    let caller = received.caller;
    let imported = door
        .registry(move |registry| {
            Answer::decode(&octets)
                .map_err(ImportError::from)
                .and_then(|answer| registry.ceremony_import(&answer, &caller))
                .map_err(|error| fault::import(error, &caller))
        })
        .await??;
    Ok(Json(imported.into()))
}

/// The body, if it is said to be CBOR.
pub(super) fn cbor(received: &Received) -> Result<Vec<u8>, Problem> {
    match received.media_type().as_deref() {
        Some(CBOR) => Ok(received.body.to_vec()),
        other => Err(unsupported(other.map(str::to_owned), &[CBOR])),
    }
}
