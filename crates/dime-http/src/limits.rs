//! Limits that hold before any handler runs: header size, requests at once, time; and the counting of what comes out.

use crate::{Problem, ProblemKind, problem::PROBLEM_JSON, state::Door};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, header};
use std::{any::Any, sync::Arc, time::Instant};

/// The outermost layer: limits, then the request, then its count and its log line.
pub(crate) async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = known_method(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |matched| matched.as_str().to_owned());
    let mut response = match within_limits(&door, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    let status = response.status().as_u16();
    let took = began.elapsed();
    door.metrics.answered(&route, method, status, took);
    if let Some(slug) = response.extensions().get::<crate::problem::Slug>() {
        door.metrics.problem(slug.0);
    }
    tracing::info!(method, route, status, micros = took.as_micros() as u64, "answered");
    response
}

async fn within_limits(door: &Door, request: Request, next: Next) -> Result<Response, Problem> {
    let size: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let target = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    if size + target > door.config.max_header {
        let detail = format!("target and header fields may have {} octets", door.config.max_header);
        return Err(Problem::new(ProblemKind::HeaderTooLarge, detail));
    }
    let permit = Arc::clone(&door.requests).try_acquire_owned().map_err(|_| {
        let detail = format!("{} requests are being served", door.config.max_requests);
        Problem::new(ProblemKind::Overloaded, detail).retry_after(1)
    })?;
    door.metrics.in_flight(door.config.max_requests - door.requests.available_permits());
    let answer = tokio::time::timeout(door.config.request_time, next.run(request)).await;
    drop(permit);
    door.metrics.in_flight(door.config.max_requests - door.requests.available_permits());
    let response = answer.map_err(|_| {
        let detail = format!("no answer within {} seconds", door.config.request_time.as_secs());
        Problem::new(ProblemKind::Timeout, detail).retry_after(1)
    })?;
    Ok(only_problems(response))
}

/// Any error that is not a problem document yet, by some layer we did not write, becomes one.
fn only_problems(response: Response) -> Response {
    let status = response.status();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|media| media.as_bytes() == PROBLEM_JSON.as_bytes());
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let kind = ProblemKind::ALL.iter().copied().find(|kind| kind.status() == status);
    let reason = status.canonical_reason().unwrap_or("refused");
    Problem::new(kind.unwrap_or(ProblemKind::Internal), reason).into_response()
}

/// A handler panicked: a defect, told as one.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(what, "a handler panicked");
    Problem::new(ProblemKind::Internal, "the server has a defect; its log says more").into_response()
}

/// 404 for every path that is no route.
pub(crate) async fn no_route() -> Problem {
    Problem::new(ProblemKind::NotFound, "no route has this path; /openapi.json lists them")
}

/// 405; the router adds the Allow field.
pub(crate) async fn no_method(method: Method) -> Problem {
    Problem::new(ProblemKind::MethodNotAllowed, format!("this path has no method {method}"))
}

fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "TRACE" => "TRACE",
        _ => "other",
    }
}
