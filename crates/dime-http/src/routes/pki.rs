//! `/pki/{issuer}.crl`, `/pki/{issuer}/{shard}.crl`, `/pki/{issuer}.cer`: what certificates of the Full and mtls profiles point to.

use crate::{
    Problem, ProblemKind,
    cacheable::Cacheable,
    fault,
    form::{request, word::ProfileWord},
    openapi::Octets,
    parameters::{invalid, query},
    received::Received,
    state::Door,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use dime_registry::ListForm;
use drip_cert::crl::Shard;
use drip_det::Det;
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

const CRL: &str = "application/pkix-crl";
const CERTIFICATE: &str = "application/pkix-cert";

/// Lists are made anew when something changes; whoever keeps one longer than this may miss it.
const LONGEST: u64 = 300;

/// Which form of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// There, with any value or none: what changed since a complete list.
    #[param(allow_reserved)]
    delta: Option<String>,
}

/// Which certificate.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CertificateQuery {
    /// The profile; `mtls` if not said.
    #[param(inline)]
    profile: Option<ProfileWord>,
}

/// `/pki/{file}`: by the name's ending.
pub(crate) async fn file(
    State(door): State<Door>,
    Path(file): Path<String>,
    received: Received,
) -> Result<Response, Problem> {
    if let Some(issuer) = file.strip_suffix(".crl") {
        list(door, issuer, None, &received).await
    } else if let Some(issuer) = file.strip_suffix(".cer") {
        certificate(door, issuer, &received).await
    } else {
        Err(Problem::new(ProblemKind::NotFound, "here are only files named DET.crl and DET.cer"))
    }
}

/// `/pki/{issuer}/{file}`: one part of a list.
pub(crate) async fn part(
    State(door): State<Door>,
    Path((issuer, file)): Path<(String, String)>,
    received: Received,
) -> Result<Response, Problem> {
    let shard = file.strip_suffix(".crl").unwrap_or_default().parse::<Shard>();
    let shard = shard.map_err(|error| invalid("shard", &error.to_string()))?;
    list(door, &issuer, Some(shard), &received).await
}

fn issuer_of(text: &str) -> Result<Det, Problem> {
    request::det(text).map_err(|reason| invalid("issuer", &reason))
}

/// The revocation list of an issuer.
///
/// DER of a CertificateList (RFC 5280), with everything that is revoked at this moment. For an Authorization DET, whose key is offline, an
/// indirect list of its RAA, unless one signed offline says as much. With `delta`, what changed since a complete one.
#[utoipa::path(
    get,
    path = "/pki/{issuer}.crl",
    operation_id = "showRevocationList",
    tag = "pki",
    params(("issuer" = crate::form::det_text::DetText, Path, description = "The issuer's DET."), ListQuery),
    responses(
        (status = 200, description = "The list.", content((Octets = "application/pkix-crl"))),
        (status = 304, description = "It is the one the asker has."),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
    )
)]
async fn list(
    door: Door,
    issuer: &str,
    shard: Option<Shard>,
    received: &Received,
) -> Result<Response, Problem> {
    let issuer = issuer_of(issuer)?;
    let asked: ListQuery = query(&received.uri)?;
    let form = if asked.delta.is_some() { ListForm::Delta } else { ListForm::Complete };
    let list = door
        .registry(move |registry| registry.revocation_list(issuer, shard, form))
        .await?
        .map_err(fault::list)?;
    let object = Cacheable {
        media: CRL,
        tag: list.number.to_string(),
        octets: list.der,
        this_update: list.this_update,
        next_update: list.next_update,
        longest: LONGEST,
    };
    Ok(object.answer(&received.headers, door.clock.now()))
}

/// One part of a divided revocation list.
///
/// The certificates whose serial number's last octet falls into this part, as their cRLDistributionPoints say.
#[utoipa::path(
    get,
    path = "/pki/{issuer}/{shard}.crl",
    operation_id = "showPartOfRevocationList",
    tag = "pki",
    params(
        ("issuer" = crate::form::det_text::DetText, Path, description = "The issuer's DET."),
        ("shard" = String, Path, description = "NUMBER-COUNT, the count a power of two to 256.", example = "3-16"),
        ListQuery
    ),
    responses(
        (status = 200, description = "The list.", content((Octets = "application/pkix-crl"))),
        (status = 304, description = "It is the one the asker has."),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
    )
)]
#[allow(dead_code, reason = "read by the derive only; `part` answers")]
async fn part_of_list() {}

/// The certificate of an issuer.
///
/// DER, the mtls profile unless said otherwise: what authorityInfoAccess points to.
#[utoipa::path(
    get,
    path = "/pki/{issuer}.cer",
    operation_id = "showIssuerCertificate",
    tag = "pki",
    params(("issuer" = crate::form::det_text::DetText, Path, description = "The issuer's DET."), CertificateQuery),
    responses(
        (status = 200, description = "The certificate.", content((Octets = "application/pkix-cert"))),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
    )
)]
async fn certificate(door: Door, issuer: &str, received: &Received) -> Result<Response, Problem> {
    let issuer = issuer_of(issuer)?;
    let asked: CertificateQuery = query(&received.uri)?;
    let profile = asked.profile.unwrap_or(ProfileWord::Mtls).into();
    let der = door
        .registry(move |registry| match registry.authority(issuer) {
            Some(_) => registry.certificate(issuer, profile).map_err(fault::certificate),
            None => Err(Problem::new(ProblemKind::NotFound, format!("{issuer} is no authority known here"))),
        })
        .await??;
    Ok(([(header::CONTENT_TYPE, CERTIFICATE)], der).into_response())
}
