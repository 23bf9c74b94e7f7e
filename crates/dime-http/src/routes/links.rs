//! `GET /v1/dets/{det}/links`: what a UA is loaded with and sends, so that observers without a connection learn its key (RFC 9575).

use crate::{
    Problem, accept, fault, form::det::Links, openapi::Octets, parameters::DetSegment, received::Received,
    state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use drip_wire::broadcast::Link;
use http::header;

const JSON: &str = "application/json";
const OCTETS: &str = "application/octet-stream";

/// The DRIP Links of a DET.
///
/// Its endorsements in the form in which they go over the air, trust anchor first. As `application/octet-stream` they are
/// concatenated, 137 octets each.
#[utoipa::path(
    get,
    path = "/v1/dets/{det}/links",
    operation_id = "showLinks",
    tag = "dets",
    params(crate::openapi::DetParameter),
    responses(
        (status = 200, description = "The Links.", content(
            (Links = "application/json"),
            (Octets = "application/octet-stream")
        )),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
        (status = 406, response = crate::openapi::NotAcceptable),
        (status = 409, response = crate::openapi::Conflict),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn links(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Response, Problem> {
    let media = accept::choose(&received.headers, &[JSON, OCTETS])?;
    let chain = door.registry(move |registry| registry.chain(det)).await?.map_err(fault::certificate)?;
    let links = chain.iter().map(|endorsement| Link::new(*endorsement).encode());
    if media == OCTETS {
        let octets: Vec<u8> = links.flatten().collect();
        return Ok(([(header::CONTENT_TYPE, OCTETS)], octets).into_response());
    }
    let links = links.map(|link| STANDARD.encode(link)).collect();
    Ok(Json(Links { det: det.to_string(), links }).into_response())
}
