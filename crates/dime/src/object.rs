//! Recognising what is in a file: the objects of DRIP by their octets, PEM by its labels, JSON and text.

mod c509;
mod status;

pub(crate) mod broadcast;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dime_sign::ceremony::Form;
use drip_cert::Certificate;
use drip_cert::csr::Csr;
use drip_cert::pem::{self, Label};
use drip_det::{Det, HostIdentity};
use drip_wire::Endorsement;
use drip_wire::cache::{Cache, SignedCache};
use drip_wire::cose::Sign1;
use drip_wire::rdata::{Brid, CertRecord, Hhit, Hip, Tlsa};
use drip_wire::registration::RegistrationToken;
use drip_wire::trust::{SignedTrustList, TrustList};
use serde_json::Value;

pub(crate) use c509::C509;
pub(crate) use status::Status;

/// One recognised object.
pub(crate) enum Object {
    Det(Det),
    HostIdentity(HostIdentity),
    Endorsement(Endorsement),
    Certificate(Box<Certificate>),
    Csr(Box<Csr>),
    C509(Box<C509>),
    Token(Box<RegistrationToken>),
    Hhit(Hhit),
    Brid(Brid),
    Hip(Hip),
    CertRecord(CertRecord),
    Tlsa(Tlsa),
    Broadcast(Box<broadcast::Broadcast>),
    Ceremony(Box<Form>),
    TrustList(Box<SignedTrustList>),
    Cache(Box<SignedCache>),
    Status(Box<Status>),
}

/// Why octets were not recognised: what they look like, and why they are not that.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unrecognised(String);

/// All objects in `octets`, in order.
pub(crate) fn recognise(octets: &[u8]) -> Result<Vec<Object>, Unrecognised> {
    if std::str::from_utf8(octets).is_ok_and(|text| text.trim().is_empty()) {
        return Err(Unrecognised("it is empty".to_owned()));
    }
    if pem::is_pem(octets) {
        return from_pem(octets);
    }
    if let Some(objects) = from_text(octets) {
        return objects;
    }
    from_octets(octets)
}

/// Each PEM block on its own, so that a chain in one file is read whole.
fn from_pem(octets: &[u8]) -> Result<Vec<Object>, Unrecognised> {
    let text = String::from_utf8_lossy(octets);
    let mut objects = Vec::new();
    for block in text.split_inclusive("-----END ").collect::<Vec<_>>().windows(2) {
        let [body, tail] = block else { continue };
        let Some(start) = body.find("-----BEGIN ") else { continue };
        let end = tail.lines().next().unwrap_or_default();
        let block = format!("{}{end}\n", body.get(start..).unwrap_or_default());
        objects.push(from_pem_block(&block)?);
    }
    if objects.is_empty() {
        Err(Unrecognised("its PEM has no complete block".to_owned()))
    } else {
        Ok(objects)
    }
}

fn from_pem_block(block: &str) -> Result<Object, Unrecognised> {
    let wrong = |what: &str, error: String| Unrecognised(format!("{what} that cannot be read: {error}"));
    let label =
        block.strip_prefix("-----BEGIN ").and_then(|rest| rest.split("-----").next()).unwrap_or_default();
    match label {
        "CERTIFICATE" => {
            let der = pem::decode(Label::Certificate, block.as_bytes())
                .map_err(|error| wrong("a certificate in PEM", error.to_string()))?;
            certificate(&der)
        }
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Csr::parse(block.as_bytes())
            .map(|csr| Object::Csr(Box::new(csr)))
            .map_err(|error| wrong("a certification request", error.to_string())),
        "X509 CRL" => {
            let der = pem::decode(Label::Crl, block.as_bytes())
                .map_err(|error| wrong("a revocation list in PEM", error.to_string()))?;
            match status::from_der(&der) {
                Some(Ok(list)) => Ok(Object::Status(Box::new(list))),
                Some(Err(error)) => Err(Unrecognised(error)),
                None => Err(Unrecognised("PEM labelled 'X509 CRL' that holds none".to_owned())),
            }
        }
        "PUBLIC KEY" => {
            let der = pem::decode(Label::PublicKey, block.as_bytes())
                .map_err(|error| wrong("a public key", error.to_string()))?;
            der.last_chunk::<32>()
                .filter(|_| der.len() == 44)
                .and_then(|key| HostIdentity::from_bytes(key).ok())
                .map(Object::HostIdentity)
                .ok_or_else(|| Unrecognised("a public key that is not Ed25519".to_owned()))
        }
        "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" => {
            Err(Unrecognised("a private key: 'dime key show' reads those".to_owned()))
        }
        other => Err(Unrecognised(format!("PEM labelled '{other}', which is no object of DRIP"))),
    }
}

/// Text: a registration's JSON, a DET, a key, or an object in hexadecimal or base64. `None` for what is
/// no text.
fn from_text(octets: &[u8]) -> Option<Result<Vec<Object>, Unrecognised>> {
    let text = std::str::from_utf8(octets).ok()?.trim();
    if !text.bytes().all(|octet| octet.is_ascii_graphic() || octet.is_ascii_whitespace()) {
        return None;
    }
    if text.starts_with('{') {
        return Some(from_json(text));
    }
    if let Some(found) = broadcast::from_text(text) {
        return Some(found.map(on_air).map_err(Unrecognised));
    }
    if let Ok(det) = text.parse() {
        return Some(Ok(vec![Object::Det(det)]));
    }
    if let Ok(hi) = text.parse() {
        return Some(Ok(vec![Object::HostIdentity(hi)]));
    }
    let packed: String = text.split_whitespace().collect();
    let decoded = hex::decode(&packed).ok().or_else(|| STANDARD.decode(&packed).ok())?;
    Some(from_octets(&decoded))
}

/// A registration or chain as the registrar's JSON has it.
fn from_json(text: &str) -> Result<Vec<Object>, Unrecognised> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| Unrecognised(format!("JSON that cannot be read: {error}")))?;
    if let Some(found) = broadcast::from_json(&document) {
        return found.map(on_air).map_err(Unrecognised);
    }
    let mut encoded = Vec::new();
    encoded.extend(document.get("endorsements").and_then(Value::as_array).into_iter().flatten());
    for profile in ["lite", "full", "mtls", "c509"] {
        encoded.extend(document.get("certificates").and_then(|certificates| certificates.get(profile)));
    }
    for authority in document.get("authorities").and_then(Value::as_array).into_iter().flatten() {
        encoded.extend(authority.get("endorsement"));
        for member in ["certificate", "full", "mtls"] {
            encoded.extend(authority.get(member));
        }
    }
    let mut objects = Vec::new();
    for value in encoded {
        let octets = value
            .as_str()
            .and_then(|text| STANDARD.decode(text).ok())
            .ok_or_else(|| Unrecognised("JSON with an object that is not base64".to_owned()))?;
        objects.extend(from_octets(&octets)?);
    }
    if objects.is_empty() {
        return Err(Unrecognised("JSON without endorsements or certificates".to_owned()));
    }
    Ok(objects)
}

/// Binary forms. Endorsements come first: they begin with a time, which may be any octet, but have DETs
/// at fixed places in every 136 octets. The others begin with what they are: DER with a SEQUENCE, HHIT
/// with a CBOR array of three, BRID with a map, HIP with the length of a DET.
fn from_octets(octets: &[u8]) -> Result<Vec<Object>, Unrecognised> {
    let wrong = |what: &str, error: String| Unrecognised(format!("{what} that cannot be read: {error}"));
    // No octets are not no objects, all of them right.
    if octets.is_empty() {
        return Err(Unrecognised("an object without any octets".to_owned()));
    }
    if Form::is_one(octets) {
        return Form::decode(octets)
            .map(|form| vec![Object::Ceremony(Box::new(form))])
            .map_err(|error| wrong("a ceremony's form", error.to_string()));
    }
    let endorsements: Result<Vec<_>, _> = octets
        .chunks(Endorsement::LEN)
        .map(|chunk| Endorsement::decode(chunk).map(Object::Endorsement))
        .collect();
    let not_endorsements = match endorsements {
        Ok(endorsements) => return Ok(endorsements),
        Err(error) => error,
    };
    if let Some(found) = broadcast::from_octets(octets) {
        return Ok(on_air(found));
    }
    if let Ok(det) = <[u8; 16]>::try_from(octets)
        && let Ok(det) = Det::from_bytes(det)
    {
        return Ok(vec![Object::Det(det)]);
    }
    if Sign1::is_one(octets) {
        return signed(octets);
    }
    if RegistrationToken::is_one(octets) {
        return RegistrationToken::decode(octets)
            .map(|token| vec![Object::Token(Box::new(token))])
            .map_err(|error| wrong("a registration token", error.to_string()));
    }
    if drip_cert::c509::is_certificate(octets) {
        return C509::read(octets)
            .map(|certificate| vec![Object::C509(Box::new(certificate))])
            .map_err(|error| wrong("a C509 certificate", error));
    }
    if drip_cert::c509::is_csr(octets) {
        return Csr::parse(octets)
            .map(|csr| vec![Object::Csr(Box::new(csr))])
            .map_err(|error| wrong("a C509 certification request", error.to_string()));
    }
    if let Some(status) = status::from_der(octets) {
        return status.map(|status| vec![Object::Status(Box::new(status))]).map_err(Unrecognised);
    }
    match octets {
        [0x30, ..] => match certificate(octets) {
            Ok(object) => Ok(vec![object]),
            Err(not_certificate) => match Csr::parse(octets) {
                Ok(csr) => Ok(vec![Object::Csr(Box::new(csr))]),
                Err(not_csr) => Err(Unrecognised(format!(
                    "DER that is {not_certificate}; as a certification request: {not_csr}"
                ))),
            },
        },
        [0x83, ..] => Hhit::decode(octets)
            .map(|hhit| vec![Object::Hhit(hhit)])
            .map_err(|error| wrong("HHIT RDATA", error.to_string())),
        [0xa0..=0xb7, ..] => Brid::decode(octets)
            .map(|brid| vec![Object::Brid(brid)])
            .map_err(|error| wrong("BRID RDATA", error.to_string())),
        [0x10, _, 0x00, 0x20, ..] => Hip::decode(octets)
            .map(|hip| vec![Object::Hip(hip)])
            .map_err(|error| wrong("HIP RDATA", error.to_string())),
        [_, 0x01, 0x00, 0x30, 0x2a, ..] => Tlsa::decode(octets)
            .map(|tlsa| vec![Object::Tlsa(tlsa)])
            .map_err(|error| wrong("TLSA RDATA", error.to_string())),
        [0x00, 0x01, 0x00, 0x00, 0x00, 0x30, ..] => CertRecord::decode(octets)
            .map(|record| vec![Object::CertRecord(record)])
            .map_err(|error| wrong("CERT RDATA", error.to_string())),
        [0x9f | 0xbf, ..] => Err(Unrecognised(
            "CBOR of indefinite length, which no object of DRIP is: all are deterministic CBOR".to_owned(),
        )),
        _ if octets.len().is_multiple_of(Endorsement::LEN) => {
            Err(wrong("an endorsement", not_endorsements.to_string()))
        }
        _ => Err(match broadcast::complaint(octets) {
            Some((what, error)) => wrong(what, error.to_string()),
            None => Unrecognised(format!("{} octets that are no object of DRIP known here", octets.len())),
        }),
    }
}

fn on_air(found: broadcast::Broadcast) -> Vec<Object> {
    vec![Object::Broadcast(Box::new(found))]
}

/// What is in a COSE_Sign1, by the content type of its envelope.
fn signed(octets: &[u8]) -> Result<Vec<Object>, Unrecognised> {
    let wrong = |what: &str, error: String| Unrecognised(format!("{what} that cannot be read: {error}"));
    let envelope =
        Sign1::decode(octets).map_err(|error| wrong("a signed object (COSE_Sign1)", error.to_string()))?;
    if envelope.holds(Cache::MEDIA_TYPE).is_ok() {
        return SignedCache::decode(octets)
            .map(|cache| vec![Object::Cache(Box::new(cache))])
            .map_err(|error| wrong("an offline cache", error.to_string()));
    }
    match envelope.holds(TrustList::MEDIA_TYPE) {
        Ok(()) => SignedTrustList::decode(octets)
            .map(|list| vec![Object::TrustList(Box::new(list))])
            .map_err(|error| wrong("a trust list", error.to_string())),
        Err(found) => Err(Unrecognised(format!("a signed object that says it holds {found}"))),
    }
}

fn certificate(der: &[u8]) -> Result<Object, Unrecognised> {
    Certificate::parse(der)
        .map(|certificate| Object::Certificate(Box::new(certificate)))
        .map_err(|error| Unrecognised(format!("a certificate that cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use drip_wire::EndorsementBody;

    use super::*;

    /// Whatever the time is, which is where an endorsement begins.
    #[test]
    fn an_endorsement_is_one_at_any_time() {
        let hi: HostIdentity =
            "c92e2f9d97e8960f9b5f1654f8b09039f9dadc5bcf061eac4f0cea79e8e877fa".parse().unwrap();
        let det: Det = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2".parse().unwrap();
        for octet in 0..=255_u32 {
            let vnb = drip_det::DripTime(octet | 0x0e00_0000);
            let vna = drip_det::DripTime::FOREVER;
            let body = EndorsementBody { vnb, vna, child: det, child_hi: hi, parent: det };
            let octets = body.sign_with([0; 64]).encode();
            assert!(matches!(recognise(&octets).unwrap().as_slice(), [Object::Endorsement(_)]), "{octet:#x}");
            let twice = [octets, octets].concat();
            assert_eq!(recognise(&twice).unwrap().len(), 2);
        }
    }
}
