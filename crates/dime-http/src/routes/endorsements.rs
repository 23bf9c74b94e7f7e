//! `GET /v1/dets/{det}/endorsements`: the chain that makes a DET trusted.

use crate::{
    Problem, accept, fault, form::det::Endorsements, openapi::Octets, parameters::DetSegment,
    received::Received, state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use drip_det::Det;
use drip_wire::Endorsement;
use http::header;
use serde::Serialize;

const JSON: &str = "application/json";
const OCTETS: &str = "application/octet-stream";

/// The endorsements of a DET.
///
/// Trust anchor first. As `application/octet-stream` they are concatenated, 136 octets each.
#[utoipa::path(
    get,
    path = "/v1/dets/{det}/endorsements",
    operation_id = "showEndorsements",
    tag = "dets",
    params(crate::openapi::DetParameter),
    responses(
        (status = 200, description = "The chain.", content(
            (Endorsements = "application/json"),
            (Octets = "application/octet-stream")
        )),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
        (status = 406, response = crate::openapi::NotAcceptable),
        (status = 409, response = crate::openapi::Conflict),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn endorsements(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Response, Problem> {
    served(&door, det, &received, Endorsement::encode, |det, endorsements| Endorsements { det, endorsements })
        .await
}

/// Answers with the chain of a DET, each endorsement in the form that `encode` gives it: one behind another, or in base64 in a document.
pub(super) async fn served<const OCTETS_OF_EACH: usize, D: Serialize>(
    door: &Door,
    det: Det,
    received: &Received,
    encode: fn(&Endorsement) -> [u8; OCTETS_OF_EACH],
    document: fn(String, Vec<String>) -> D,
) -> Result<Response, Problem> {
    let media = accept::choose(&received.headers, &[JSON, OCTETS])?;
    let chain = door.registry(move |registry| registry.chain(det)).await?.map_err(fault::certificate)?;
    let each = chain.iter().map(encode);
    if media == OCTETS {
        let octets: Vec<u8> = each.flatten().collect();
        return Ok(([(header::CONTENT_TYPE, OCTETS)], octets).into_response());
    }
    let texts = each.map(|octets| STANDARD.encode(octets)).collect();
    Ok(Json(document(det.to_string(), texts)).into_response())
}
