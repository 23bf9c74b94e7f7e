//! Path segments and query parameters, with problem documents for those that are wrong.

use crate::{Problem, ProblemKind, form::request};
use axum::extract::{FromRequestParts, Path, Query};
use drip_det::Det;
use http::{Uri, request::Parts};
use serde::de::DeserializeOwned;

/// The query as this form.
pub(crate) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::<T>::try_from_uri(uri).map(|Query(form)| form).map_err(|rejection| {
        let text = rejection.body_text();
        let reason = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, reason)| reason);
        let field = reason
            .split([':', '`'])
            .find(|word| {
                !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_')
            })
            .or_else(|| reason.split('`').nth(1))
            .unwrap_or("query");
        // Some reasons begin with the field, which is said already.
        let reason = reason.strip_prefix(field).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(reason);
        invalid(field, reason)
    })
}

/// A 400 about one parameter.
pub(crate) fn invalid(field: &str, reason: &str) -> Problem {
    Problem::new(ProblemKind::InvalidParameter, format!("{field}: {reason}")).field(field, reason)
}

/// The query as this form, as an extractor.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        query(&parts.uri).map(Parameters)
    }
}

/// The one segment of the path, as text.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| invalid("path", &rejection.body_text()))?;
        Ok(Segment(text))
    }
}

/// The one segment of the path, as a DET.
pub(crate) struct DetSegment(pub(crate) Det);

impl<S: Send + Sync> FromRequestParts<S> for DetSegment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Segment(text) = Segment::from_request_parts(parts, state).await?;
        request::det(&text).map(DetSegment).map_err(|reason| invalid("det", &reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::request::ListingQuery;

    fn refused(target: &str) -> serde_json::Value {
        let problem = query::<ListingQuery>(&target.parse().unwrap()).unwrap_err();
        serde_json::to_value(problem.document()).unwrap()["errors"][0]["field"].clone()
    }

    #[test]
    fn the_parameter_at_fault_is_named() {
        assert_eq!(refused("/?state=lost"), "state");
        assert_eq!(refused("/?limit=x"), "limit");
        assert_eq!(refused("/?colour=red"), "colour");
        assert_eq!(refused("/?state=denied&state=denied"), "state");
        assert!(query::<ListingQuery>(&"/?state=denied&limit=3".parse().unwrap()).is_ok());
    }
}
