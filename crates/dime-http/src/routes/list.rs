//! `GET /v1/registrations`: many registrations, a page at a time.

use crate::{
    Problem, fault,
    form::{
        registration::RegistrationPage,
        request::{self, ListingQuery},
    },
    parameters::{self, Parameters},
    received::Received,
    state::Door,
};
use axum::{Json, extract::State};
use dime_registry::Listing;

/// List registrations.
///
/// For managers and auditors. Oldest first; `next` of one page is the `cursor` of the next.
#[utoipa::path(
    get,
    path = "/v1/registrations",
    operation_id = "listRegistrations",
    tag = "registrations",
    params(ListingQuery),
    responses(
        (status = 200, description = "One page.", body = RegistrationPage,
            links(("registration" = (operation_id = "showRegistration", parameters(("id" = "$response.body#/registrations/0/id")))),
                ("det" = (operation_id = "showDet", parameters(("det" = "$response.body#/registrations/0/det")))),
                ("chain" = (operation_id = "showEndorsements", parameters(("det" = "$response.body#/registrations/0/det")))),
                ("certificate" = (operation_id = "showCertificate", parameters(("det" = "$response.body#/registrations/0/det")))),
                ("renewal" = (operation_id = "renew", parameters(("det" = "$response.body#/registrations/0/det")))),
                ("revocation" = (operation_id = "revoke", parameters(("det" = "$response.body#/registrations/0/det")))))),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn list(
    State(door): State<Door>,
    Parameters(query): Parameters<ListingQuery>,
    received: Received,
) -> Result<Json<RegistrationPage>, Problem> {
    let hid = query.hid.as_deref().map(request::hid).transpose();
    let limit = query.limit.map(usize::from);
    if limit.is_some_and(|limit| limit == 0 || limit > Listing::MAX) {
        return Err(parameters::invalid("limit", &format!("1 to {}", Listing::MAX)));
    }
    let listing = Listing {
        state: query.state.map(Into::into),
        kind: query.kind.map(Into::into),
        since: query.since.map(|moment| moment.0),
        hid: hid.map_err(|reason| parameters::invalid("hid", &reason))?,
        cursor: query.cursor,
        limit,
    };
    let caller = received.caller;
    let page = door
        .registry(move |registry| {
            registry.registrations(&listing, &caller).map_err(|error| fault::read(error, &caller))
        })
        .await??;
    Ok(Json(page.into()))
}
