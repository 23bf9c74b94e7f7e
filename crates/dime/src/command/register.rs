//! `dime register`: send a certification request to a registrar and keep what comes back.

pub(crate) mod mtls_chain;

pub(crate) mod registry;
mod token;

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};
use drip_cert::csr::Csr;
use drip_cert::pem::{self, Label};
use drip_det::{Det, UnixTime};
use drip_wire::registration;
use serde_json::{Map, Value, json};

use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::{Operator, Server};
use crate::{files, input};

/// Register a DET
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// What is registered
    kind: Kind,
    /// The certification request (PEM, DER or C509)
    #[arg(long, value_name = "FILE", required_unless_present = "cwt")]
    csr: Option<PathBuf>,
    /// Register by a token (CWT) instead, signed by the key that is registered; --csr goes inside, if given
    #[arg(long, value_name = "KEY")]
    cwt: Option<PathBuf>,
    /// The operator's DET; without it, that of --key
    #[arg(long, value_name = "DET")]
    operator: Option<Det>,
    /// Serial number, if the request does not hold it
    #[arg(long, value_name = "SN")]
    serial: Option<String>,
    /// Until when it should be valid (RFC 3339 or Unix seconds)
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    not_after: Option<UnixTime>,
    /// The flight of a session
    #[arg(long, value_name = "ID")]
    flight: Option<String>,
    /// How to reach the registrant
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// The kind of device, for what never ends: an object identifier of the manufacturer's
    #[arg(long, value_name = "OID", requires = "hardware_serial", conflicts_with = "cwt")]
    hardware_type: Option<String>,
    /// The device's serial number among those, in hexadecimal; it becomes public
    #[arg(long, value_name = "HEX", requires = "hardware_type")]
    hardware_serial: Option<String>,
    #[command(flatten)]
    registry: registry::Particulars,
    /// Directory for registration.json, endorsements and certificates
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    acting_as: Operator,
    #[command(flatten)]
    format: Format,
}

/// What can be registered.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Who flies
    Operator,
    /// Factory identity of an aircraft
    Aircraft,
    /// One flight's DET
    Session,
    /// Maker of aircraft
    Manufacturer,
    /// USS and their kin
    Service,
    /// An HDA below an RAA
    Hda,
    /// An RAA
    Raa,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Aircraft => "aircraft",
            Self::Session => "session",
            Self::Manufacturer => "manufacturer",
            Self::Service => "service",
            Self::Hda => "hda",
            Self::Raa => "raa",
        }
    }
}

const PATH: &str = "/v1/registrations";

/// What is sent.
enum Request {
    Json(Value),
    Token(Vec<u8>),
}

pub(crate) fn run(command: &Register) -> Outcome {
    let request = match (&command.cwt, &command.csr) {
        (Some(key), _) => Request::Token(token::make(command, key, input::now()?)?),
        (None, Some(file)) => {
            let csr = Csr::parse(&input::octets(file)?)
                .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
            Request::Json(body(command, csr.octets())?)
        }
        (None, None) => return Err(Failure::usage("--csr or --cwt is needed")),
    };
    let client = command.server.client_as(&command.acting_as)?;
    // The directory is made before anything is sent, so that what comes back has a place.
    files::make_dir(&command.out)?;
    let reply = match &request {
        Request::Json(body) => client.send(PATH, body)?,
        Request::Token(octets) => client.send_octets(PATH, registration::MEDIA_TYPE, octets)?,
    };
    write_all(&command.out, &reply.body)?;
    mtls_chain::write(&client, &command.out, &reply.body)?;
    command.format.print(&reply.body, || text(&reply.body, &command.out))?;
    match state(&reply.body) {
        "denied" | "revoked" | "expired" => Ok(Answer::No),
        _ => Ok(Answer::Yes),
    }
}

fn body(command: &Register, csr: &[u8]) -> Result<Value, Failure> {
    let mut body = Map::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), json!(value));
        }
    };
    add("kind", Some(command.kind.name().to_owned()));
    add("csr", Some(STANDARD.encode(csr)));
    add("operator", command.operator.map(|det| det.to_string()));
    add("serial_number", command.serial.clone());
    add("not_after", command.not_after.map(|time| time.to_string()));
    add("flight", command.flight.clone());
    add("contact", command.contact.clone());
    if let (Some(hw_type), Some(serial)) = (&command.hardware_type, &command.hardware_serial) {
        body.insert("hardware_module".to_owned(), json!({ "type": hw_type, "serial": serial }));
    }
    command.registry.add_to(&mut body)?;
    Ok(Value::Object(body))
}

fn state(registration: &Value) -> &str {
    registration.get("state").and_then(Value::as_str).unwrap_or_default()
}

/// Write what came back:
///
/// | file | content |
/// |---|---|
/// | `registration.json` | the registrar's answer |
/// | `endorsements.bin` | all endorsements, 136 octets each, trust anchor first |
/// | `endorsement-N.bin` | each of them |
/// | `certificate-PROFILE.der`, `.pem` | each certificate |
/// | `certificate-mtls-chain.pem` | the mtls certificates of the authorities above, the issuer's first ([`mtls_chain`]) |
pub(crate) fn write_all(dir: &Path, registration: &Value) -> Result<(), Failure> {
    let json = serde_json::to_vec_pretty(registration).map_err(Failure::unable)?;
    files::write(&dir.join("registration.json"), &json)?;
    let decode = |value: &Value| {
        value
            .as_str()
            .and_then(|text| STANDARD.decode(text).ok())
            .ok_or_else(|| Failure::unable("the registrar sent an object that is not base64"))
    };
    let endorsements = registration.get("endorsements").and_then(Value::as_array);
    let mut all = Vec::new();
    for (number, endorsement) in endorsements.into_iter().flatten().enumerate() {
        let octets = decode(endorsement)?;
        files::write(&dir.join(format!("endorsement-{}.bin", number + 1)), &octets)?;
        all.extend(octets);
    }
    if !all.is_empty() {
        files::write(&dir.join("endorsements.bin"), &all)?;
    }
    let certificates = registration.get("certificates").and_then(Value::as_object);
    for (profile, certificate) in certificates.into_iter().flatten() {
        // The name comes from the server: only a plain word becomes part of a file's name.
        if !profile.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
            continue;
        }
        let octets = decode(certificate)?;
        if profile == "c509" {
            files::write(&dir.join("certificate.c509"), &octets)?;
            continue;
        }
        let name = format!("certificate-{profile}");
        files::write(&dir.join(format!("{name}.der")), &octets)?;
        files::write(&dir.join(format!("{name}.pem")), pem::encode(Label::Certificate, &octets).as_bytes())?;
    }
    Ok(())
}

fn text(registration: &Value, dir: &Path) -> String {
    let field = |name: &str| registration.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
    let mut text = format!("{} {}\n", field("det"), field("state"));
    text.push_str(&format!("id          {}\nkind        {}\n", field("id"), field("kind")));
    if state(registration) == "registered" {
        text.push_str(&format!("valid       {} to {}\n", field("not_before"), field("not_after")));
        if let Some(owner) = registration.pointer("/dns/owner").and_then(Value::as_str) {
            text.push_str(&format!("owner name  {owner}\n"));
        }
    } else if state(registration) == "pending" {
        text.push_str(match field("waiting_for").as_str() {
            "ceremony" => "it waits for the ceremony of the level above; then its chain is at /v1/registrations/ID/bundle\n",
            _ => "it waits for a person: dime pending show ID\n",
        });
    }
    text.push_str(&format!("written to  {}\n", dir.display()));
    text
}
