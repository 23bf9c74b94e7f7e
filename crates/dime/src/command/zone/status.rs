//! `dime zone status`: how zones stand: of a running server by its control socket, of a stopped one by its journal, of any server by DNS.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use dime_zone::RecordType;
use drip_client::dns::{self, Resolver};
use serde_json::{Value, json};

use crate::config::Role;
use crate::node::control::{self, Request};
use crate::node::{layout, offline, status};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

/// Serials, DETs, signing, what peers have taken, where copies come from
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Only these zones
    zones: Vec<String>,
    /// Ask this server over DNS for the serials of the zones named
    #[arg(long, value_name = "ADDR", conflicts_with = "dir", requires = "zones")]
    dns: Option<SocketAddr>,
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "./dime-data")]
    dir: PathBuf,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: &Status) -> Outcome {
    let mut document = match command.dns {
        Some(server) => over_dns(server, &command.zones)?,
        None => in_directory(command)?,
    };
    let listed = document.get_mut("zones").and_then(Value::as_array_mut);
    if let Some(listed) = listed.filter(|_| !command.zones.is_empty()) {
        listed.retain(|zone| command.zones.iter().any(|wanted| is_same(name_of(zone), wanted)));
        let missing =
            command.zones.iter().find(|wanted| !listed.iter().any(|zone| is_same(name_of(zone), wanted)));
        if let Some(missing) = missing {
            return Err(Failure::No(format!("zone {missing} is not served there")));
        }
    }
    command.format.print(&document, || text(&document))?;
    Ok(Answer::Yes)
}

fn in_directory(command: &Status) -> Result<Value, Failure> {
    let socket = layout::control(&command.dir);
    if let Some(mut document) = control::ask(&socket, &Request::Status)? {
        if let Some(members) = document.as_object_mut() {
            members.insert("running".to_owned(), json!(true));
        }
        return Ok(document);
    }
    if offline::settings(&command.dir)?.role == Role::Secondary {
        let what = "the secondary is not running, and only a running one knows how its copies stand";
        return Err(Failure::file(&command.dir, what));
    }
    let opened = offline::copy(&command.dir)?;
    let mut document = status::of(Role::Registry, &opened.zones, &[]);
    if let Some(members) = document.as_object_mut() {
        members.insert("running".to_owned(), json!(false));
    }
    Ok(document)
}

/// What anybody can find out about zones.
fn over_dns(server: SocketAddr, zones: &[String]) -> Result<Value, Failure> {
    let resolver = Resolver::new(server);
    let mut listed = Vec::new();
    for zone in zones {
        let zone = format!("{}.", zone.trim_end_matches('.'));
        let ask =
            |record_type: RecordType| match resolver.ask(&zone, record_type.0).map_err(Failure::unable)? {
                dns::Answer::Records(records) => Ok::<_, Failure>(records),
                dns::Answer::NxDomain | dns::Answer::NoData => Ok(Vec::new()),
            };
        let serial = ask(RecordType::SOA)?.iter().find_map(|rdata| serial(rdata));
        let serial = serial.ok_or_else(|| Failure::No(format!("{server} has no SOA of {zone}")))?;
        let keys = ask(RecordType::DNSKEY)?.len();
        let servers = ask(RecordType::NS)?.len();
        listed.push(json!({ "zone": zone, "serial": serial, "keys": keys, "name_servers": servers }));
    }
    Ok(json!({ "server": server.to_string(), "zones": listed }))
}

/// The serial stands before the last four of a SOA's numbers.
fn serial(rdata: &[u8]) -> Option<u32> {
    let (_, numbers) = rdata.split_last_chunk::<20>()?;
    numbers.first_chunk().map(|serial| u32::from_be_bytes(*serial))
}

fn name_of(zone: &Value) -> &str {
    zone.get("zone").and_then(Value::as_str).unwrap_or_default()
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

fn text(document: &Value) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    if document.get("running") == Some(&json!(false)) {
        let _ = writeln!(text, "no server is running here: this is what the journal says");
    }
    let zones = document.get("zones").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for zone in zones {
        let _ = writeln!(text, "{}", name_of(zone));
        for (key, label) in [
            ("role", "role"),
            ("serial", "serial"),
            ("dets", "DETs"),
            ("signed", "signed"),
            ("keys", "DNSKEY records"),
            ("name_servers", "NS records"),
            ("delegations", "delegations"),
            ("memory", "memory, octets"),
        ] {
            if let Some(value) = zone.get(key) {
                let _ = writeln!(text, "  {label:<16} {}", word(value));
            }
        }
        for peer in zone.get("peers").and_then(Value::as_array).into_iter().flatten() {
            let part = |key| peer.get(key).map(word).unwrap_or_default();
            let _ = writeln!(
                text,
                "  {:<16} {} has {} since {}",
                "peer",
                part("peer"),
                part("serial"),
                part("at")
            );
        }
        if let Some(copy) = zone.get("copy") {
            copy_text(copy, &mut text);
        }
    }
    let refused = document.get("refused").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for zone in refused {
        let _ = writeln!(
            text,
            "{}: not served: {}",
            name_of(zone),
            zone.get("reason").map(word).unwrap_or_default()
        );
    }
    text
}

fn copy_text(copy: &Value, text: &mut String) {
    for (key, label) in [
        ("state", "copy"),
        ("primaries", "from"),
        ("catalog", "named by"),
        ("checked", "right as of"),
        ("next", "asked next"),
        ("expires", "expires"),
        ("transfers", "transfers"),
        ("fault", "fault"),
    ] {
        if let Some(value) = copy.get(key).filter(|value| !value.is_null()) {
            let _ = writeln!(text, "  {label:<16} {}", word(value));
        }
    }
}

/// A value as people read it.
fn word(value: &Value) -> String {
    match value {
        Value::Null => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(word).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            members.iter().map(|(key, value)| format!("{key} {}", word(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
