//! `GET /v1/dets/{det}`: what is known of a DET.

use crate::{
    Problem, ProblemKind, fault,
    form::{det::DetDocument, registration::RegistrationDocument, word::ViewWord},
    parameters::{DetSegment, Parameters},
    received::Received,
    state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use dime_registry::{Forbidden, Permission, ReadError, RegistrationView};
use serde::Deserialize;
use utoipa::IntoParams;

/// How much to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ViewQuery {
    /// `public`, or `full` for those who may see private particulars.
    #[param(inline)]
    view: Option<ViewWord>,
}

/// Look a DET up.
///
/// The public view needs no authentication. The full view, with the registration's identifier and its particulars, is for managers,
/// auditors, the holder of the key and its operator.
#[utoipa::path(
    get,
    path = "/v1/dets/{det}",
    operation_id = "showDet",
    tag = "dets",
    params(crate::openapi::DetParameter, ViewQuery),
    responses(
        (status = 200, description = "What is known; with `view=full` a Registration.", body = DetDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
    ),
    security((), ("bearer" = []), ("signature" = []))
)]
pub(crate) async fn det(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    Parameters(query): Parameters<ViewQuery>,
    received: Received,
) -> Result<Response, Problem> {
    let caller = received.caller;
    match query.view.unwrap_or_default() {
        ViewWord::Public => {
            let view = door
                .registry(move |registry| {
                    registry.public_view(det).map_err(|error| fault::read(error, &caller))
                })
                .await??;
            view.map(|view| Json(DetDocument::from(view)).into_response())
        }
        ViewWord::Full => {
            let view = door
                .registry(move |registry| {
                    let view = registry.registration_of(det, &caller).and_then(whole);
                    view.map_err(|error| fault::read(error, &caller))
                })
                .await??;
            view.map(|view| Json(RegistrationDocument::from(view)).into_response())
        }
    }
    .ok_or_else(|| Problem::new(ProblemKind::NotFound, format!("{det} is not registered here")))
}

/// The whole view or none: who asks for it and may not is told so, rather than given less.
fn whole(view: Option<RegistrationView>) -> Result<Option<RegistrationView>, ReadError> {
    match view {
        Some(RegistrationView { private: None, public, .. }) => {
            Err(Forbidden { missing: Permission::ReadPrivate, hid: Some(public.hid()) }.into())
        }
        view => Ok(view),
    }
}
