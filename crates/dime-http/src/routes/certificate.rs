//! `GET /v1/dets/{det}/certificate`: the certificate of a DET, X.509 or C509.

use crate::{
    Problem, ProblemKind, accept, fault,
    form::word::ProfileWord,
    openapi::Octets,
    parameters::{self, DetSegment, Parameters},
    received::Received,
    state::Door,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use dime_registry::Profile;
use drip_cert::{c509::C509Certificate, pem};
use http::header;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

const DER: &str = "application/pkix-cert";
const PEM: &str = "application/x-pem-file";
const C509: &str = "application/cose-c509-cert";
/// The name that drafts from 21 on give it.
const C509_CBOR: &str = "application/cose-c509-cert+cbor";

/// How the certificate that is wanted was signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum FormWord {
    /// As X.509; in C509 it is type 3.
    #[default]
    X509,
    /// Over its CBOR: C509 of type 2.
    Native,
}

/// Which certificate.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProfileQuery {
    /// The profile; `lite` if not said.
    #[param(inline)]
    profile: Option<ProfileWord>,
    /// `native` for the C509 certificate of type 2, which a DET has that was registered by such a request.
    #[param(inline)]
    form: Option<FormWord>,
}

/// The certificate of a DET.
///
/// DER (`application/pkix-cert`), PEM (`application/x-pem-file`) or C509 (`application/cose-c509-cert`: the same certificate re-encoded), by
/// the Accept field. With `form=native` the C509 certificate that was signed as such.
#[utoipa::path(
    get,
    path = "/v1/dets/{det}/certificate",
    operation_id = "showCertificate",
    tag = "dets",
    params(crate::openapi::DetParameter, ProfileQuery),
    responses(
        (status = 200, description = "The certificate.", content(
            (Octets = "application/pkix-cert"),
            (String = "application/x-pem-file"),
            (Octets = "application/cose-c509-cert"),
            (Octets = "application/cose-c509-cert+cbor")
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
    let native = query.form == Some(FormWord::Native);
    let offered: &[&str] = if native { &[C509, C509_CBOR] } else { &[DER, PEM, C509, C509_CBOR] };
    let media = accept::choose(&received.headers, offered)?;
    let profile = query.profile.unwrap_or_default().into();
    if native && profile != Profile::Lite {
        return Err(parameters::invalid("profile", "native certificates are of the Lite profile"));
    }
    let octets = door
        .registry(move |registry| match native {
            true => registry.native_certificate(det),
            false => registry.certificate(det, profile),
        })
        .await?
        .map_err(fault::certificate)?;
    let body = match media {
        PEM => pem::encode(pem::Label::Certificate, &octets).into_bytes(),
        C509 | C509_CBOR if !native => reencoded(&octets)?,
        _ => octets,
    };
    Ok(([(header::CONTENT_TYPE, media)], body).into_response())
}

/// The certificate as C509 of type 3. Ours all have that form.
fn reencoded(der: &[u8]) -> Result<Vec<u8>, Problem> {
    let certificate = C509Certificate::of_x509(der).map_err(|error| {
        tracing::error!(%error, "a certificate of ours has no C509 form");
        Problem::new(ProblemKind::Internal, "the certificate has no C509 form")
    })?;
    Ok(certificate.octets().to_vec())
}
