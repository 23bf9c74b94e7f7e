//! `dime verify`: objects in hand, instead of records in DNS.

mod broadcast;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod mutations;

use std::path::PathBuf;

use clap::Args;
use dime_sign::ceremony::{Form, Signed};
use drip_cert::Certificate;
use drip_client::State;
use drip_client::chain::{
    Conditions, Objects, Report, Trust, certificate_of, endorsements_of, verify_objects_under,
};
use drip_wire::Endorsement;

use crate::input;
use crate::object::{self, C509, Object};
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
    broadcast: broadcast::Options,
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Verify) -> Outcome {
    let conditions = command.judgement.conditions()?;
    let trust = command.judgement.trust()?;
    let mut files = Vec::new();
    for file in &command.files {
        files.push((file.display().to_string(), input::octets(file)?));
    }
    match judge(&files, &trust, &conditions) {
        Judged::Broadcast(objects) => {
            broadcast::run(objects, &trust, &conditions, command.broadcast, command.format)
        }
        Judged::Objects(report) => {
            command.format.print(&report, || trust::text(&report))?;
            trust::answer(&report)
        }
    }
}

/// What becomes of the files.
enum Judged {
    /// They were judged.
    Objects(Report),
    /// What a UA sends is among them: for an observer to judge.
    Broadcast(Vec<Object>),
}

/// Judges files, each with its name; one that cannot be read makes the whole untrusted.
fn judge(files: &[(String, Vec<u8>)], trust: &Trust, conditions: &Conditions) -> Judged {
    let mut objects = Objects::default();
    let mut found = Vec::new();
    let mut unreadable = None;
    for (name, octets) in files {
        match object::recognise(octets) {
            Ok(objects) => found.push((name, objects)),
            Err(error) => {
                unreadable.get_or_insert(format!("{name}: {error}"));
            }
        }
    }
    if unreadable.is_none() && found.iter().any(|(_, objects)| broadcast::concerns(objects)) {
        return Judged::Broadcast(found.into_iter().flat_map(|(_, objects)| objects).collect());
    }
    for (name, found) in found {
        if let Err(error) = found.into_iter().try_for_each(|object| add(&mut objects, object, conditions)) {
            unreadable.get_or_insert(format!("{name}: {error}"));
        }
    }
    Judged::Objects(match unreadable {
        Some(reason) => Report { state: State::BrokenLink, reason, links: Vec::new() },
        None => verify_objects_under(&objects, trust, conditions),
    })
}

/// What of an object can be verified.
fn add(objects: &mut Objects, object: Object, conditions: &Conditions) -> Result<(), String> {
    match object {
        Object::Endorsement(endorsement) => objects.endorsements.push(endorsement),
        Object::Certificate(certificate) => objects.certificates.push(*certificate),
        Object::C509(certificate) => match *certificate {
            C509::Reencoded(_, certificate) => objects.certificates.push(certificate),
            C509::Foreign(_, reason) => {
                return Err(format!("a C509 certificate of no DRIP profile: {reason}"));
            }
            C509::Native(certificate) => objects.natives.push(certificate),
        },
        Object::Hhit(hhit) => {
            let certificate = certificate_of(&hhit, conditions).map_err(|fault| fault.to_string())?;
            objects.certificates.push(Certificate::Lite(certificate));
        }
        Object::Brid(brid) => {
            let endorsements = endorsements_of(&brid, conditions).map_err(|fault| fault.to_string())?;
            objects.endorsements.extend(endorsements);
        }
        Object::CertRecord(record) => match record.certificate() {
            Some(der) => objects.certificates.push(parse(der)?),
            None => return Err("a CERT record that holds no certificate".to_owned()),
        },
        Object::Ceremony(form) => add_form(objects, &form)?,
        Object::TrustList(_) | Object::Cache(_) => {
            return Err("whom to trust, not what to verify: see --trust-list and --cache".to_owned());
        }
        Object::Status(_) => {
            return Err("a revocation list or certificate status; 'dime inspect' reads it".to_owned());
        }
        Object::Broadcast(broadcast) => match broadcast.link() {
            Some(link) => objects.endorsements.push(link.endorsement),
            None => return Err("what a UA sends: an observer judges that".to_owned()),
        },
        Object::Det(_)
        | Object::HostIdentity(_)
        | Object::Csr(_)
        | Object::Token(_)
        | Object::Hip(_)
        | Object::Tlsa(_) => {
            return Err("nothing that a parent signs; 'dime inspect' reads it".to_owned());
        }
    }
    Ok(())
}

/// The endorsements and certificates that a ceremony gave.
fn add_form(objects: &mut Objects, form: &Form) -> Result<(), String> {
    let certified = |lite: &[u8], more: [&Option<Vec<u8>>; 2]| {
        let more = more.into_iter().flatten().map(Vec::as_slice);
        core::iter::once(lite).chain(more).map(parse).collect::<Result<Vec<_>, _>>()
    };
    match form {
        Form::Request(_) => Err("a ceremony request: nothing in it is signed yet".to_owned()),
        Form::Answer(answer) => answer.items.iter().try_for_each(|signed| {
            let endorsement = match signed {
                Signed::Authority { endorsement, lite, full, mtls } => {
                    objects.certificates.extend(certified(lite, [full, mtls])?);
                    endorsement
                }
                Signed::CrossEndorsement(endorsement) => endorsement,
                Signed::TrustList(_) | Signed::RevocationList(_) => {
                    return Err("an answer with a trust list or a revocation list: 'dime ceremony import' checks that \
                                against its request"
                        .to_owned());
                }
                Signed::Refused { .. } => return Ok(()),
            };
            let endorsement = Endorsement::decode(endorsement).map_err(|error| error.to_string())?;
            if endorsement.parent != answer.signer {
                let (found, signer) = (endorsement.parent, answer.signer);
                return Err(format!("an answer by {signer} with an endorsement by {found}"));
            }
            objects.endorsements.push(endorsement);
            Ok(())
        }),
        Form::Bundle(bundle) => {
            bundle.verify().map_err(|fault| format!("a bundle that does not hold: {fault}"))?;
            bundle.authorities.iter().try_for_each(|authority| {
                let endorsement = Endorsement::decode(&authority.endorsement).map_err(|error| error.to_string())?;
                objects.endorsements.push(endorsement);
                objects.certificates.extend(certified(&authority.lite, [&authority.full, &authority.mtls])?);
                Ok(())
            })
        }
    }
}

fn parse(der: &[u8]) -> Result<Certificate, String> {
    Certificate::parse(der).map_err(|error| format!("the certificate in it cannot be read: {error}"))
}
