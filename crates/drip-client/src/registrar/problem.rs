//! Problem documents (RFC 9457), as the registrar sends them with every error.

use std::fmt;

use serde_json::Value;

/// What the server said was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The document as it came; an empty object when there was none.
    pub document: Value,
}

impl Problem {
    /// Read the body of an error. A body that is no problem document is kept as its `detail`.
    pub(crate) fn read(status: u16, octets: &[u8]) -> Self {
        let document = match serde_json::from_slice::<Value>(octets) {
            Ok(document @ Value::Object(_)) => document,
            _ => {
                let text: String = String::from_utf8_lossy(octets).chars().take(200).collect();
                serde_json::json!({ "status": status, "detail": text.trim() })
            }
        };
        Self { status, document }
    }

    /// A member of the document that is text.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.document.get(member).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The last part of the problem's type, such as `hi-collision`.
    pub fn kind(&self) -> Option<&str> {
        self.text("type").and_then(|uri| uri.rsplit(['/', ':', '#']).next())
    }
}

/// `409 hi-collision: title: detail; /csr: reason`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(kind) = self.kind() {
            write!(f, " {kind}")?;
        }
        for member in ["title", "detail"] {
            if let Some(text) = self.text(member) {
                write!(f, ": {text}")?;
            }
        }
        for part in self.document.get("errors").and_then(Value::as_array).into_iter().flatten() {
            let member = |name| part.get(name).and_then(Value::as_str);
            let place = member("pointer").or_else(|| member("field")).unwrap_or("request");
            write!(f, "; {place}: {}", member("reason").unwrap_or("wrong"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_and_the_field_are_said() {
        let body = br#"{"type":"urn:dime:problem:hi-collision","title":"The key is taken","status":409,
            "detail":"make a new key","errors":[{"pointer":"/csr","reason":"registered before"}]}"#;
        let problem = Problem::read(409, body);
        assert_eq!(problem.kind(), Some("hi-collision"));
        assert_eq!(
            problem.to_string(),
            "409 hi-collision: The key is taken: make a new key; /csr: registered before"
        );
    }

    #[test]
    fn a_body_that_is_no_problem_is_still_told() {
        assert_eq!(Problem::read(502, b"bad gateway\n").to_string(), "502: bad gateway");
    }
}
