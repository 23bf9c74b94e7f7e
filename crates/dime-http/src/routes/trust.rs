//! `/v1/dki/trust-list` and `/v1/dki/cross-endorsements`: trust between RAAs.

use crate::{
    Problem, ProblemKind, accept, fault,
    form::{
        request,
        trust::{CrossEndorsements, TrustListDocument},
    },
    openapi::Octets,
    parameters::invalid,
    received::{Received, unsupported},
    state::Door,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use drip_wire::Endorsement;
use http::{StatusCode, header};

const JSON: &str = "application/json";
const OCTETS: &str = "application/octet-stream";
/// RFC 9052, section 12.5.
pub(super) const COSE: &str = "application/cose";
pub(super) const COSE_SIGN1: &str = "application/cose; cose-type=\"cose-sign1\"";

/// The trust list of this DIME.
///
/// The newest that holds now: which other RAAs are trusted, signed offline by this RAA's Authorization DET.
#[utoipa::path(
    get,
    path = "/v1/dki/trust-list",
    operation_id = "showTrustList",
    tag = "dki",
    responses(
        (status = 200, description = "The list.", content(
            (Octets = "application/cose"),
            (TrustListDocument = "application/json")
        )),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
        (status = 406, response = crate::openapi::NotAcceptable),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn trust_list(State(door): State<Door>, received: Received) -> Result<Response, Problem> {
    let media = accept::choose(&received.headers, &[COSE, JSON])?;
    let caller = received.caller;
    let list = door
        .registry(move |registry| registry.trust_list().map_err(|error| fault::read(error, &caller)))
        .await??
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, "this DIME has no trust list that holds now"))?;
    Ok(match media {
        COSE => ([(header::CONTENT_TYPE, COSE_SIGN1)], list.encode()).into_response(),
        _ => Json(TrustListDocument::from(&list)).into_response(),
    })
}

/// Take in a trust list.
///
/// One that this RAA's Authorization DET signed offline; its sequence is higher than that of the one here. The same list again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/dki/trust-list",
    operation_id = "storeTrustList",
    tag = "dki",
    request_body(content = Octets, content_type = "application/cose"),
    responses(
        (status = 200, description = "Taken in.", body = TrustListDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn store_trust_list(
    State(door): State<Door>,
    received: Received,
) -> Result<Json<TrustListDocument>, Problem> {
    received.identified()?;
    let octets = body(&received, COSE)?;
    let caller = received.caller;
    let list = door
        .registry(move |registry| {
            registry.store_trust_list(&octets, &caller).map_err(|error| fault::trust(error, &caller))
        })
        .await??;
    Ok(Json(TrustListDocument::from(&list)))
}

/// The cross-endorsements that this DIME gave and received.
///
/// As `application/octet-stream` they are concatenated, 136 octets each; withdrawn ones are left out.
#[utoipa::path(
    get,
    path = "/v1/dki/cross-endorsements",
    operation_id = "listCrossEndorsements",
    tag = "dki",
    responses(
        (status = 200, description = "All of them.", content(
            (CrossEndorsements = "application/json"),
            (Octets = "application/octet-stream")
        )),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 406, response = crate::openapi::NotAcceptable),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn cross_endorsements(
    State(door): State<Door>,
    received: Received,
) -> Result<Response, Problem> {
    let media = accept::choose(&received.headers, &[JSON, OCTETS])?;
    let caller = received.caller;
    let views = door
        .registry(move |registry| registry.cross_endorsements().map_err(|error| fault::read(error, &caller)))
        .await??;
    if media == OCTETS {
        let octets: Vec<u8> = views.iter().flat_map(|view| view.endorsement.encode()).collect();
        return Ok(([(header::CONTENT_TYPE, OCTETS)], octets).into_response());
    }
    Ok(Json(CrossEndorsements::from(views.as_slice())).into_response())
}

/// Take in cross-endorsements.
///
/// Endorsements of 136 octets each, one behind the other: by others of this RAA, or by this RAA of others. Self-endorsements among them say
/// what the others' keys are.
#[utoipa::path(
    post,
    path = "/v1/dki/cross-endorsements",
    operation_id = "receiveCrossEndorsements",
    tag = "dki",
    request_body(content = Octets, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "Taken in.", body = CrossEndorsements),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn receive(
    State(door): State<Door>,
    received: Received,
) -> Result<Json<CrossEndorsements>, Problem> {
    received.identified()?;
    let octets = body(&received, OCTETS)?;
    let caller = received.caller;
    let taken = door
        .registry(move |registry| {
            octets
                .chunks(Endorsement::LEN)
                .map(Endorsement::decode)
                .collect::<Result<Vec<_>, _>>()
                .map_err(dime_registry::TrustError::from)
                .and_then(|endorsements| registry.receive_cross(&endorsements, &caller))
                .map_err(|error| fault::trust(error, &caller))
        })
        .await??;
    Ok(Json(CrossEndorsements::from(taken.as_slice())))
}

/// Withdraw a cross-endorsement.
///
/// It is given out no more. What others keep of it they keep until it ends.
#[utoipa::path(
    delete,
    path = "/v1/dki/cross-endorsements/{parent}/{child}",
    operation_id = "withdrawCrossEndorsement",
    tag = "dki",
    params(
        ("parent" = crate::form::det_text::DetText, Path, description = "Who endorses."),
        ("child" = crate::form::det_text::DetText, Path, description = "Who is endorsed."),
    ),
    responses(
        (status = 204, description = "Withdrawn."),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn withdraw(
    State(door): State<Door>,
    Path((parent, child)): Path<(String, String)>,
    received: Received,
) -> Result<StatusCode, Problem> {
    let parent = request::det(&parent).map_err(|reason| invalid("parent", &reason))?;
    let child = request::det(&child).map_err(|reason| invalid("child", &reason))?;
    let caller = received.caller;
    door.registry(move |registry| {
        registry.withdraw_cross(parent, child, &caller).map_err(|error| fault::trust(error, &caller))
    })
    .await??;
    Ok(StatusCode::NO_CONTENT)
}

/// The body, if it is said to be of this media type; parameters of the type are left alone.
fn body(received: &Received, media: &'static str) -> Result<Vec<u8>, Problem> {
    match received.media_type() {
        Some(found) if found == media => Ok(received.body.to_vec()),
        other => Err(unsupported(other, &[media])),
    }
}
