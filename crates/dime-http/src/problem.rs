//! Problem documents (RFC 9457): the one form of every error this server answers with.

mod kind;
mod page;

pub use kind::ProblemKind;
pub(crate) use page::{index, page};

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(
    title = "Problem",
    example = json!({
        "type": "/problems/bad-signature",
        "title": "The CSR's signature is wrong",
        "status": 422,
        "detail": "the certification request is not signed by the key it holds",
        "errors": [{"pointer": "/csr", "reason": "the Ed25519 signature does not verify"}]
    })
)]
pub struct ProblemDocument {
    /// What kind of problem it is: a URI that leads to its description.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    type_uri: String,
    /// A short summary, the same for every occurrence of the type.
    title: &'static str,
    /// The status code of the response.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What went wrong this time.
    detail: String,
    /// Which parts of the request are at fault, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<ProblemPart>,
}

/// One part of the request that is at fault: `pointer` for a part of the body, `field` for anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemPart {
    /// A JSON Pointer (RFC 6901) into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pointer: Option<String>,
    /// The name of a query parameter, path segment or header field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// A problem on its way to the caller.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    kind: ProblemKind,
    detail: String,
    errors: Vec<ProblemPart>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of this kind, with what went wrong this time.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Problem(Box::new(Parts { kind, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }))
    }

    /// Its kind.
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// Names a part of the body by its JSON Pointer.
    pub fn at(mut self, pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        self.0.errors.push(ProblemPart { pointer: Some(pointer.into()), field: None, reason: reason.into() });
        self
    }

    /// Names a query parameter, path segment or header field.
    pub fn field(mut self, field: impl Into<String>, reason: impl Into<String>) -> Self {
        self.0.errors.push(ProblemPart { pointer: None, field: Some(field.into()), reason: reason.into() });
        self
    }

    /// Adds a header field to the response.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Says when to try again, in seconds.
    pub fn retry_after(self, seconds: u32) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The document of its body.
    pub fn document(&self) -> ProblemDocument {
        ProblemDocument {
            type_uri: self.0.kind.type_uri(),
            title: self.0.kind.title(),
            status: self.0.kind.status().as_u16(),
            detail: self.0.detail.clone(),
            errors: self.0.errors.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = self.0.kind;
        let body = serde_json::to_vec(&self.document()).unwrap_or_default();
        let mut response = (kind.status(), [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if kind.status() == http::StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge(kind));
        }
        response.extensions_mut().insert(Slug(kind.slug()));
        for (name, value) in self.0.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Left in a response's extensions for the counters.
#[derive(Clone, Copy)]
pub(crate) struct Slug(pub(crate) &'static str);

/// What a 401 asks for (RFC 6750, section 3).
fn challenge(kind: ProblemKind) -> HeaderValue {
    HeaderValue::from_static(match kind {
        ProblemKind::WrongToken | ProblemKind::TokenExpired | ProblemKind::TokenRevoked => {
            r#"Bearer realm="dime", error="invalid_token""#
        }
        _ => r#"Bearer realm="dime""#,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_its_document() {
        let problem = Problem::new(ProblemKind::BadSignature, "not signed by its key")
            .at("/csr", "the signature does not verify")
            .retry_after(3);
        assert_eq!(
            serde_json::to_value(problem.document()).unwrap(),
            serde_json::json!({
                "type": "/problems/bad-signature",
                "title": "The CSR's signature is wrong",
                "status": 422,
                "detail": "not signed by its key",
                "errors": [{"pointer": "/csr", "reason": "the signature does not verify"}]
            })
        );
        let response = problem.into_response();
        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()["content-type"], PROBLEM_JSON);
        assert_eq!(response.headers()["retry-after"], "3");
    }

    #[test]
    fn every_401_has_a_challenge() {
        for kind in ProblemKind::ALL.iter().filter(|kind| kind.status() == 401) {
            let response = Problem::new(*kind, "").into_response();
            assert!(response.headers().contains_key("www-authenticate"), "{kind:?}");
        }
    }
}
