//! `dime trust list walk`: the natural trust list, all RAAs in the DRIP tree of the DNS (draft-ietf-drip-dki, section 1.1.1), as a list to
//! be signed in a ceremony. Whoever is left out is named, with the reason.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use drip_client::Resolver;
use drip_client::natural::{Found, Member, Vouched, natural_list};
use drip_det::{Det, UnixTime};
use drip_wire::trust::{Role, TrustList, Trusted};
use drip_wire::validity::Validity;
use serde_json::{Value, json};

use super::list::{of_list, text};
use crate::command::resolve::server;
use crate::config::Period;
use crate::files;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::trust::Judgement;

#[derive(Debug, Args)]
pub(crate) struct Walk {
    /// The Authorization DET that is going to sign it; its own RAA is left out
    #[arg(long, value_name = "DET")]
    issuer: Det,
    /// The list's sequence: higher than that of any list before it
    #[arg(long, value_name = "N")]
    sequence: u64,
    /// A name server of the Apex, or a resolver
    #[arg(long, value_name = "ADDR", env = "DIME_DNS", default_value = "127.0.0.1:5300", value_parser = server)]
    dns: SocketAddr,
    /// How long to wait for an answer before asking again (three times in all)
    #[arg(long, value_name = "TIME", default_value = "2s")]
    timeout: Period,
    /// For how long the list holds
    #[arg(long, value_name = "PERIOD", default_value = "365d")]
    valid: Period,
    /// Where to write the list
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: &Walk) -> Outcome {
    files::absent(&command.out)?;
    let conditions = command.judgement.conditions()?;
    let trust = command.judgement.trust()?;
    let timeout = Duration::from(command.timeout).max(Duration::from_millis(1));
    let resolver = Resolver::new(command.dns).with_patience(timeout, Resolver::ATTEMPTS);
    let found = natural_list(&resolver, &trust, &conditions).map_err(Failure::unable)?;
    let own = command.issuer.hid().raa;
    let entries = found
        .iter()
        .filter(|found| found.raa != own)
        .flat_map(|found| &found.members)
        .map(entry)
        .collect::<Result<Vec<_>, _>>()?;
    if entries.is_empty() {
        let document = json!({ "raas": found.iter().map(|found| of_raa(found, own)).collect::<Vec<_>>() });
        command.format.print(&document, || said(&document))?;
        return Ok(Answer::No);
    }
    let from = conditions.at;
    let until = UnixTime(from.0.saturating_add(command.valid.seconds));
    let validity = Validity::new(from, until).map_err(Failure::usage)?;
    let list = TrustList::new(command.issuer, command.sequence, validity, entries).map_err(Failure::usage)?;
    list.check().map_err(Failure::usage)?;
    files::write_new(&command.out, &list.encode())?;
    let mut document = of_list(&list);
    if let Some(members) = document.as_object_mut() {
        members.insert("raas".to_owned(), found.iter().map(|found| of_raa(found, own)).collect());
    }
    let words = format!("{}\n{}written to  {}", text(&document), said(&document), command.out.display());
    command.format.print(&document, || words)?;
    Ok(Answer::Yes)
}

fn entry(member: &Member) -> Result<Trusted, Failure> {
    let validity = member
        .endorsement
        .map(|each| Validity::new(each.vnb.to_unix(), each.vna.to_unix()))
        .transpose()
        .map_err(Failure::usage)?;
    Ok(Trusted { det: member.anchor.det, hi: member.anchor.hi, validity, role: Role::Registry })
}

fn of_raa(found: &Found, own: drip_det::Raa) -> Value {
    let vouched = |member: &Member| match member.vouched {
        Vouched::Trusted => "a trust anchor".to_owned(),
        Vouched::Itself => "itself alone".to_owned(),
        Vouched::Stranger(det) => format!("{det}, which is no trust anchor given"),
    };
    let listed: Vec<Value> = found
        .members
        .iter()
        .map(|member| json!({ "det": member.anchor.det.to_string(), "vouched_by": vouched(member) }))
        .collect();
    let left_out: Vec<Value> = found
        .left_out
        .iter()
        .map(|each| json!({ "det": each.det.map(|det| det.to_string()), "reason": each.reason }))
        .collect();
    let own = found.raa == own;
    json!({ "raa": found.raa.value(), "own": own, "found": listed, "left_out": left_out })
}

/// A line for each that was found, and for each that was left out.
fn said(document: &Value) -> String {
    let mut lines = String::new();
    for raa in document.get("raas").and_then(Value::as_array).into_iter().flatten() {
        let number = raa.get("raa").and_then(Value::as_u64).unwrap_or_default();
        let own = raa.get("own").and_then(Value::as_bool) == Some(true);
        let each = |name: &str| raa.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let word =
            |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
        for found in each("found") {
            let (det, by) = (word(&found, "det"), word(&found, "vouched_by"));
            let what = if own { "left out    its own" } else { "listed     " };
            lines.push_str(&format!("{what} RAA {number}  {det}  vouched for by {by}\n"));
        }
        for left in each("left_out") {
            let (det, reason) = (word(&left, "det"), word(&left, "reason"));
            lines.push_str(&format!("left out    RAA {number}  {det}: {reason}\n"));
        }
    }
    lines
}
