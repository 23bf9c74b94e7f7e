//! `dime trust`: trust between RAAs where there is no Apex: trust lists, cross-endorsements, bridges (draft-ietf-drip-dki, section 5).
//!
//! What an Authorization key must sign goes through a ceremony: `dime trust list new` writes the list that `dime ceremony request
//! --trust-list` takes; cross-endorsements are asked for with `dime ceremony request --cross`.

mod bridge;
mod cross;
mod list;
mod walk;

use clap::{Args, Subcommand};
use drip_client::chain::{Trust, Way};
use serde_json::{Value, json};

use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::trust::Judgement;

pub(crate) use list::describe;

/// Trust between RAAs: lists, cross-endorsements, bridges
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Trust lists: which RAAs an RAA trusts
    #[command(subcommand)]
    List(list::Command),
    /// Cross-endorsements: one RAA endorses another
    #[command(subcommand)]
    Cross(cross::Command),
    /// Bridges: RAAs without HDAs that endorse their members
    #[command(subcommand)]
    Bridge(bridge::Command),
    /// Who is trusted with these anchors, lists, cross-endorsements and caches, over which ways, and who is not and why
    Ways(Ways),
}

#[derive(Debug, Args)]
pub(crate) struct Ways {
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::List(command) => list::run(command),
        Command::Cross(command) => cross::run(command),
        Command::Bridge(command) => bridge::run(command),
        Command::Ways(command) => {
            let trust = command.judgement.trust()?;
            print(&trust, command.format)?;
            Ok(Answer::Yes)
        }
    }
}

/// Print who is trusted and who is not.
fn print(trust: &Trust, format: Format) -> Result<(), Failure> {
    let document = document(trust);
    format.print(&document, || text(trust))
}

fn document(trust: &Trust) -> Value {
    let trusted: Vec<Value> = trust
        .ways()
        .map(|(det, way, links)| json!({ "det": det.to_string(), "way": word(way), "links": links }))
        .collect();
    json!({ "at": trust.at().to_string(), "trusted": trusted, "refused": trust.refused() })
}

fn text(trust: &Trust) -> String {
    let mut lines = Vec::new();
    for (det, way, links) in trust.ways() {
        lines.push(format!("trusted  {det}  {}", word(way)));
        lines.extend(links.iter().map(|link| format!("           {link}")));
    }
    for link in trust.refused() {
        let why = link.fault.as_ref().map(ToString::to_string).unwrap_or_default();
        lines.push(format!("refused  {link}: {why}"));
    }
    if lines.is_empty() {
        lines.push("nobody is trusted: no trust anchor was given".to_owned());
    }
    lines.join("\n")
}

const fn word(way: Way) -> &'static str {
    match way {
        Way::Given => "anchor",
        Way::Listed => "trust-list",
        Way::Crossed => "cross-endorsement",
        Way::Bridged => "bridge",
        Way::Cached => "cache",
    }
}
