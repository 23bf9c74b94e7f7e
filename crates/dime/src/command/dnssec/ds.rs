//! `dime dnssec ds`: what the zone above needs, and what those who verify need.

use clap::{Args, ValueEnum};
use dime_zone::Name;
use dime_zone::dnssec::{DsDigest, KeyRing};
use serde_json::json;

use super::{DataDir, ZonesWanted};
use crate::input;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

#[derive(Debug, Args)]
pub(crate) struct ShowDs {
    #[command(flatten)]
    zones: ZonesWanted,
    /// As a trust anchor for delv and named: `trust-anchors { … };`
    #[arg(long)]
    anchor: bool,
    /// How the digest is made
    #[arg(long, value_enum, default_value_t)]
    digest: Digest,
    #[command(flatten)]
    folder: DataDir,
    #[command(flatten)]
    format: Format,
}

/// The digests that a DS can have here.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Digest {
    /// Type 2; what CDS asks for too
    #[default]
    Sha256,
    /// Type 4
    Sha384,
    /// One DS of each
    Both,
}

impl Digest {
    fn types(self) -> &'static [DsDigest] {
        match self {
            Digest::Sha256 => &[DsDigest::Sha256],
            Digest::Sha384 => &[DsDigest::Sha384],
            Digest::Both => &[DsDigest::Sha256, DsDigest::Sha384],
        }
    }
}

pub(super) fn run(command: &ShowDs) -> Outcome {
    let config = command.folder.config()?;
    let (folder, now) = (config.dnssec.folder(), input::now()?);
    let mut found: Vec<(Name, String)> = Vec::new();
    for zone in command.zones.or_all(&config)? {
        let ring = KeyRing::new(folder.load(&zone).map_err(Failure::unable)?);
        let used = ring.at(now).ok_or_else(|| Failure::No(format!("zone {zone} has no active key")))?;
        let ds = command.digest.types().iter().flat_map(|digest| used.ds_by(&zone, *digest));
        found.extend(ds.map(|ds| (zone.clone(), ds.to_string())));
    }
    let document = json!({
        "ds": found.iter().map(|(zone, ds)| json!({ "zone": zone.to_string(), "ds": ds })).collect::<Vec<_>>(),
    });
    command.format.print(&document, || {
        if command.anchor {
            anchors(&found)
        } else {
            found.iter().map(|(zone, ds)| format!("{zone} IN DS {ds}\n")).collect()
        }
    })?;
    Ok(if found.is_empty() { Answer::No } else { Answer::Yes })
}

/// A file for `delv -a`.
pub(crate) fn anchors(ds: &[(Name, String)]) -> String {
    let line = |(zone, ds): &(Name, String)| {
        let (numbers, digest) = ds.rsplit_once(' ').unwrap_or_default();
        format!("    \"{zone}\" static-ds {numbers} \"{digest}\";\n")
    };
    format!("trust-anchors {{\n{}}};\n", ds.iter().map(line).collect::<String>())
}
