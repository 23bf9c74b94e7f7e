//! A request taken in: its body read within the limit, its sender known.

use crate::{
    Problem, ProblemKind,
    authenticate::{authenticate, presents_any},
    routes::ceremony,
    state::Door,
};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, Request};
use dime_registry::Caller;
use drip_client::message_signature::Proved;
use http::{HeaderMap, Uri, header};
use serde::de::DeserializeOwned;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What a handler works on.
pub(crate) struct Received {
    /// Who sends it.
    pub(crate) caller: Caller,
    /// The proof, if a DET's key signed it.
    pub(crate) proof: Option<Proved>,
    /// Its header fields.
    pub(crate) headers: HeaderMap,
    /// Its target.
    pub(crate) uri: Uri,
    /// Its body.
    pub(crate) body: Bytes,
}

impl FromRequest<Door> for Received {
    type Rejection = Problem;

    async fn from_request(request: Request, door: &Door) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if anybody_may(&parts) && !presents_any(&parts.headers) {
            throttle(door, &parts)?;
        }
        let announced = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let most = match parts.uri.path() {
            ceremony::ANSWERS => door.config.max_body.max(ceremony::MAX_ANSWER),
            _ => door.config.max_body,
        };
        if announced.is_some_and(|length| length > most as u64) {
            return Err(too_large(most));
        }
        let read = tokio::time::timeout(
            door.config.body_time(),
            read_body(Request::from_parts(parts.clone(), body)),
        );
        let body = match read.await {
            Ok(Ok(body)) => body,
            Ok(Err(Fault::TooLarge)) => return Err(too_large(most)),
            Ok(Err(Fault::Broken(reason))) => {
                return Err(Problem::new(ProblemKind::MalformedRequest, reason));
            }
            Err(_) => {
                return Err(Problem::new(ProblemKind::BodyTimeout, "the body did not arrive in time"));
            }
        };
        let authenticated = authenticate(door, &parts, &body).await;
        if authenticated.is_err() && anybody_may(&parts) {
            throttle(door, &parts)?;
        }
        let authenticated = authenticated?;
        Ok(Received {
            caller: authenticated.caller,
            proof: authenticated.proof,
            headers: parts.headers,
            uri: parts.uri,
            body,
        })
    }
}

enum Fault {
    TooLarge,
    Broken(String),
}

/// The whole body; `DefaultBodyLimit` of the router bounds it.
async fn read_body(request: Request) -> Result<Bytes, Fault> {
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
            Fault::TooLarge
        } else {
            Fault::Broken(rejection.body_text())
        }
    })
}

fn too_large(most: usize) -> Problem {
    let detail = format!("a body may have {most} octets");
    Problem::new(ProblemKind::ContentTooLarge, detail)
}

/// The one write that needs no authentication; it may cost storage and a person's attention.
fn anybody_may(parts: &http::request::Parts) -> bool {
    parts.method == http::Method::POST && parts.uri.path() == "/v1/registrations"
}

fn throttle(door: &Door, parts: &http::request::Parts) -> Result<(), Problem> {
    let from = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
    door.throttle.count(from, door.clock.now().0).map_err(|seconds| {
        let most = door.config.anonymous_writes_per_minute;
        let detail = format!("this address may send {most} unauthenticated applications in a minute");
        Problem::new(ProblemKind::TooManyRequests, detail).retry_after(seconds)
    })
}

impl Received {
    /// The body's media type, in lower case without parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let field = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        Some(field.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Refuses who does not say who they are, before the body of an operation that is nobody's is looked at.
    pub(crate) fn identified(&self) -> Result<(), Problem> {
        match &self.caller {
            Caller::Anonymous => {
                Err(Problem::new(ProblemKind::TokenMissing, "this is not for everybody; say who you are"))
            }
            Caller::Token(_) | Caller::Det(_) | Caller::Local => Ok(()),
        }
    }

    /// The body as JSON of this form; an error names the member at fault.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.media_type().as_deref() != Some("application/json") {
            return Err(unsupported(self.media_type(), &["application/json"]));
        }
        parse(&self.body)
    }

    /// The same, where no body, or `null`, stands for the form's default.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.body.is_empty() {
            Ok(T::default())
        } else {
            Ok(self.json::<Option<T>>()?.unwrap_or_default())
        }
    }

    /// The Idempotency-Key field.
    pub(crate) fn idempotency_key(&self) -> Result<Option<String>, Problem> {
        let Some(value) = self.headers.get("idempotency-key") else { return Ok(None) };
        value.to_str().map(|key| Some(key.to_owned())).map_err(|_| {
            Problem::new(ProblemKind::InvalidParameter, "the Idempotency-Key is not usable")
                .field("Idempotency-Key", "it holds octets outside ASCII")
        })
    }

    /// Signature base and signature, to be kept as evidence.
    pub(crate) fn evidence(&self) -> Option<Vec<u8>> {
        let proof = self.proof.as_ref()?;
        let signature = hex::encode(proof.signature());
        Some(format!("{}\n\nEd25519 {signature}\n", proof.base()).into_bytes())
    }
}

/// A 415 that says what is read here.
pub(crate) fn unsupported(found: Option<String>, read: &[&str]) -> Problem {
    let found = found.unwrap_or_else(|| "nothing".to_owned());
    let detail = format!("the Content-Type is {found:?}; this operation reads {}", read.join(", "));
    Problem::new(ProblemKind::UnsupportedMediaType, detail)
        .field("Content-Type", "none of the media types read here")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let reason = error.inner().to_string();
        match error.inner().classify() {
            serde_json::error::Category::Data => {
                Problem::new(ProblemKind::MalformedField, "the JSON does not have the form of this operation")
                    .at(pointer, reason)
            }
            _ => Problem::new(ProblemKind::MalformedRequest, "the body is not JSON").at(pointer, reason),
        }
    })?;
    reader.end().map_err(|error| {
        Problem::new(ProblemKind::MalformedRequest, "the body is not one JSON document")
            .at("", error.to_string())
    })?;
    // The members of an array would be taken for those of the form, by their order.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::new(
            ProblemKind::MalformedField,
            "the JSON does not have the form of this operation",
        )
        .at("", "an array, expected an object"));
    }
    Ok(value)
}

/// A path of serde as a JSON Pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}
