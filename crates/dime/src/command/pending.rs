//! `dime pending`: registrations that wait for a person.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::outcome::{Answer, Outcome};
use crate::output::Format;
use crate::remote::{Server, path_segment};

/// Registrations that wait for a person
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// All that wait, oldest first
    List(List),
    /// One of them
    Show(One),
    /// Approve: it is signed and published
    Approve(One),
    /// Deny, with the reason
    Deny(Deny),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct One {
    /// Its identifier
    id: String,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Deny {
    /// Its identifier
    id: String,
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::List(list) => {
            let document = all(&list)?;
            list.format.print(&document, || rows(&document))?;
        }
        Command::Show(one) => {
            let path = format!("/v1/registrations/{}", path_segment(&one.id)?);
            let registration = one.server.client()?.fetch(&path)?.body;
            one.format.print(&registration, || row(&registration))?;
        }
        Command::Approve(one) => {
            let path = format!("/v1/registrations/{}/approve", path_segment(&one.id)?);
            let registration = one.server.client()?.send(&path, &json!({}))?.body;
            one.format.print(&registration, || row(&registration))?;
        }
        Command::Deny(deny) => {
            let path = format!("/v1/registrations/{}/deny", path_segment(&deny.id)?);
            let registration = deny.server.client()?.send(&path, &json!({ "reason": deny.reason }))?.body;
            deny.format.print(&registration, || row(&registration))?;
        }
    }
    Ok(Answer::Yes)
}

/// All pages in one.
fn all(list: &List) -> Result<Value, crate::outcome::Failure> {
    let client = list.server.client()?;
    let mut found = Vec::new();
    let mut path = "/v1/registrations?state=pending".to_owned();
    loop {
        let mut page = client.fetch(&path)?.body;
        if let Some(Value::Array(registrations)) = page.get_mut("registrations").map(Value::take) {
            found.extend(registrations);
        }
        match page.get("next").and_then(Value::as_str) {
            Some(cursor) => {
                path = format!("/v1/registrations?state=pending&cursor={}", path_segment(cursor)?)
            }
            None => return Ok(json!({ "registrations": found })),
        }
    }
}

fn rows(document: &Value) -> String {
    let registrations = document.get("registrations").and_then(Value::as_array);
    let rows: String = registrations.into_iter().flatten().map(row).collect();
    if rows.is_empty() { "nothing waits".to_owned() } else { rows }
}

/// One line: identifier, kind, state, DET, who asks.
pub(crate) fn row(registration: &Value) -> String {
    let field = |name: &str| registration.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
    let mut row = format!("{} {} {} {}", field("id"), field("kind"), field("state"), field("det"));
    for (name, label) in [("operator", "operator"), ("contact", "contact"), ("reason", "reason")] {
        if let Some(value) = registration.get(name).and_then(Value::as_str) {
            row.push_str(&format!(" {label}={value}"));
        }
    }
    row.push('\n');
    row
}
