//! `GET /v1/dets/{det}/certificate`: the X.509 certificate of a DET.

use crate::{
    Problem, accept, fault,
    form::word::ProfileWord,
    openapi::Octets,
    parameters::{DetSegment, Parameters},
    received::Received,
    state::Door,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use drip_cert::pem;
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

const DER: &str = "application/pkix-cert";
const PEM: &str = "application/x-pem-file";

/// Which certificate.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProfileQuery {
    /// The profile; `lite` if not said.
    #[param(inline)]
    profile: Option<ProfileWord>,
}

/// The certificate of a DET.
///
/// DER (`application/pkix-cert`) or PEM (`application/x-pem-file`), by the Accept field.
#[utoipa::path(
    get,
    path = "/v1/dets/{det}/certificate",
    operation_id = "showCertificate",
    tag = "dets",
    params(crate::openapi::DetParameter, ProfileQuery),
    responses(
        (status = 200, description = "The certificate.", content(
            (Octets = "application/pkix-cert"),
            (String = "application/x-pem-file")
        )),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
        (status = 406, response = crate::openapi::NotAcceptable),
        (status = 409, response = crate::openapi::Conflict),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn certificate(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    Parameters(query): Parameters<ProfileQuery>,
    received: Received,
) -> Result<Response, Problem> {
    let media = accept::choose(&received.headers, &[DER, PEM])?;
    let profile = query.profile.unwrap_or_default().into();
    let der = door
        .registry(move |registry| registry.certificate(det, profile))
        .await?
        .map_err(fault::certificate)?;
    let body = if media == PEM { pem::encode(pem::Label::Certificate, &der).into_bytes() } else { der };
    Ok(([(header::CONTENT_TYPE, media)], body).into_response())
}
