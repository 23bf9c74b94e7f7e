//! `GET /`: what this server is, for a person who opens it in a browser.

use axum::response::Html;

const PAGE: &str = include_str!("home.html");

/// What this server is.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "home",
    tag = "operations",
    responses((status = 200, description = "A page for people.", body = String, content_type = "text/html"))
)]
pub(crate) async fn home() -> Html<&'static str> {
    Html(PAGE)
}
