//! `/v1/tokens`: bearer tokens, scoped by role and HID.

use crate::{
    Problem, ProblemKind, fault,
    form::{
        request::{self, TokenForm},
        token::{NewTokenDocument, TokenDocument, TokenList},
    },
    parameters::Segment,
    received::Received,
    state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use dime_registry::{NewToken, TokenId};
use http::{StatusCode, header};

/// Create a token.
///
/// Nobody gives a token more than they hold. The secret is shown this once; the server keeps only its hash.
#[utoipa::path(
    post,
    path = "/v1/tokens",
    operation_id = "createToken",
    tag = "tokens",
    request_body = TokenForm,
    responses(
        (status = 201, description = "Created, with its secret.", body = NewTokenDocument,
            headers(("Location" = String, description = "The token.")),
            links(("revocation" = (operation_id = "revokeToken", parameters(("id" = "$response.body#/id")))))),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn create(State(door): State<Door>, received: Received) -> Result<Response, Problem> {
    let form: TokenForm = received.json()?;
    let hid = form.hid.as_deref().map(request::hid).transpose().map_err(|reason| {
        Problem::new(ProblemKind::MalformedField, format!("hid: {reason}")).at("/hid", reason)
    })?;
    let token = NewToken { role: form.role.into(), hid, ttl: form.ttl, label: form.label };
    let caller = received.caller;
    let (view, secret) = door
        .registry(move |registry| {
            registry.create_token(token, &caller).map_err(|error| fault::token(error, &caller))
        })
        .await??;
    let location = format!("/v1/tokens/{}", view.id);
    let body = NewTokenDocument { token: view.into(), secret: secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(body)).into_response())
}

/// List tokens.
///
/// Revoked and expired ones too, never their secrets.
#[utoipa::path(
    get,
    path = "/v1/tokens",
    operation_id = "listTokens",
    tag = "tokens",
    responses(
        (status = 200, description = "All tokens the caller may manage.", body = TokenList),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn list(State(door): State<Door>, received: Received) -> Result<Json<TokenList>, Problem> {
    let caller = received.caller;
    let tokens = door
        .registry(move |registry| registry.tokens(&caller).map_err(|error| fault::token(error, &caller)))
        .await??;
    Ok(Json(TokenList { tokens: tokens.into_iter().map(TokenDocument::from).collect() }))
}

/// Revoke a token.
///
/// It stays listed. Revoking again changes nothing.
#[utoipa::path(
    delete,
    path = "/v1/tokens/{id}",
    operation_id = "revokeToken",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's identifier.")),
    responses(
        (status = 200, description = "Revoked.", body = TokenDocument),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 404, response = crate::openapi::NotFound),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn revoke(
    State(door): State<Door>,
    Segment(id): Segment,
    received: Received,
) -> Result<Json<TokenDocument>, Problem> {
    let caller = received.caller;
    let view = door
        .registry(move |registry| {
            registry.revoke_token(&TokenId(id), &caller).map_err(|error| fault::token(error, &caller))
        })
        .await??;
    Ok(Json(view.into()))
}
