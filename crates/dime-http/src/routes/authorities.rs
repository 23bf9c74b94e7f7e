//! `/v1/authorities`: administration of our own authorities and of those of registries below.

use crate::{
    Problem, fault,
    form::{
        authority::{
            AuthorityDocument, AuthorityList, AuthorityRevocationForm, FallenDocument, PreviewQuery,
            RekeyForm, RetirementForm,
        },
        job::JobDocument,
        registration::RegistrationDocument,
        request::{self, Reason},
    },
    parameters::{DetSegment, Parameters},
    received::Received,
    state::Door,
};
use axum::{Json, extract::State};
use dime_registry::{AdministerError, Caller, Registry};
use http::StatusCode;

/// Calls the registry and translates what went wrong.
pub(super) async fn administer<T: Send + 'static>(
    door: &Door,
    caller: Caller,
    call: impl FnOnce(&Registry, &Caller) -> Result<T, AdministerError> + Send + 'static,
) -> Result<T, Problem> {
    door.registry(move |registry| call(registry, &caller).map_err(|error| fault::administer(error, &caller)))
        .await?
}

/// List authorities.
///
/// Every one that is known here, parents first, with its status, what it has signed and where it is delegated.
#[utoipa::path(
    get,
    path = "/v1/authorities",
    operation_id = "listAuthorities",
    tag = "authorities",
    responses(
        (status = 200, description = "All of them.", body = AuthorityList),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn list(
    State(door): State<Door>,
    received: Received,
) -> Result<Json<AuthorityList>, Problem> {
    let reports = administer(&door, received.caller, |registry, caller| registry.authorities(caller)).await?;
    Ok(Json(reports.into()))
}

/// One authority.
#[utoipa::path(
    get,
    path = "/v1/authorities/{det}",
    operation_id = "showAuthority",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    responses(
        (status = 200, description = "The authority.", body = AuthorityDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn show(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<AuthorityDocument>, Problem> {
    let report =
        administer(&door, received.caller, move |registry, caller| registry.authority_report(det, caller));
    Ok(Json(report.await?.into()))
}

/// Suspend an authority.
///
/// It leaves the DNS, a registry's delegation with it, and signs nothing until it is resumed.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/suspend",
    operation_id = "suspendAuthority",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    request_body = Reason,
    responses(
        (status = 200, description = "Done.", body = AuthorityDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn suspend(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<AuthorityDocument>, Problem> {
    let Reason { reason } = received.json()?;
    let report = administer(&door, received.caller, move |registry, caller| {
        registry.suspend_authority(det, &reason, caller)
    });
    Ok(Json(report.await?.into()))
}

/// Resume a suspended authority.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/resume",
    operation_id = "resumeAuthority",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    responses(
        (status = 200, description = "Done.", body = AuthorityDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn resume(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<AuthorityDocument>, Problem> {
    let report =
        administer(&door, received.caller, move |registry, caller| registry.resume_authority(det, caller));
    Ok(Json(report.await?.into()))
}

/// Retire an authority.
///
/// It signs nothing new, and leaves the DNS at the end that is set.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/retire",
    operation_id = "retireAuthority",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    request_body = RetirementForm,
    responses(
        (status = 200, description = "Done.", body = AuthorityDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn retire(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<Json<AuthorityDocument>, Problem> {
    let RetirementForm { reason, at } = received.json()?;
    let report = administer(&door, received.caller, move |registry, caller| {
        registry.retire_authority(det, at.map(|moment| moment.0), &reason, caller)
    });
    Ok(Json(report.await?.into()))
}

/// Revoke an authority, with everything below it.
///
/// All of it is gone from this node's DNS before the answer. With `preview=true` nothing happens, and the answer says what would fall.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/revoke",
    operation_id = "revokeAuthority",
    tag = "authorities",
    params(crate::openapi::DetParameter, PreviewQuery),
    request_body = AuthorityRevocationForm,
    responses(
        (status = 200, description = "Done.", body = FallenDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn revoke(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    Parameters(query): Parameters<PreviewQuery>,
    received: Received,
) -> Result<Json<FallenDocument>, Problem> {
    let preview = query.preview.unwrap_or_default();
    let form = if preview { None } else { Some(received.json::<AuthorityRevocationForm>()?) };
    let fallen = administer(&door, received.caller, move |registry, caller| match form {
        None => registry.preview_revocation(det, caller),
        Some(AuthorityRevocationForm { reason, reason_code }) => {
            registry.revoke_authority_because(det, &reason, reason_code.map(Into::into), caller)
        }
    });
    Ok(Json(FallenDocument::of(fallen.await?, preview)))
}

/// Give a registry below a new Authorization key.
///
/// It waits for the next ceremony; then both keys are in force until the old one is retired or ends.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/rekey",
    operation_id = "rekeyAuthority",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    request_body = RekeyForm,
    responses(
        (status = 202, description = "Done.", body = RegistrationDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn rekey(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<(StatusCode, Json<RegistrationDocument>), Problem> {
    received.identified()?;
    let RekeyForm { csr } = received.json()?;
    let csr = request::csr(&csr)?;
    let view = administer(&door, received.caller, move |registry, caller| {
        registry.rekey_registry(det, &csr, caller)
    });
    Ok((StatusCode::ACCEPTED, Json(view.await?.into())))
}

/// Issue anew everything that an Issuing DET signed.
///
/// Under the newest Issuing DET in force, as a job.
#[utoipa::path(
    post,
    path = "/v1/authorities/{det}/reissue",
    operation_id = "reissue",
    tag = "authorities",
    params(crate::openapi::DetParameter),
    responses(
        (status = 202, description = "Done.", body = JobDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn reissue(
    State(door): State<Door>,
    DetSegment(det): DetSegment,
    received: Received,
) -> Result<(StatusCode, Json<JobDocument>), Problem> {
    let job = administer(&door, received.caller, move |registry, caller| registry.reissue(det, caller));
    Ok((StatusCode::ACCEPTED, Json(job.await?.into())))
}
