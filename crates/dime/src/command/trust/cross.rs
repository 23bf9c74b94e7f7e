//! `dime trust cross`: the cross-endorsements of a DIME: list them, take others' in, withdraw; verify those in files.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use dime_registry::{Caller, CrossView};
use drip_det::Det;
use serde_json::{Value, json};

use super::list::refused;
use crate::input;
use crate::node::offline;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::Server;
use crate::trust::{Judgement, endorsements};

const PATH: &str = "/v1/dki/cross-endorsements";
const OCTETS: &str = "application/octet-stream";

/// Cross-endorsements; to ask for new ones see 'dime ceremony request --cross'
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Those that a DIME gave and received
    List(List),
    /// Take in what another RAA or a bridge signed for this one
    Add(Add),
    /// Give one out no more
    Withdraw(Withdraw),
    /// Verify those in files: where do they lead from the trust anchors
    Verify(Verify),
}

/// A running server, or the directory of a stopped one.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The data directory of a stopped server, instead of --server
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Write the endorsements to this file, 136 octets each
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Endorsements of 136 octets each; a self-endorsement of the other RAA says what its key is
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// Who endorses
    parent: Det,
    /// Who is endorsed
    child: Det,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: Command) -> Outcome {
    match command {
        Command::List(command) => list(&command),
        Command::Add(command) => add(&command),
        Command::Withdraw(command) => withdraw(&command),
        Command::Verify(command) => verify(&command),
    }
}

fn list(command: &List) -> Outcome {
    if let Some(out) = &command.out {
        let octets = match &command.at.dir {
            Some(dir) => {
                let opened = offline::copy(dir)?;
                let views = opened.registry.cross_endorsements().map_err(Failure::unable)?;
                views.iter().flat_map(|view| view.endorsement.encode()).collect()
            }
            None => command.at.server.client()?.fetch_octets(PATH, OCTETS)?,
        };
        crate::files::write(out, &octets)?;
    }
    let document = match &command.at.dir {
        Some(dir) => {
            let opened = offline::copy(dir)?;
            document(&opened.registry.cross_endorsements().map_err(Failure::unable)?)
        }
        None => command.at.server.client()?.fetch(PATH)?.body,
    };
    command.format.print(&document, || text(&document))?;
    Ok(Answer::Yes)
}

fn add(command: &Add) -> Outcome {
    let mut octets = Vec::new();
    for file in &command.files {
        octets.extend(input::octets(file)?);
    }
    let given = endorsements(&octets).map_err(Failure::usage)?;
    let document = match &command.at.dir {
        Some(dir) => {
            let registry = offline::registry(dir)?;
            document(&registry.receive_cross(&given, &Caller::Local).map_err(refused)?)
        }
        None => command.at.server.client()?.send_octets(PATH, OCTETS, &octets)?.body,
    };
    command.format.print(&document, || text(&document))?;
    Ok(Answer::Yes)
}

fn withdraw(command: &Withdraw) -> Outcome {
    match &command.at.dir {
        Some(dir) => {
            let registry = offline::registry(dir)?;
            registry.withdraw_cross(command.parent, command.child, &Caller::Local).map_err(refused)?;
        }
        None => {
            let path = format!("{PATH}/{}/{}", hex(command.parent), hex(command.child));
            command.at.server.client()?.delete(&path)?;
        }
    }
    crate::output::print_line(&format!("withdrawn: {} of {}", command.child, command.parent))?;
    Ok(Answer::Yes)
}

/// Without colons, which a path need not have.
fn hex(det: Det) -> String {
    hex::encode(det.to_bytes())
}

fn verify(command: &Verify) -> Outcome {
    let trust = command.judgement.trust()?;
    super::print(&trust, command.format)?;
    Ok(if trust.refused().is_empty() { Answer::Yes } else { Answer::No })
}

fn document(views: &[CrossView]) -> Value {
    let one = |view: &CrossView| {
        json!({
            "parent": view.endorsement.parent.to_string(),
            "child": view.endorsement.child.to_string(),
            "direction": view.direction.name(),
            "not_before": view.endorsement.vnb.to_unix().to_string(),
            "not_after": view.endorsement.vna.to_unix().to_string(),
        })
    };
    json!({ "cross_endorsements": views.iter().map(one).collect::<Vec<_>>() })
}

fn text(document: &Value) -> String {
    let mut lines = Vec::new();
    for entry in document.get("cross_endorsements").and_then(Value::as_array).into_iter().flatten() {
        let word = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        lines.push(format!(
            "{}  {} -> {}  until {}",
            word("direction"),
            word("parent"),
            word("child"),
            word("not_after")
        ));
    }
    if lines.is_empty() { "there are no cross-endorsements".to_owned() } else { lines.join("\n") }
}
