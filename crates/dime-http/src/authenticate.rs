//! Who sends a request: a bearer token (RFC 6750), or the key of a registered DET (RFC 9421).
//!
//! What is presented must be valid, even where nothing is needed: a wrong token is told, not ignored. When both are presented both must
//! be valid, and the token says who the caller is.

use crate::{Problem, ProblemKind, fault, replay::Use, state::Door};
use dime_registry::Caller;
use drip_client::message_signature::{Presented, Proved, Request, SignatureError};
use http::{HeaderMap, header, request::Parts};

/// A caller and, if a DET's key signed, the proof.
#[derive(Clone, Debug)]
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) proof: Option<Proved>,
}

/// Finds out who sends a request.
pub(crate) async fn authenticate(door: &Door, parts: &Parts, body: &[u8]) -> Result<Authenticated, Problem> {
    let proof = signed(door, parts, body).await?;
    let caller = match bearer(&parts.headers)? {
        Some(token) => door
            .registry(move |registry| registry.authenticate(&token))
            .await?
            .map_err(fault::authenticate)?,
        None => proof.as_ref().map_or(Caller::Anonymous, |proof| Caller::Det(proof.det())),
    };
    Ok(Authenticated { caller, proof })
}

/// Whether any credentials are presented.
pub(crate) fn presents_any(headers: &HeaderMap) -> bool {
    ["authorization", "signature", "signature-input"].iter().any(|field| headers.contains_key(*field))
}

fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut fields = headers.get_all(header::AUTHORIZATION).iter();
    let Some(field) = fields.next() else { return Ok(None) };
    let wrong = |reason| {
        Problem::new(ProblemKind::WrongToken, "the Authorization field holds no bearer token")
            .field("Authorization", reason)
    };
    if fields.next().is_some() {
        return Err(wrong("there is more than one"));
    }
    let text = field.to_str().map_err(|_| wrong("it is not ASCII"))?;
    let (scheme, token) = text.split_once(' ').ok_or_else(|| wrong("the form is `Bearer TOKEN`"))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(wrong("the scheme is not Bearer"));
    }
    Ok(Some(token.trim().to_owned()))
}

async fn signed(door: &Door, parts: &Parts, body: &[u8]) -> Result<Option<Proved>, Problem> {
    if !parts.headers.contains_key("signature") && !parts.headers.contains_key("signature-input") {
        return Ok(None);
    }
    let fields: Vec<(&str, &str)> = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let (scheme, authority) = origin(door, parts);
    let request = Request {
        method: parts.method.as_str(),
        scheme,
        authority,
        path: parts.uri.path(),
        query: parts.uri.query(),
        fields: &fields,
    };
    // A field that is there but cannot be read as text is no request without one.
    let unreadable = || fault::signature(SignatureError::Malformed("Signature"));
    let presented = Presented::find(&request).map_err(fault::signature)?.ok_or_else(unreadable)?;
    let now = door.clock.now();
    let checked = presented.check(&request, body, now).map_err(fault::signature)?;
    let det = checked.det();
    let hi = door
        .registry(move |registry| registry.authenticate_det(det))
        .await?
        .map_err(fault::authenticate_det)?;
    let proved = checked.verify(&hi).map_err(fault::signature)?;
    if !may_repeat(parts) {
        match door.replays.spend(&proved, now) {
            Use::First => {}
            Use::Again => {
                let detail = "this signature has been used; sign the request again";
                return Err(Problem::new(ProblemKind::SignatureReplayed, detail));
            }
            Use::Full => {
                let detail = "more signed requests are fresh than are remembered";
                return Err(Problem::new(ProblemKind::Overloaded, detail).retry_after(60));
            }
        }
    }
    Ok(Some(proved))
}

/// Whether the same request twice does no more than once: reading, and registering.
fn may_repeat(parts: &Parts) -> bool {
    parts.method.is_safe() || parts.uri.path() == "/v1/registrations"
}

/// Scheme and authority as the signer saw them.
fn origin<'a>(door: &'a Door, parts: &'a Parts) -> (&'a str, &'a str) {
    if let Some((scheme, authority)) =
        door.config.public_origin.as_deref().and_then(|origin| origin.split_once("://"))
    {
        return (scheme, authority.trim_end_matches('/'));
    }
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = parts.uri.authority().map(|authority| authority.as_str()).or(host).unwrap_or_default();
    (door.config.transport.scheme(), authority)
}
