//! `dime trust list`: make a list to be signed, look at one, verify it, take a signed one in.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dime_registry::{Caller, TrustError};
use drip_client::chain::{Anchor, Trust, TrustSources};
use drip_det::{Det, UnixTime};
use drip_wire::Endorsement;
use drip_wire::trust::{Role, SignedTrustList, TrustList, Trusted};
use drip_wire::validity::Validity;
use serde_json::{Value, json};

use crate::config::Period;
use crate::files;
use crate::input;
use crate::node::offline;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::Server;

/// The media type of signed lists (RFC 9052, section 12.5).
const COSE: &str = "application/cose";
const PATH: &str = "/v1/dki/trust-list";

/// Trust lists
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a list to be signed: 'dime ceremony request --trust-list' takes it
    New(New),
    /// Write a list of every RAA in the DNS to be signed: the Apex zone is walked
    Walk(super::walk::Walk),
    /// What a list says: a file, or the server's
    Show(Show),
    /// Verify a signed list by the key of its issuer
    Verify(Verify),
    /// Take a signed list in
    Add(Add),
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The Authorization DET that is going to sign it
    #[arg(long, value_name = "DET")]
    issuer: Det,
    /// The list's sequence: higher than that of any list before it
    #[arg(long, value_name = "N")]
    sequence: u64,
    /// An RAA to trust: a certificate, a self-endorsement (its validity is taken along), or the text 'DET KEY'
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "bridge")]
    raa: Vec<PathBuf>,
    /// The same of an RAA that is a bridge
    #[arg(long, value_name = "FILE", num_args = 1..)]
    bridge: Vec<PathBuf>,
    /// For how long the list holds
    #[arg(long, value_name = "PERIOD", default_value = "365d")]
    valid: Period,
    /// When it begins to hold (RFC 3339 or Unix seconds), instead of now
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    from: Option<UnixTime>,
    /// Where to write the list
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A signed list, or one to be signed; without it the server's
    file: Option<PathBuf>,
    /// Keep what the server gave
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The signed list
    file: PathBuf,
    /// The issuer: a certificate, a self-endorsement, or the text 'DET KEY'
    #[arg(long, value_name = "FILE", required = true)]
    anchor: Vec<PathBuf>,
    /// Judge at this moment (RFC 3339 or Unix seconds) instead of now
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    at: Option<UnixTime>,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The signed list
    file: PathBuf,
    /// The data directory of a stopped server, instead of --server
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: Command) -> Outcome {
    match command {
        Command::New(command) => new(&command),
        Command::Walk(command) => super::walk::run(&command),
        Command::Show(command) => show(&command),
        Command::Verify(command) => verify(&command),
        Command::Add(command) => add(&command),
    }
}

fn new(command: &New) -> Outcome {
    files::absent(&command.out)?;
    let from = command.from.map_or_else(input::now, Ok)?;
    let until = UnixTime(from.0.saturating_add(command.valid.seconds));
    let validity = Validity::new(from, until).map_err(Failure::usage)?;
    let trusted = |role| move |path: &PathBuf| trusted(path, role);
    let registries = command.raa.iter().map(trusted(Role::Registry));
    let bridges = command.bridge.iter().map(trusted(Role::Bridge));
    let entries = registries.chain(bridges).collect::<Result<_, _>>()?;
    let list = TrustList::new(command.issuer, command.sequence, validity, entries).map_err(Failure::usage)?;
    list.check().map_err(Failure::usage)?;
    files::write_new(&command.out, &list.encode())?;
    let document = of_list(&list);
    let text = format!("{}\nwritten to  {}", text(&document), command.out.display());
    command.format.print(&document, || text)?;
    Ok(Answer::Yes)
}

/// An RAA as a file names it. A self-endorsement says when it holds.
fn trusted(path: &Path, role: Role) -> Result<Trusted, Failure> {
    let octets = input::octets(path)?;
    let anchor = Anchor::parse(&octets).map_err(|error| Failure::file(path, error))?;
    let own = Endorsement::decode(&octets).ok().filter(Endorsement::is_self_endorsement);
    let validity = own
        .map(|own| Validity::new(own.vnb.to_unix(), own.vna.to_unix()))
        .transpose()
        .map_err(|error| Failure::file(path, error))?;
    Ok(Trusted { det: anchor.det, hi: anchor.hi, validity, role })
}

fn show(command: &Show) -> Outcome {
    let octets = match &command.file {
        Some(file) => input::octets(file)?,
        None => command.server.client()?.fetch_octets(PATH, COSE)?,
    };
    if let Some(out) = &command.out {
        files::write(out, &octets)?;
    }
    let document = match SignedTrustList::decode(&octets) {
        Ok(signed) => describe(&signed),
        Err(not_signed) => match TrustList::decode(&octets) {
            Ok(list) => of_list(&list),
            Err(_) => return Err(Failure::usage(not_signed)),
        },
    };
    command.format.print(&document, || text(&document))?;
    Ok(Answer::Yes)
}

fn verify(command: &Verify) -> Outcome {
    let read =
        |path: &PathBuf| Anchor::parse(&input::octets(path)?).map_err(|error| Failure::file(path, error));
    let anchors = command.anchor.iter().map(read).collect::<Result<_, _>>()?;
    let octets = input::octets(&command.file)?;
    let list = SignedTrustList::decode(&octets).map_err(Failure::usage)?;
    let sources = TrustSources { anchors, lists: vec![list.clone()], ..TrustSources::default() };
    let at = command.at.map_or_else(input::now, Ok)?;
    let trust = Trust::settle(&sources, at);
    super::print(&trust, command.format)?;
    let all = list.list().trusted().iter().all(|entry| trust.ways().any(|(det, ..)| det == entry.det));
    Ok(if all { Answer::Yes } else { Answer::No })
}

fn add(command: &Add) -> Outcome {
    let octets = input::octets(&command.file)?;
    let document = match &command.dir {
        Some(dir) => {
            let registry = offline::registry(dir)?;
            let list = registry.store_trust_list(&octets, &Caller::Local).map_err(refused)?;
            describe(&list)
        }
        None => command.server.client()?.send_octets(PATH, COSE, &octets)?.body,
    };
    command.format.print(&document, || text(&document))?;
    Ok(Answer::Yes)
}

pub(super) fn refused(error: TrustError) -> Failure {
    match error {
        TrustError::Ours(fault) => Failure::unable(fault),
        other => Failure::No(other.to_string()),
    }
}

/// A signed list, as `dime inspect` and the server say it.
pub(crate) fn describe(signed: &SignedTrustList) -> Value {
    let mut document = of_list(signed.list());
    if let Some(members) = document.as_object_mut() {
        members.insert("signed".to_owned(), json!(true));
    }
    document
}

pub(super) fn of_list(list: &TrustList) -> Value {
    let problems: Vec<String> = list.check().err().iter().map(ToString::to_string).collect();
    let trusted: Vec<Value> = list
        .trusted()
        .iter()
        .map(|entry| {
            let mut document = json!({
                "det": entry.det.to_string(),
                "hi": entry.hi.to_string(),
                "role": if entry.role == Role::Bridge { "bridge" } else { "registry" },
            });
            if let (Some(validity), Some(members)) = (entry.validity, document.as_object_mut()) {
                members.insert("not_before".to_owned(), json!(validity.not_before().to_string()));
                members.insert("not_after".to_owned(), json!(validity.not_after().to_string()));
            }
            document
        })
        .collect();
    json!({
        "kind": "trust-list",
        "issuer": list.issuer().to_string(),
        "sequence": list.sequence(),
        "not_before": list.validity().not_before().to_string(),
        "not_after": list.validity().not_after().to_string(),
        "signed": false,
        "trusted": trusted,
        "problems": problems,
    })
}

pub(super) fn text(document: &Value) -> String {
    let word = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut lines = vec![format!(
        "trust list {} of {}, {} to {}",
        document.get("sequence").and_then(Value::as_u64).unwrap_or_default(),
        word("issuer"),
        word("not_before"),
        word("not_after"),
    )];
    for entry in document.get("trusted").and_then(Value::as_array).into_iter().flatten() {
        let word = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let until = match word("not_after") {
            "" => String::new(),
            end => format!("  until {end}"),
        };
        lines.push(format!("  {}  {}  {}{until}", word("det"), word("role"), word("hi")));
    }
    for problem in document.get("problems").and_then(Value::as_array).into_iter().flatten() {
        lines.push(format!("problem: {}", problem.as_str().unwrap_or_default()));
    }
    lines.join("\n")
}
