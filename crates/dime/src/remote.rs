//! Reaching a registrar from the command line: its address, the token, the operator's key.

use std::path::{Path, PathBuf};

use clap::Args;
use dime_sign::{LocalSigner, Operational, Signer};
use drip_client::registrar::{Client, Credentials, OperatorKey};
use drip_det::{Det, Hid};
use serde_json::Value;

use crate::input;
use crate::key_input::{self, Password};
use crate::outcome::Failure;

/// The registrar, and a token for it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Server {
    /// The registrar's address
    #[arg(long, value_name = "URL", env = "DIME_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// File with a bearer token
    #[arg(long, value_name = "FILE", env = "DIME_TOKEN_FILE")]
    token: Option<PathBuf>,
    /// File with the certificates (PEM) that https servers are trusted by, instead of the well-known ones
    #[arg(long, value_name = "FILE", env = "DIME_CA_FILE")]
    ca: Option<PathBuf>,
}

/// An operator's key, to act under its DET.
#[derive(Args, Clone, Debug)]
pub(crate) struct Operator {
    /// The operator's private key: the request is signed with it (RFC 9421)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// HID of the operator's DET; without it the server's own
    #[arg(long, value_name = "RAA/HDA", requires = "key")]
    hid: Option<Hid>,
    #[command(flatten)]
    password: Password,
}

impl Operator {
    /// Where passwords of key files come from.
    pub(crate) fn password(&self) -> &Password {
        &self.password
    }
}

impl Server {
    /// A client with the token, if one is given.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let token = self.token.as_deref().map(token).transpose()?;
        self.client_with(Credentials { token, operator: None })
    }

    /// A client that signs as the operator, if a key is given; with the token, if one is.
    pub(crate) fn client_as(&self, operator: &Operator) -> Result<Client, Failure> {
        let token = self.token.as_deref().map(token).transpose()?;
        let Some(file) = &operator.key else {
            return self.client_with(Credentials { token, operator: None });
        };
        let key = key_input::private_key(file, &operator.password)?;
        let hid = match operator.hid {
            Some(hid) => hid,
            None => self.own_hid()?,
        };
        let signer = LocalSigner::<Operational>::new(key, hid).map_err(Failure::usage)?;
        let key = Key(signer);
        self.client_with(Credentials { token, operator: Some(Box::new(key)) })
    }

    fn client_with(&self, credentials: Credentials) -> Result<Client, Failure> {
        match &self.ca {
            None => Ok(Client::new(&self.server, credentials)),
            Some(file) => Client::with_authorities(&self.server, credentials, &input::octets(file)?)
                .map_err(|error| Failure::file(file, error)),
        }
    }

    /// The HDA that the server issues in, if it is only one; an RAA's own place counts where there is no HDA.
    pub(crate) fn own_hid(&self) -> Result<Hid, Failure> {
        let dki = self.client_with(Credentials::none())?.fetch("/v1/dki")?.body;
        let mut hids: Vec<Hid> = dki
            .get("issuers")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|issuer| issuer.as_str()?.parse::<Det>().ok())
            .map(Det::hid)
            .collect();
        hids.sort();
        hids.dedup();
        if hids.iter().any(|hid| !hid.hda.is_reserved_to_raa()) {
            hids.retain(|hid| !hid.hda.is_reserved_to_raa());
        }
        match hids.as_slice() {
            [one] => Ok(*one),
            _ => Err(Failure::usage(
                "this server issues in several HDAs: say with --hid which is the operator's",
            )),
        }
    }
}

/// An identifier that goes into a path: refuse what would lead elsewhere.
pub(crate) fn path_segment(text: &str) -> Result<&str, Failure> {
    let plain =
        |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'~' | b'=');
    if !text.is_empty() && text.bytes().all(plain) && text != "." && text != ".." {
        Ok(text)
    } else {
        Err(Failure::usage(format!("'{text}' is not an identifier")))
    }
}

/// The token in a file.
fn token(file: &Path) -> Result<String, Failure> {
    let octets = key_input::from_file(file)?;
    let text = String::from_utf8(octets).map_err(|_| Failure::file(file, "not a token"))?;
    if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_graphic()) {
        return Err(Failure::file(file, "not a token"));
    }
    Ok(text)
}

/// An operator's key in this process.
struct Key(LocalSigner<Operational>);

impl OperatorKey for Key {
    fn det(&self) -> Det {
        self.0.det()
    }

    fn sign(&self, octets: &[u8]) -> [u8; 64] {
        self.0.sign_message(octets)
    }
}
