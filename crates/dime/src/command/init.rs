//! `dime init`: a data directory for an Apex, an RAA or an HDA whose Authorization key is elsewhere, offline.
//!
//! It makes Issuing keys, their certification requests (kept in the journal until the ceremony), a configuration and a manager's token;
//! never an Authorization key. Run again on the same directory it adds another HDA, another Issuing key beside those that are there
//! (`--another`: a roll-over), or finishes what an interrupted run left undone.

mod keys;
mod next;
mod secondary;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dime_registry::{Caller, NewToken, Registry, Role as TokenRole};
use dime_store::Actor;
use dime_zone::Name;
use drip_det::{Hda, Hid, Raa};
use serde_json::json;

use crate::command::register::registry::NameServer;
use crate::config::Config;
use crate::node::{layout, offline, open};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::{dnssec, files, input};
use keys::Use;

/// Make a data directory for an Apex, an RAA or an HDA whose Authorization key stays offline, or for a secondary name server
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The level it serves
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// Its RAA number [default for an Apex: 0]
    #[arg(long, value_name = "N", required_if_eq_any = [("role", "raa"), ("role", "hda")])]
    raa: Option<u16>,
    /// Its HDA number
    #[arg(long, value_name = "N", required_if_eq("role", "hda"))]
    hda: Option<u16>,
    /// The data directory
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// A bridge RAA: it endorses other RAAs and registers no HDAs
    #[arg(long)]
    bridge: bool,
    /// An Apex that gives RAA numbers for private use, for trying things out
    #[arg(long)]
    private_raas: bool,
    /// The server of the level above, for the words about what to do next
    #[arg(long, value_name = "URL")]
    parent: Option<String>,
    /// An Issuing key for this use; repeatable, one key each
    #[arg(long = "issuing", value_name = "USE", default_values = ["all"])]
    uses: Vec<Use>,
    /// Another Issuing key for the use, beside those that are there: to roll over from one to the next
    #[arg(long)]
    another: bool,
    /// A name server of its zones, with addresses if the name lies in one of them (a single label does); repeatable
    #[arg(long = "name-server", value_name = "NAME[=ADDR,…]")]
    name_servers: Vec<NameServer>,
    /// A URI for the certificates of its Issuing DETs
    #[arg(long, value_name = "URI")]
    uri: Option<String>,
    /// Where to answer DNS
    #[arg(long, value_name = "ADDR")]
    dns: Option<SocketAddr>,
    /// Where to answer HTTP
    #[arg(long, value_name = "ADDR")]
    http: Option<SocketAddr>,
    /// A catalogue whose zones a secondary copies, or a zone; repeatable
    #[arg(long = "copy", value_name = "NAME", required_if_eq("role", "secondary"))]
    copies: Vec<Name>,
    /// The server that a secondary copies from
    #[arg(long, value_name = "ADDR", required_if_eq("role", "secondary"))]
    primary: Option<SocketAddr>,
    /// The name of the TSIG key (hmac-sha256) agreed on with the primary, whose secret is to be in DIR/keys/transfer.tsig
    #[arg(long, value_name = "NAME")]
    key: Option<Name>,
    #[command(flatten)]
    format: Format,
}

/// A level of the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    /// The root above all RAAs
    Apex,
    /// An aviation authority
    Raa,
    /// A registry below an RAA
    Hda,
    /// A name server that copies others' zones
    Secondary,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Apex => "apex",
            Self::Raa => "raa",
            Self::Hda => "hda",
            Self::Secondary => "secondary",
        }
    }
}

pub(crate) fn run(command: &Init) -> Outcome {
    if command.role == Role::Secondary {
        return secondary::run(command);
    }
    if !command.copies.is_empty() || command.primary.is_some() || command.key.is_some() {
        return Err(Failure::usage("--copy, --primary and --key are for the role secondary"));
    }
    let hid = command.place()?;
    files::make_dir(&command.dir)?;
    let mut config = configuration(command)?;
    let store = open::store(&command.dir)?;
    let keys = keys::make(command, hid, &store, &config.signing.issuing_keys)?;
    let paths = keys.iter().map(|key| key.relative.clone());
    for path in paths {
        if !config.signing.issuing_keys.iter().any(|key| key.file == path) {
            config.signing.issuing_keys.push(path.into());
        }
    }
    let new: Vec<_> = keys.iter().map(|key| key.new.clone()).collect();
    dime_registry::NewKey::add_all(&new, &store, Actor::Local, input::now()?).map_err(Failure::unable)?;
    // The registry is opened over it below.
    drop(store);
    write_configuration(command, &config)?;
    dnssec::prepare(&command.dir, &dnssec::zones_of(hid), input::now()?)?;
    write_token(command, offline::registry(&command.dir)?.as_ref())?;
    let document = json!({
        "role": command.role.name(),
        "raa": hid.raa.value(),
        "hda": hid.hda.value(),
        "dir": command.dir,
        "issuing": keys.iter().map(|key| json!({ "det": key.det.to_string(), "file": key.file, "uses": key.name })).collect::<Vec<_>>(),
    });
    command.format.print(&document, || next::text(command, hid, &keys))?;
    Ok(Answer::Yes)
}

impl Init {
    fn place(&self) -> Result<Hid, Failure> {
        let refused = |text: &str| Err(Failure::usage(text));
        let number = |number: Option<u16>| number.unwrap_or_default();
        let hid = match self.role {
            Role::Apex if number(self.raa) != 0 || number(self.hda) != 0 => {
                return refused("an Apex is RAA 0, HDA 0");
            }
            Role::Apex => Hid::new(Raa::APEX, Hda::OF_RAA),
            Role::Secondary => return refused("a secondary has no place in the hierarchy"),
            Role::Raa if number(self.hda) != 0 => return refused("an RAA itself has HDA 0"),
            Role::Raa | Role::Hda => {
                Hid::from_numbers(number(self.raa), number(self.hda)).map_err(Failure::usage)?
            }
        };
        if self.role != Role::Apex && hid.raa == Raa::APEX {
            return refused("RAA 0 is the Apex");
        }
        if self.role == Role::Hda && hid.hda.is_reserved_to_raa() {
            return refused("HDA 0, 4096, 8192 and 12288 belong to the RAA");
        }
        if self.bridge && self.role != Role::Raa {
            return refused("only an RAA can be a bridge");
        }
        if self.private_raas && self.role != Role::Apex {
            return refused("only an Apex gives RAA numbers");
        }
        Ok(hid)
    }

    /// A single label lies in the zone of the place.
    fn servers(&self, hid: Hid) -> Vec<(String, Vec<IpAddr>)> {
        let zone = match self.role {
            Role::Apex => drip_det::ZoneCut::Apex,
            Role::Raa | Role::Hda | Role::Secondary => drip_det::ZoneCut::home_of(hid),
        };
        let full = |name: &str| match name {
            name if name.ends_with('.') => name.to_owned(),
            name if name.contains('.') => format!("{name}."),
            name => format!("{name}.{}", zone.name()),
        };
        self.name_servers.iter().map(|server| (full(&server.name), server.addresses.clone())).collect()
    }
}

/// The configuration in the directory, or a new one, with what this command line says; its paths stay relative.
fn configuration(command: &Init) -> Result<Config, Failure> {
    let path = layout::config(&command.dir);
    let mut config = if path.exists() {
        let text = std::fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
        Config::parse(&path, &text).map_err(Failure::unable)?
    } else {
        Config::default()
    };
    if let Some(dns) = command.dns {
        config.dns.listen = vec![dns];
    }
    if let Some(http) = command.http {
        config.http.listen = http;
    }
    config.policy.bridge |= command.bridge;
    config.policy.private_raas |= command.private_raas;
    let servers = command.servers(command.place()?);
    if !servers.is_empty() {
        config.publication.name_servers = servers.iter().map(|(name, _)| name.clone()).collect();
        let inside = servers.into_iter().filter(|(_, addresses)| !addresses.is_empty());
        config.publication.addresses.extend(inside);
    }
    Ok(config)
}

fn write_configuration(command: &Init, config: &Config) -> Result<(), Failure> {
    let text = format!(
        "# Made by 'dime init'; every key is explained by 'dime config example'.\n{}",
        config.to_toml().map_err(Failure::unable)?
    );
    files::write(&layout::config(&command.dir), text.as_bytes())
}

/// The manager's token, if there is none yet.
fn write_token(command: &Init, registry: &Registry) -> Result<(), Failure> {
    let path = layout::token(&command.dir);
    if path.exists() {
        return Ok(());
    }
    let token = NewToken { role: TokenRole::Manager, hid: None, ttl: None, label: "init".to_owned() };
    let (_, secret) = registry.create_token(token, &Caller::Local).map_err(Failure::unable)?;
    files::write_secret(&path, format!("{}\n", secret.reveal()).as_bytes())
}
