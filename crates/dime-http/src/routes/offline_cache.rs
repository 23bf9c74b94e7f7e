//! `GET /v1/dki/cache`: the signed offline cache.

use super::trust::{COSE, COSE_SIGN1};
use crate::{
    Problem, accept,
    cacheable::Cacheable,
    fault,
    form::trust::{CacheDocument, CacheParameters},
    openapi::Octets,
    parameters::query,
    received::Received,
    state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};

const JSON: &str = "application/json";
/// Whoever lies between may keep it for this long, in seconds.
const LONGEST: u64 = 300;

/// The offline cache.
///
/// Endorsements of HDAs' Issuing DETs and what leads up to them, signed by an Issuing DET of this DIME, for use without a connection:
/// everything, or what was asked for; the whole, or what changed.
#[utoipa::path(
    get,
    path = "/v1/dki/cache",
    operation_id = "showOfflineCache",
    tag = "dki",
    params(CacheParameters),
    responses(
        (status = 200, description = "The cache.", content(
            (Octets = "application/cose"),
            (CacheDocument = "application/json")
        )),
        (status = 304, description = "It is the one the asker has."),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 406, response = crate::openapi::NotAcceptable),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn cache(State(door): State<Door>, received: Received) -> Result<Response, Problem> {
    let media = accept::choose(&received.headers, &[COSE, JSON])?;
    let wanted = query::<CacheParameters>(&received.uri)?.wanted()?;
    let signed =
        door.registry(move |registry| registry.offline_cache(&wanted)).await?.map_err(fault::cache)?;
    if media == JSON {
        return Ok(Json(CacheDocument::from(&signed)).into_response());
    }
    let cache = signed.cache();
    let octets = signed.encode();
    let object = Cacheable {
        media: COSE_SIGN1,
        tag: format!("{}-{}", cache.sequence, cache.validity.not_before().0),
        octets: octets.into(),
        this_update: cache.validity.not_before(),
        next_update: cache.validity.not_after(),
        longest: LONGEST,
    };
    Ok(object.answer(&received.headers, door.clock.now()))
}
