//! `/problems` and `/problems/{slug}`: where the type of a problem document leads.

use super::{Problem, ProblemKind};
use axum::{
    extract::Path,
    response::{Html, IntoResponse},
};
use std::fmt::Write;

/// `GET /problems`: every kind with its status.
pub(crate) async fn index() -> impl IntoResponse {
    let mut rows = String::new();
    for kind in ProblemKind::ALL {
        let _ = write!(
            rows,
            "<tr><td>{}</td><td><a href=\"/problems/{slug}\">{slug}</a></td><td>{}</td></tr>",
            kind.status().as_u16(),
            kind.title(),
            slug = kind.slug(),
        );
    }
    document("Problems", &format!("<table><tr><th>Status</th><th>Type</th><th>Title</th></tr>{rows}</table>"))
}

/// `GET /problems/{slug}`: what one kind means.
pub(crate) async fn page(
    slug: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<impl IntoResponse, Problem> {
    let kind = slug
        .ok()
        .and_then(|Path(slug)| ProblemKind::from_slug(&slug))
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, "there is no such type of problem"))?;
    let about = kind.about().replace('<', "&lt;");
    Ok(document(
        kind.title(),
        &format!(
            "<p>Status {}.</p><p>{about}</p><p><a href=\"/problems\">All problems</a></p>",
            kind.status().as_u16()
        ),
    ))
}

fn document(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} - dime</title></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    ))
}
