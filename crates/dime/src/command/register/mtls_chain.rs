//! The mtls certificates of the authorities above a DET, as TLS programs want them: one PEM file, the issuer first, the anchor last.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use drip_cert::{
    Certificate,
    pem::{self, Label},
};
use drip_client::registrar::{Client, RegistrarError};
use drip_det::Det;
use drip_wire::Endorsement;
use serde_json::Value;

use crate::files;
use crate::outcome::Failure;

/// Fetches the certificates above a registration's mtls certificate and writes `certificate-mtls-chain.pem`. An authority whose mtls
/// certificate the registrar does not have ends the chain; one that did not sign the certificate below it is refused.
pub(crate) fn write(client: &Client, dir: &Path, registration: &Value) -> Result<(), Failure> {
    let Some(own) = registration.pointer("/certificates/mtls").and_then(octets) else { return Ok(()) };
    let mut below = parse(&own)?;
    let mut text = String::new();
    for parent in parents(registration) {
        let path = format!("/v1/dets/{parent}/certificate?profile=mtls");
        let der = match client.fetch_octets(&path, "application/pkix-cert") {
            Err(RegistrarError::Refused(problem)) if problem.status == 404 => break,
            answer => answer?,
        };
        let above = parse(&der)?;
        if above.det() != parent || below.verify(above.hi()).is_err() {
            return Err(Failure::unable(format!(
                "the registrar's mtls certificate of {parent} is not that of the issuer of {}",
                below.det()
            )));
        }
        text.push_str(&pem::encode(Label::Certificate, &der));
        below = above;
    }
    if text.is_empty() {
        return Ok(());
    }
    files::write(&dir.join("certificate-mtls-chain.pem"), text.as_bytes())
}

/// The endorsers of a registration, its own first, each once.
fn parents(registration: &Value) -> Vec<Det> {
    let endorsements = registration.get("endorsements").and_then(Value::as_array);
    let read = |value: &Value| Endorsement::decode(&octets(value)?).ok();
    let mut dets: Vec<Det> = endorsements
        .into_iter()
        .flatten()
        .rev()
        .filter_map(read)
        .map(|endorsement| endorsement.parent)
        .collect();
    dets.dedup();
    dets
}

fn octets(value: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(value.as_str()?).ok()
}

fn parse(der: &[u8]) -> Result<Certificate, Failure> {
    match Certificate::parse(der) {
        Ok(certificate @ Certificate::Mtls(_)) => Ok(certificate),
        Ok(other) => Err(Failure::unable(format!(
            "the registrar sent a {} certificate where an mtls one belongs",
            other.profile()
        ))),
        Err(error) => Err(Failure::unable(format!("the registrar sent no mtls certificate: {error}"))),
    }
}
