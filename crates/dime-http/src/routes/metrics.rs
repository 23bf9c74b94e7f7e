//! `GET /metrics`: counters in the Prometheus text format.

use crate::state::Door;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

/// Counters.
///
/// Prometheus text format 0.0.4; the other planes' counters follow this door's.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "operations",
    responses((status = 200, description = "The counters.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn metrics(State(door): State<Door>) -> Response {
    if let Some(zones) = &door.config.zones {
        door.metrics.zones(&zones.summaries());
    }
    // A registry that cannot answer now has told so elsewhere; the other counters are wanted all the more.
    if let Ok(Ok(health)) = door.registry(dime_registry::Registry::dki_health).await {
        door.metrics.dki(&health);
    }
    let mut text = door.metrics.render();
    if let Some(others) = &door.config.other_metrics {
        text.push_str(&others());
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
