//! `dime zone`: how zones stand, and the zones as master files, and a check of all that is in them. Export and check read a copy of the
//! journal, so a server may run meanwhile.

mod retransfer;
mod status;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dime_store::{Filter, State};
use dime_zone::{Class, ExportForm, Name, Question, RecordType, Zones};
use drip_client::chain::{Anchor, Conditions, Lookup, LookupError, Published, UnsignedFields, verify};
use drip_det::{Det, ZoneCut};
use serde_json::json;

use crate::input;
use crate::node::offline;
use crate::node::open::Opened;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::{Format, print_octets};

/// Zones: how they stand, export them, check what is in them, fetch copies anew
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Master-file text of a zone
    Export(Export),
    /// Verify every published DET up to the trust anchor
    Check(Check),
    Status(status::Status),
    Retransfer(retransfer::Retransfer),
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The zone's name, such as 8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa; without it, all names are listed
    zone: Option<String>,
    /// Write HHIT, BRID and HIP as TYPE67, TYPE68 and TYPE55 (RFC 3597), for Knot and NSD
    #[arg(long)]
    generic: bool,
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "./dime-data")]
    dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "./dime-data")]
    dir: PathBuf,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Export(export) => run_export(&export),
        Command::Check(check) => run_check(&check),
        Command::Status(command) => status::run(&command),
        Command::Retransfer(command) => retransfer::run(&command),
    }
}

fn run_export(export: &Export) -> Outcome {
    let opened = offline::copy(&export.dir)?;
    let served: Vec<ZoneCut> = opened.zones.summaries().iter().map(|summary| summary.cut).collect();
    let Some(zone) = &export.zone else {
        let names: String = served.iter().map(|cut| format!("{}\n", cut.name())).collect();
        print_octets(names.as_bytes())?;
        return Ok(Answer::Yes);
    };
    let same =
        |cut: &&ZoneCut| cut.name().trim_end_matches('.').eq_ignore_ascii_case(zone.trim_end_matches('.'));
    let cut = served.iter().find(same).ok_or_else(|| {
        let refused = opened.zones.refused();
        let why = refused
            .iter()
            .map(|(_, fault)| fault.to_string())
            .find(|fault| fault.contains(zone.trim_end_matches('.')));
        Failure::No(
            why.unwrap_or_else(|| format!("zone {zone} is not served here; without a name, all are listed")),
        )
    })?;
    let form = if export.generic { ExportForm::Generic } else { ExportForm::Native };
    let mut text = Vec::new();
    opened.zones.export(*cut, form, &mut text).map_err(Failure::unable)?;
    text.flush().map_err(Failure::unable)?;
    print_octets(&text)?;
    Ok(Answer::Yes)
}

fn run_check(check: &Check) -> Outcome {
    let opened = offline::copy(&check.dir)?;
    let authorities = opened.store.authorities().map_err(Failure::unable)?;
    let anchors: Vec<Anchor> = authorities
        .iter()
        .filter(|authority| authority.parent == authority.det)
        .map(|authority| Anchor::new(authority.det, authority.hi).map_err(Failure::unable))
        .collect::<Result<_, _>>()?;
    let conditions = Conditions { at: input::now()?, unsigned_fields: UnsignedFields::AnyStandard };
    let mut dets: Vec<Det> = authorities.iter().map(|authority| authority.det).collect();
    dets.extend(registered(&opened)?);
    let in_memory = InMemory(&opened.zones);
    let refused = opened.zones.refused();
    let mut problems: Vec<_> = refused
        .iter()
        .map(|(_, fault)| json!({ "state": "not-served", "reason": fault.to_string() }))
        .collect();
    for det in &dets {
        let report = verify(*det, &in_memory, &anchors, &conditions);
        if !report.is_trusted() {
            problems.push(
                json!({ "det": det.to_string(), "state": report.state.name(), "reason": report.reason }),
            );
        }
    }
    let document = json!({ "checked": dets.len(), "problems": problems });
    check.format.print(&document, || {
        let mut text = format!("{} DETs checked, {} with problems\n", dets.len(), problems.len());
        for problem in &problems {
            text.push_str(&format!("{problem}\n"));
        }
        text
    })?;
    Ok(if problems.is_empty() { Answer::Yes } else { Answer::No })
}

/// Every DET that should be in DNS.
fn registered(opened: &Opened) -> Result<Vec<Det>, Failure> {
    let filter = Filter { state: Some(State::Registered), ..Filter::default() };
    let mut dets = Vec::new();
    let mut after = None;
    loop {
        let page = opened.store.registrations(filter, after.as_ref(), 1000).map_err(Failure::unable)?;
        dets.extend(page.registrations.iter().map(|registration| registration.det));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(dets),
        }
    }
}

/// The zones, asked as the name server asks them.
struct InMemory<'a>(&'a Zones);

impl Lookup for InMemory<'_> {
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        let name = Name::of_det(det);
        let mut published = Published::default();
        for (_, number) in Published::TYPES {
            let question = Question { name: &name, record_type: RecordType(number), class: Class::IN };
            let answer = self.0.lookup(question);
            if let Some(slot) = published.of_type_mut(number) {
                let asked = answer.answers.into_iter().filter(|record| record.record_type.0 == number);
                slot.extend(asked.map(|record| record.rdata));
            }
        }
        if published.is_empty() {
            return Err(LookupError::NotRegistered("not in the zones".to_owned()));
        }
        Ok(published)
    }
}
