//! `GET /v1/dets/{det}/links`: what a UA is loaded with and sends, so that observers without a connection learn its key (RFC 9575).

use super::endorsements::served;
use crate::{
    Problem, form::det::Links, openapi::Octets, parameters::DetSegment, received::Received, state::Door,
};
use axum::{extract::State, response::Response};
use drip_wire::{Endorsement, broadcast::Link};

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
    let encode = |endorsement: &Endorsement| Link::new(*endorsement).encode();
    served(&door, det, &received, encode, |det, links| Links { det, links }).await
}
