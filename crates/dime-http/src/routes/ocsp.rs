//! `/pki/ocsp`: the status of certificates (RFC 6960, appendix A; RFC 5019).

use crate::{
    Problem, ProblemKind,
    cacheable::Cacheable,
    openapi::Octets,
    parameters::Segment,
    received::{Received, unsupported},
    state::Door,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use drip_cert::ocsp::MAX_REQUEST_LEN;
use http::header;

const REQUEST: &str = "application/ocsp-request";
const RESPONSE: &str = "application/ocsp-response";

/// Ask for the status of certificates.
///
/// DER of an OCSPRequest in, of an OCSPResponse out. What is wrong with a request is said in the response, which has then status 200 all the
/// same.
#[utoipa::path(
    post,
    path = "/pki/ocsp",
    operation_id = "askStatus",
    tag = "pki",
    request_body(content((Octets = "application/ocsp-request"))),
    responses(
        (status = 200, description = "The response.", content((Octets = "application/ocsp-response"))),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    )
)]
pub(crate) async fn post(State(door): State<Door>, received: Received) -> Result<Response, Problem> {
    if received.media_type().as_deref() != Some(REQUEST) {
        return Err(unsupported(received.media_type(), &[REQUEST]));
    }
    if received.body.len() > MAX_REQUEST_LEN {
        let detail = format!("an OCSP request may have {MAX_REQUEST_LEN} octets");
        return Err(Problem::new(ProblemKind::ContentTooLarge, detail));
    }
    let answer = door.registry(move |registry| registry.ocsp(&received.body)).await?;
    // An answer to a POST is not kept by those between us, and must not be where it repeats a nonce.
    Ok(([(header::CONTENT_TYPE, RESPONSE), (header::CACHE_CONTROL, "no-store")], answer.der).into_response())
}

/// Ask for the status of a certificate, with an answer that may be kept.
///
/// The path holds the base64 of an OCSPRequest in DER. Without a nonce in it, the answer may be kept until its nextUpdate.
#[utoipa::path(
    get,
    path = "/pki/ocsp/{request}",
    operation_id = "askStatusByPath",
    tag = "pki",
    params(("request" = String, Path, description = "Base64 of the request, its slashes, plus and equals signs written with % or as they are.")),
    responses(
        (status = 200, description = "The response.", content((Octets = "application/ocsp-response"))),
        (status = 304, description = "It is the one the asker has."),
        (status = 401, response = crate::openapi::Unauthorized),
    )
)]
pub(crate) async fn get(
    State(door): State<Door>,
    Segment(text): Segment,
    received: Received,
) -> Result<Response, Problem> {
    // What is not base64 is no request: the responder says so itself.
    let request = STANDARD.decode(text.trim_start_matches('/')).unwrap_or_default();
    let answer = door.registry(move |registry| registry.ocsp(&request)).await?;
    let Some(fresh) = answer.fresh else {
        let fields = [(header::CONTENT_TYPE, RESPONSE), (header::CACHE_CONTROL, "no-store")];
        return Ok((fields, answer.der).into_response());
    };
    let object = Cacheable {
        media: RESPONSE,
        tag: hex::encode(fresh.digest),
        octets: answer.der.into(),
        this_update: fresh.this_update,
        next_update: fresh.next_update,
        longest: u64::MAX,
    };
    Ok(object.answer(&received.headers, door.clock.now()))
}
