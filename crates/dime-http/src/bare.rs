//! The door of a server without a registry: `/livez`, `/readyz` and `/metrics`, as those of one that has a registry, and nothing else.

use crate::ReadyCheck;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use std::{collections::HashMap, fmt::Write, sync::Arc};
use tower::ServiceBuilder;

/// Writes the counters in the Prometheus text format.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// The most requests at once.
const AT_ONCE: usize = 64;

#[derive(Clone)]
struct Bare {
    checks: Arc<[ReadyCheck]>,
    metrics: Metrics,
}

/// Its routes.
pub(crate) fn router(checks: Vec<ReadyCheck>, metrics: Metrics) -> Router {
    let ready = get(ready);
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", ready.clone())
        .route("/healthz", ready)
        .route("/metrics", get(counters))
        .layer(ServiceBuilder::new().concurrency_limit(AT_ONCE))
        .with_state(Bare { checks: checks.into(), metrics })
}

async fn counters(State(bare): State<Bare>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (bare.metrics)()).into_response()
}

async fn ready(State(bare): State<Bare>, Query(query): Query<HashMap<String, String>>) -> Response {
    let checked = tokio::task::spawn_blocking(move || {
        let results = bare.checks.iter().map(|check| (check.name.clone(), (check.run)()));
        results.collect::<Vec<_>>()
    });
    let Ok(results) = checked.await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let (mut listing, mut status) = (String::new(), StatusCode::OK);
    for (name, result) in results {
        // Writing to a string cannot fail.
        let _ = match result {
            Ok(()) => writeln!(listing, "[+] {name} ok"),
            Err(reason) => {
                status = StatusCode::SERVICE_UNAVAILABLE;
                writeln!(listing, "[-] {name}: {reason}")
            }
        };
    }
    match status {
        StatusCode::OK if !query.contains_key("verbose") => "ok\n".into_response(),
        StatusCode::OK => format!("{listing}ok\n").into_response(),
        status => (status, [(header::RETRY_AFTER, "5")], listing).into_response(),
    }
}
