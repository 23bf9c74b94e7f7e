//! Who we are to a registrar: a bearer token, or the key of an operator's DET.

use std::time::{SystemTime, UNIX_EPOCH};

use drip_det::{Det, UnixTime};
use ureq::http::Uri;

use crate::message_signature::{Request, sign_request};

/// A key that can sign requests; it stays where it is.
pub trait OperatorKey {
    /// The DET under which the key acts.
    fn det(&self) -> Det;
    /// The Ed25519 signature over `octets`.
    fn sign(&self, octets: &[u8]) -> [u8; 64];
}

/// Who we are; both, one or none.
#[derive(Default)]
pub struct Credentials {
    /// A bearer token (RFC 6750).
    pub token: Option<String>,
    /// The key of an operator's DET (RFC 9421).
    pub operator: Option<Box<dyn OperatorKey>>,
}

impl Credentials {
    /// Nobody: enough to look up what is public.
    pub fn none() -> Self {
        Self::default()
    }
}

/// A request about to be sent, as far as a signature covers it.
pub(super) struct Outgoing<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) content_type: Option<&'a str>,
    pub(super) body: Option<&'a [u8]>,
}

/// The header fields that prove the request is `key`'s.
pub(super) fn sign(key: &dyn OperatorKey, outgoing: &Outgoing<'_>) -> Result<Vec<(String, String)>, String> {
    let uri: Uri = outgoing.url.parse().map_err(|error| format!("{}: {error}", outgoing.url))?;
    let authority = uri.authority().ok_or_else(|| format!("{}: no host", outgoing.url))?;
    let mut fields = Vec::new();
    if let Some(content_type) = outgoing.content_type {
        fields.push(("content-type", content_type));
    }
    let request = Request {
        method: outgoing.method,
        scheme: uri.scheme_str().unwrap_or("http"),
        authority: authority.as_str(),
        path: uri.path(),
        query: uri.query(),
        fields: &fields,
    };
    let mut nonce = [0_u8; 16];
    getrandom::fill(&mut nonce).map_err(|error| format!("no randomness for a nonce: {error}"))?;
    let created = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|elapsed| UnixTime(elapsed.as_secs()))
        .map_err(|_| "the clock stands before 1970".to_owned())?;
    let signed = sign_request(&request, outgoing.body, key.det(), created, &nonce, |octets| key.sign(octets))
        .map_err(|error| error.to_string())?;
    Ok(signed.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
