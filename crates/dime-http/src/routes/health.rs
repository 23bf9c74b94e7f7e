//! `/livez`, `/readyz` and `/healthz`: whether this server runs, and whether it can serve.

use crate::{Problem, ProblemKind, parameters::Parameters, state::Door};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::fmt::Write;
use utoipa::IntoParams;

/// Whether to list the checks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VerboseQuery {
    /// If there, with any value, every check is listed.
    verbose: Option<String>,
}

/// Whether the process answers.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    tag = "operations",
    params(VerboseQuery),
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain", example = "ok\n"))
)]
pub(crate) async fn live(Parameters(query): Parameters<VerboseQuery>) -> Response {
    text(if query.verbose.is_some() { "[+] process ok\nok\n" } else { "ok\n" })
}

/// Whether registrations can be made: the store reads, an issuer is valid, and every other part agrees.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operations",
    params(VerboseQuery),
    responses((status = 200, description = "They can.", body = String, content_type = "text/plain", example = "ok\n"))
)]
pub(crate) async fn ready(
    State(door): State<Door>,
    Parameters(query): Parameters<VerboseQuery>,
) -> Result<Response, Problem> {
    checked(door, query).await
}

/// The same as `/readyz`, under the name some tools expect.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "operations",
    params(VerboseQuery),
    responses((status = 200, description = "Registrations can be made.", body = String, content_type = "text/plain", example = "ok\n"))
)]
pub(crate) async fn health(
    State(door): State<Door>,
    Parameters(query): Parameters<VerboseQuery>,
) -> Result<Response, Problem> {
    checked(door, query).await
}

async fn checked(door: Door, query: VerboseQuery) -> Result<Response, Problem> {
    let others = door.config.ready_checks.clone();
    let results = door
        .registry(move |registry| {
            let own = ("registry".to_owned(), registry.ready().map_err(|fault| fault.to_string()));
            let others = others.iter().map(|check| (check.name.clone(), (check.run)()));
            std::iter::once(own).chain(others).collect::<Vec<_>>()
        })
        .await?;
    let mut listing = String::new();
    let mut failure = Problem::new(ProblemKind::NotReady, "a part is not ready").retry_after(5);
    let mut failed = false;
    for (name, result) in results {
        match result {
            Ok(()) => {
                let _ = writeln!(listing, "[+] {name} ok");
            }
            Err(reason) => {
                failed = true;
                failure = failure.field(name, reason);
            }
        }
    }
    if failed {
        return Err(failure);
    }
    listing.push_str("ok\n");
    Ok(text(if query.verbose.is_some() { listing.as_str() } else { "ok\n" }))
}

fn text(body: &str) -> Response {
    body.to_owned().into_response()
}
