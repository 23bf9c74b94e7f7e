//! HTTP client of a DIME's registrar: JSON in and out, problems (RFC 9457) told apart from failures to
//! reach it, requests signed by RFC 9421 when acting as an operator.

mod credentials;
mod problem;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

pub use credentials::{Credentials, OperatorKey};
pub use problem::Problem;

use credentials::Outgoing;

/// The media type of what is sent.
const JSON: &str = "application/json";

/// Why a request brought no result.
#[derive(Debug, thiserror::Error)]
pub enum RegistrarError {
    /// The server said no, and why.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// The server failed.
    #[error("the server failed: {0}")]
    ServerFailed(Box<Problem>),
    /// The server could not be reached, or the exchange broke off.
    #[error("{url}: {why}")]
    Unreachable {
        /// The address asked.
        url: String,
        /// The cause.
        why: String,
    },
    /// The answer is not what the interface promises.
    #[error("{url}: the answer cannot be read: {why}")]
    Malformed {
        /// The address asked.
        url: String,
        /// The complaint.
        why: String,
    },
    /// The certificates to trust a server by cannot be read.
    #[error("not PEM certificates: {0}")]
    Authorities(String),
    /// The request could not be signed.
    #[error("the request cannot be signed: {0}")]
    Signing(String),
}

/// An answer that is no error.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// The document.
    pub body: Value,
}

/// What a request brought, not yet looked at.
type Response = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

/// A registrar, and who we are to it.
pub struct Client {
    base: String,
    agent: ureq::Agent,
    credentials: Credentials,
}

impl Client {
    /// The time a whole request may take.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// A client of the registrar at `base`, such as `http://127.0.0.1:8080`. Servers with TLS are trusted
    /// by the well-known roots.
    pub fn new(base: &str, credentials: Credentials) -> Self {
        Self::with_tls(base, credentials, TlsConfig::default())
    }

    /// The same, with servers trusted by the certificates in `pem` alone.
    ///
    /// # Errors
    ///
    /// [`RegistrarError::Authorities`] when there is no certificate in `pem`.
    pub fn with_authorities(
        base: &str,
        credentials: Credentials,
        pem: &[u8],
    ) -> Result<Self, RegistrarError> {
        let mut roots = Vec::new();
        for item in parse_pem(pem) {
            match item.map_err(|error| RegistrarError::Authorities(error.to_string()))? {
                PemItem::Certificate(certificate) => roots.push(certificate),
                _ => return Err(RegistrarError::Authorities("it holds something else, too".to_owned())),
            }
        }
        if roots.is_empty() {
            return Err(RegistrarError::Authorities("it holds none".to_owned()));
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(roots))).build();
        Ok(Self::with_tls(base, credentials, tls))
    }

    fn with_tls(base: &str, credentials: Credentials, tls: TlsConfig) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Self::TIMEOUT))
            .user_agent(concat!("dime/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .into();
        Self { base: base.trim_end_matches('/').to_owned(), agent, credentials }
    }

    /// GET a JSON document.
    ///
    /// # Errors
    ///
    /// [`RegistrarError`].
    pub fn fetch(&self, path: &str) -> Result<Reply, RegistrarError> {
        let url = self.url(path);
        let mut request = self.agent.get(&url);
        for (name, value) in
            self.authorization(&Outgoing { method: "GET", url: &url, content_type: None, body: None })?
        {
            request = request.header(name, value);
        }
        self.read(url, request.call())
    }

    /// GET octets of the media type `accept`.
    ///
    /// # Errors
    ///
    /// [`RegistrarError`].
    pub fn fetch_octets(&self, path: &str, accept: &str) -> Result<Vec<u8>, RegistrarError> {
        let url = self.url(path);
        let mut request = self.agent.get(&url).header("accept", accept);
        for (name, value) in
            self.authorization(&Outgoing { method: "GET", url: &url, content_type: None, body: None })?
        {
            request = request.header(name, value);
        }
        let (status, octets) = receive(&url, request.call())?;
        if (200..300).contains(&status) { Ok(octets) } else { Err(refusal(status, &octets)) }
    }

    /// POST a JSON document.
    ///
    /// # Errors
    ///
    /// [`RegistrarError`].
    pub fn send(&self, path: &str, body: &Value) -> Result<Reply, RegistrarError> {
        self.send_octets(path, JSON, body.to_string().as_bytes())
    }

    /// POST octets of the media type `content_type`.
    ///
    /// # Errors
    ///
    /// [`RegistrarError`].
    pub fn send_octets(
        &self,
        path: &str,
        content_type: &str,
        octets: &[u8],
    ) -> Result<Reply, RegistrarError> {
        let url = self.url(path);
        let response = self.post(&url, content_type, octets)?;
        self.read(url, response)
    }

    /// POST a JSON document that is answered by octets.
    ///
    /// # Errors
    ///
    /// [`RegistrarError`].
    pub fn send_for_octets(&self, path: &str, body: &Value) -> Result<Vec<u8>, RegistrarError> {
        let url = self.url(path);
        let (status, octets) = receive(&url, self.post(&url, JSON, body.to_string().as_bytes())?)?;
        if (200..300).contains(&status) { Ok(octets) } else { Err(refusal(status, &octets)) }
    }

    /// DELETE a resource.
    ///
    /// # Errors
    ///
    /// [`RegistrarError`].
    pub fn delete(&self, path: &str) -> Result<Reply, RegistrarError> {
        let url = self.url(path);
        let mut request = self.agent.delete(&url);
        for (name, value) in
            self.authorization(&Outgoing { method: "DELETE", url: &url, content_type: None, body: None })?
        {
            request = request.header(name, value);
        }
        self.read(url, request.call())
    }

    fn post(&self, url: &str, content_type: &str, octets: &[u8]) -> Result<Response, RegistrarError> {
        let mut request = self.agent.post(url).header("content-type", content_type);
        let outgoing = Outgoing { method: "POST", url, content_type: Some(content_type), body: Some(octets) };
        for (name, value) in self.authorization(&outgoing)? {
            request = request.header(name, value);
        }
        Ok(request.send(octets))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The header fields that say who we are.
    fn authorization(&self, outgoing: &Outgoing<'_>) -> Result<Vec<(String, String)>, RegistrarError> {
        let mut fields = Vec::new();
        if let Some(token) = &self.credentials.token {
            fields.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        if let Some(operator) = &self.credentials.operator {
            fields.extend(credentials::sign(operator.as_ref(), outgoing).map_err(RegistrarError::Signing)?);
        }
        Ok(fields)
    }

    fn read(&self, url: String, response: Response) -> Result<Reply, RegistrarError> {
        let (status, octets) = receive(&url, response)?;
        if !(200..300).contains(&status) {
            return Err(refusal(status, &octets));
        }
        if octets.is_empty() {
            return Ok(Reply { status, body: Value::Null });
        }
        let body = serde_json::from_slice(&octets)
            .map_err(|error| RegistrarError::Malformed { url, why: error.to_string() })?;
        Ok(Reply { status, body })
    }
}

fn receive(url: &str, response: Response) -> Result<(u16, Vec<u8>), RegistrarError> {
    let unreachable =
        |error: ureq::Error| RegistrarError::Unreachable { url: url.to_owned(), why: error.to_string() };
    let mut response = response.map_err(unreachable)?;
    let status = response.status().as_u16();
    let octets = response.body_mut().read_to_vec().map_err(unreachable)?;
    Ok((status, octets))
}

fn refusal(status: u16, octets: &[u8]) -> RegistrarError {
    let problem = Box::new(Problem::read(status, octets));
    if status >= 500 { RegistrarError::ServerFailed(problem) } else { RegistrarError::Refused(problem) }
}
