//! `dime dnssec`: the keys that zones are signed with. They lie in the folder that `[dnssec] keys` of the data directory's `dime.toml`
//! names, in the form of BIND's `dnssec-keygen`; a running server takes changes up within two seconds.

pub(crate) mod ds;
mod roll;
mod status;
mod withdraw;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dime_zone::Name;
use dime_zone::dnssec::Algorithm;
use drip_det::{Raa, ZoneCut};
use serde_json::json;

use crate::config::Config;
use crate::dnssec::{self, Keys};
use crate::input;
use crate::node::offline;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

/// Keys that zones are signed with: make, look at, roll over
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the first keys of zones, a key-signing and a zone-signing key each
    Keygen(Keygen),
    /// What each key does, and what comes next
    Status(Status),
    /// Begin to replace a key
    Roll(roll::RollKey),
    /// The DS records for the zone above, or a trust anchor for those who verify
    Ds(ds::ShowDs),
    /// Say that the zone above has the new DS and no longer the old one: ends the replacement of a KSK
    DsPublished(roll::DsPublished),
    /// Ask the zone above to have no DS: the way to an unsigned zone, or to keys of another algorithm
    Withdraw(withdraw::Withdraw),
}

#[derive(Debug, Args)]
pub(crate) struct Keygen {
    #[command(flatten)]
    zones: ZonesWanted,
    /// One combined key (CSK) instead of two
    #[arg(long)]
    csk: bool,
    /// What the keys sign with: ed25519, or ecdsap256sha256, which every validator knows and which signs more slowly
    #[arg(long, value_name = "NAME", default_value_t)]
    algorithm: Algorithm,
    #[command(flatten)]
    folder: DataDir,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    zones: ZonesWanted,
    #[command(flatten)]
    folder: DataDir,
    #[command(flatten)]
    format: Format,
}

/// The zones of a command line.
#[derive(Args, Debug)]
pub(super) struct ZonesWanted {
    /// Names of zones, such as 3.e.f.f.3.0.0.1.0.0.2.ip6.arpa
    #[arg(value_name = "ZONE")]
    names: Vec<String>,
    /// The four zones of an RAA
    #[arg(long, value_name = "N")]
    raa: Option<u16>,
}

/// Where the configuration is.
#[derive(Args, Debug)]
pub(super) struct DataDir {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "./dime-data")]
    dir: PathBuf,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Keygen(command) => keygen(&command),
        Command::Status(command) => status::run(&command),
        Command::Roll(command) => roll::run(&command),
        Command::Ds(command) => ds::run(&command),
        Command::DsPublished(command) => roll::run_published(&command),
        Command::Withdraw(command) => withdraw::run(&command),
    }
}

fn keygen(command: &Keygen) -> Outcome {
    let config = command.folder.config()?;
    let folder = config.dnssec.folder();
    let zones = command.zones.names()?;
    if zones.is_empty() {
        return Err(Failure::usage("name a zone, or an RAA with --raa N"));
    }
    let keys = if command.csk { Keys::Combined } else { Keys::Split };
    let mut made = Vec::new();
    for zone in &zones {
        let tags = dnssec::make_first(&folder, zone, keys, command.algorithm, input::now()?)?;
        if tags.is_empty() {
            return Err(Failure::No(format!(
                "zone {zone} has keys already; `dime dnssec roll` replaces them"
            )));
        }
        made.push((zone, tags));
    }
    let document = json!({
        "folder": folder.path().display().to_string(),
        "zones": made.iter().map(|(zone, tags)| json!({ "zone": zone.to_string(), "tags": tags })).collect::<Vec<_>>(),
    });
    command.format.print(&document, || {
        let line = |(zone, tags): &(&Name, Vec<u16>)| {
            let tags: Vec<String> = tags.iter().map(|tag| format!("{tag:05}")).collect();
            format!("{zone} {}\n", tags.join(" "))
        };
        let lines: String = made.iter().map(line).collect();
        format!("{lines}in {}; the zone above needs: dime dnssec ds", folder.path().display())
    })?;
    Ok(Answer::Yes)
}

impl ZonesWanted {
    fn names(&self) -> Result<Vec<Name>, Failure> {
        let mut zones = self.names.iter().map(|name| zone(name)).collect::<Result<Vec<_>, _>>()?;
        if let Some(raa) = self.raa {
            let raa = Raa::new(raa).map_err(Failure::usage)?;
            zones.extend(ZoneCut::raa_zones(raa).map(dnssec::name_of));
        }
        Ok(zones)
    }

    /// The zones asked for, or all that have keys.
    fn or_all(&self, config: &Config) -> Result<Vec<Name>, Failure> {
        match self.names()? {
            none if none.is_empty() => config.dnssec.folder().zones().map_err(Failure::unable),
            zones => Ok(zones),
        }
    }
}

/// The name of a zone of the DET tree.
fn zone(text: &str) -> Result<Name, Failure> {
    cut(text).map(dnssec::name_of)
}

/// The zone that has a name.
fn cut(text: &str) -> Result<ZoneCut, Failure> {
    let name: Name = text.parse().map_err(|error| Failure::usage(format!("zone {text}: {error}")))?;
    dime_zone::Position::of(&name)
        .and_then(dime_zone::Position::cut)
        .ok_or_else(|| Failure::usage(format!("{text} is the name of no zone of an Apex, RAA or HDA")))
}

impl DataDir {
    fn path(&self) -> &Path {
        &self.dir
    }

    fn config(&self) -> Result<Config, Failure> {
        offline::settings(&self.dir)
    }
}
