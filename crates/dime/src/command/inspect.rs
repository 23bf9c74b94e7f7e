//! `dime inspect`: recognise and decode anything DRIP, with what is wrong with it.

mod broadcast;
mod c509;
mod describe;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod mutations;
mod status;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::input;
use crate::object;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

/// Recognise and decode anything DRIP
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// A file, - for stdin, or a DET
    file: PathBuf,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Inspect) -> Outcome {
    let octets = read(&command.file)?;
    let document = document(&octets, &command.file.display().to_string());
    command.format.print(&document, || describe::text(&document, 0))?;
    let sound = document.get("problems").and_then(Value::as_array).is_some_and(Vec::is_empty);
    Ok(if sound { Answer::Yes } else { Answer::No })
}

/// What is in these octets, which came from somewhere of this name.
fn document(octets: &[u8], name: &str) -> Value {
    let objects = match object::recognise(octets) {
        Ok(objects) => objects,
        Err(error) => {
            return json!({ "kind": "unknown", "octets": octets.len(), "problems": [format!("{name}: {error}")] });
        }
    };
    let mut described: Vec<Value> = objects.iter().map(describe::describe).collect();
    match (described.pop(), described.is_empty()) {
        (Some(one), true) => one,
        (Some(last), false) => {
            described.push(last);
            let problems: Vec<Value> = described
                .iter()
                .filter_map(|object| object.get("problems")?.as_array())
                .flatten()
                .cloned()
                .collect();
            json!({ "kind": "collection", "objects": described, "problems": problems })
        }
        (None, _) => json!({ "kind": "unknown", "problems": ["there is nothing in it"] }),
    }
}

/// The file; or, where there is none of that name, the argument itself if it is a DET.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    match file.to_str() {
        Some(text) if !file.exists() && text.parse::<drip_det::Det>().is_ok() => Ok(text.as_bytes().to_vec()),
        _ => input::octets(file),
    }
}
