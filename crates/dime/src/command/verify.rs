//! `dime verify`: objects in hand, instead of records in DNS.

use std::path::PathBuf;

use clap::Args;
use drip_cert::lite::LiteCertificate;
use drip_client::State;
use drip_client::chain::{Objects, Report, verify_objects};

use crate::input;
use crate::object::{self, Object};
use crate::outcome::Outcome;
use crate::output::Format;
use crate::trust::{self, Judgement};

/// Verify endorsements, certificates and records in files, up to a trust anchor
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Files with certificates, endorsements, HHIT, BRID or CERT RDATA, or registration.json; - is stdin
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Verify) -> Outcome {
    let anchors = command.judgement.anchors()?;
    let conditions = command.judgement.conditions()?;
    let mut objects = Objects::default();
    let mut unreadable = None;
    for file in &command.files {
        let octets = input::octets(file)?;
        if let Err(error) = take(&mut objects, &octets) {
            unreadable.get_or_insert(format!("{}: {error}", file.display()));
        }
    }
    let report = match unreadable {
        Some(reason) => Report { state: State::BrokenLink, reason, links: Vec::new() },
        None => verify_objects(&objects, &anchors, &conditions),
    };
    command.format.print(&report, || trust::text(&report))?;
    trust::answer(&report)
}

/// Take what a file holds.
fn take(objects: &mut Objects, octets: &[u8]) -> Result<(), String> {
    let found = object::recognise(octets).map_err(|error| error.to_string())?;
    found.into_iter().try_for_each(|object| add(objects, object))
}

/// What of an object can be verified.
fn add(objects: &mut Objects, object: Object) -> Result<(), String> {
    match object {
        Object::Endorsement(endorsement) => objects.endorsements.push(endorsement),
        Object::Certificate(certificate) => objects.certificates.push(*certificate),
        Object::Hhit(hhit) => objects.certificates.push(parse(&hhit.certificate)?),
        Object::Brid(brid) => {
            objects.endorsements.extend(brid.endorsements().map_err(|error| error.to_string())?);
        }
        Object::CertRecord(record) => match record.certificate() {
            Some(der) => objects.certificates.push(parse(der)?),
            None => return Err("a CERT record that holds no certificate".to_owned()),
        },
        Object::Det(_) | Object::HostIdentity(_) | Object::Csr(_) | Object::Hip(_) | Object::Tlsa(_) => {
            return Err("nothing that a parent signs; 'dime inspect' reads it".to_owned());
        }
    }
    Ok(())
}

fn parse(der: &[u8]) -> Result<LiteCertificate, String> {
    LiteCertificate::parse(der).map_err(|error| format!("the certificate in it cannot be read: {error}"))
}
