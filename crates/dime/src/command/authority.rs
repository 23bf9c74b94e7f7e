//! `dime authority`: Authorization and Issuing DETs, our own and those of registries below.

mod delegation;

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use drip_cert::{crl::Reason, csr::Csr};
use drip_det::{Det, UnixTime};
use serde_json::{Value, json};

use super::pending::row as registration_row;
use crate::input;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::{Server, path_segment};

/// Authorities: our own, and those of registries below
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// All that are known, parents first
    List(List),
    /// One of them
    Show(One),
    /// What to see to: ends that come near, keys that wait for a ceremony
    Alerts(List),
    /// Take one out of DNS until it is resumed
    Suspend(Reasoned),
    /// Bring a suspended one back
    Resume(One),
    /// Plan the end of one: it signs nothing new
    Retire(Retire),
    /// End one for ever, with everything below it
    Revoke(Revoke),
    /// Give a registry below a new Authorization key, for the next ceremony
    Rekey(Rekey),
    /// Change the name servers, DS records or coverage of a registry below
    Delegation(delegation::Change),
    /// Issue anew, under its successor, everything an Issuing DET signed
    Reissue(Reissue),
    /// How far a job has come
    Job(Job),
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
    /// The DET
    det: Det,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Reasoned {
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    one: One,
}

#[derive(Debug, Args)]
pub(crate) struct Retire {
    /// When it leaves DNS (RFC 3339 or Unix seconds); without it, at its own end
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    at: Option<UnixTime>,
    #[command(flatten)]
    reasoned: Reasoned,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Only say what would fall
    #[arg(long)]
    preview: bool,
    /// Why; it is kept
    #[arg(long, value_name = "TEXT", required_unless_present = "preview")]
    reason: Option<String>,
    /// Why, in the words of RFC 5280, as everybody may read it: keyCompromise, cACompromise, superseded, cessationOfOperation, ...
    #[arg(long, value_name = "WORD")]
    reason_code: Option<Reason>,
    #[command(flatten)]
    one: One,
}

#[derive(Debug, Args)]
pub(crate) struct Rekey {
    /// The certification request of the new Authorization key (PEM or DER)
    #[arg(long, value_name = "FILE")]
    csr: PathBuf,
    #[command(flatten)]
    one: One,
}

#[derive(Debug, Args)]
pub(crate) struct Reissue {
    /// Wait until it is done
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    one: One,
}

#[derive(Debug, Args)]
pub(crate) struct Job {
    /// Its identifier
    id: String,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::List(List { server, format }) => {
            let document = server.client()?.fetch("/v1/authorities")?.body;
            format.print(&document, || {
                let rows = document.get("authorities").and_then(Value::as_array);
                let rows: String = rows.into_iter().flatten().map(row).collect();
                if rows.is_empty() { "no authorities: a ceremony is awaited".to_owned() } else { rows }
            })?;
        }
        Command::Show(one) => {
            let document = one.server.client()?.fetch(&format!("/v1/authorities/{}", one.det))?.body;
            one.format.print(&document, || details(&document))?;
        }
        Command::Alerts(List { server, format }) => {
            let dki = server.client()?.fetch("/v1/dki")?.body;
            let alerts = dki.get("alerts").cloned().unwrap_or_else(|| json!([]));
            let rows: String = alerts.as_array().into_iter().flatten().map(alert_row).collect();
            format.print(&json!({ "alerts": alerts }), || {
                if rows.is_empty() { "nothing to see to".to_owned() } else { rows }
            })?;
        }
        Command::Suspend(Reasoned { reason, one }) => one.act("suspend", json!({ "reason": reason }))?,
        Command::Resume(one) => one.act("resume", json!({}))?,
        Command::Retire(Retire { at, reasoned: Reasoned { reason, one } }) => {
            let mut body = json!({ "reason": reason });
            if let (Some(at), Some(body)) = (at, body.as_object_mut()) {
                body.insert("at".to_owned(), json!(at.to_string()));
            }
            one.act("retire", body)?;
        }
        Command::Revoke(revoke) => revoke.run()?,
        Command::Delegation(change) => change.run()?,
        Command::Rekey(Rekey { csr, one }) => {
            let octets = input::octets(&csr)?;
            let csr = Csr::parse(&octets).map_err(|error| Failure::file(&csr, error))?;
            let path = format!("/v1/authorities/{}/rekey", one.det);
            let body = json!({ "csr": STANDARD.encode(csr.octets()) });
            let document = one.server.client()?.send(&path, &body)?.body;
            one.format.print(&document, || registration_row(&document))?;
        }
        Command::Reissue(Reissue { wait, one }) => {
            let client = one.server.client()?;
            let mut job = client.send(&format!("/v1/authorities/{}/reissue", one.det), &json!({}))?.body;
            while wait && job.get("state").and_then(Value::as_str) == Some("running") {
                std::thread::sleep(std::time::Duration::from_millis(500));
                let id = job.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                job = client.fetch(&format!("/v1/jobs/{}", path_segment(&id)?))?.body;
            }
            one.format.print(&job, || job_row(&job))?;
        }
        Command::Job(Job { id, server, format }) => {
            let job = server.client()?.fetch(&format!("/v1/jobs/{}", path_segment(&id)?))?.body;
            format.print(&job, || job_row(&job))?;
        }
    }
    Ok(Answer::Yes)
}

impl One {
    fn act(&self, verb: &str, body: Value) -> Result<(), Failure> {
        let path = format!("/v1/authorities/{}/{verb}", self.det);
        let document = self.server.client()?.send(&path, &body)?.body;
        self.format.print(&document, || row(&document))
    }
}

impl Revoke {
    fn run(&self) -> Result<(), Failure> {
        let query = if self.preview { "?preview=true" } else { "" };
        let path = format!("/v1/authorities/{}/revoke{query}", self.one.det);
        let mut body = self.reason.as_ref().map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
        if let (Some(code), Some(members)) = (self.reason_code, body.as_object_mut()) {
            members.insert("reason_code".to_owned(), json!(code.word()));
        }
        let document = self.one.server.client()?.send(&path, &body)?.body;
        self.one.format.print(&document, || fallen(&document))
    }
}

fn text<'a>(document: &'a Value, name: &str) -> &'a str {
    document.get(name).and_then(Value::as_str).unwrap_or("-")
}

fn number(document: &Value, name: &str) -> u64 {
    document.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// One line: DET, place, role, owner, status, end.
fn row(authority: &Value) -> String {
    format!(
        "{} {}/{} {} {} {} {} until {} signed {}\n",
        text(authority, "det"),
        number(authority, "raa"),
        number(authority, "hda"),
        text(authority, "level"),
        text(authority, "class"),
        text(authority, "owner"),
        text(authority, "status"),
        text(authority, "not_after"),
        number(authority, "signatures"),
    )
}

fn details(authority: &Value) -> String {
    let mut lines = row(authority);
    for (name, label) in [
        ("parent", "endorsed by"),
        ("not_before", "from"),
        ("status_at", "status at"),
        ("status_reason", "because"),
        ("status_reason_code", "reason code"),
    ] {
        if let Some(value) = authority.get(name).and_then(Value::as_str) {
            lines.push_str(&format!("{label:<12}{value}\n"));
        }
    }
    if let Some(delegation) = authority.get("delegation") {
        lines.push_str(&format!("delegation  {}\n", text(delegation, "state")));
        for name in ["name_servers", "ds"] {
            for value in delegation.get(name).and_then(Value::as_array).into_iter().flatten() {
                lines.push_str(&format!("{name:<12}{}\n", value.as_str().unwrap_or_default()));
            }
        }
    }
    lines
}

fn fallen(document: &Value) -> String {
    let count = |name: &str| document.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    let preview = document.get("preview").and_then(Value::as_bool) == Some(true);
    let verb = if preview { "would fall" } else { "fell" };
    let mut lines = format!(
        "{} authorities, {} registries below and {} registrations {verb}\n",
        count("authorities"),
        count("registries"),
        number(document, "total"),
    );
    for (kind, number) in document.get("registrations").and_then(Value::as_object).into_iter().flatten() {
        lines.push_str(&format!("  {kind} {number}\n"));
    }
    lines
}

fn alert_row(alert: &Value) -> String {
    format!("{:<18}{}\n", text(alert, "cause"), text(alert, "text"))
}

fn job_row(job: &Value) -> String {
    format!(
        "{} {} {} {} of {} done, {} failed\n",
        text(job, "id"),
        text(job, "kind"),
        text(job, "state"),
        number(job, "done"),
        number(job, "total"),
        number(job, "failed"),
    )
}
