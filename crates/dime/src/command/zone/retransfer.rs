//! `dime zone retransfer`: a running secondary fetches a zone whole, whatever its serial is.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::node::control::{self, Request};
use crate::node::layout;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

/// Have a running secondary fetch a zone whole, or a catalogue with all its members
#[derive(Debug, Args)]
pub(crate) struct Retransfer {
    /// The name of the zone or catalogue
    zone: String,
    /// The data directory of the secondary
    #[arg(long, value_name = "DIR", default_value = "./dime-data")]
    dir: PathBuf,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: &Retransfer) -> Outcome {
    let request = Request::Retransfer { zone: command.zone.clone() };
    let asked = control::ask(&layout::control(&command.dir), &request)?;
    asked.ok_or_else(|| Failure::file(&command.dir, "no server is running in this directory"))?;
    let document = json!({ "zone": command.zone, "asked": true });
    command.format.print(&document, || {
        format!("{} is being fetched; 'dime zone status' tells what came of it", command.zone)
    })?;
    Ok(Answer::Yes)
}
