//! `dime dnssec roll` and `ds-published`: replacing keys (RFC 6781, section 4.1).

use clap::Args;
use dime_zone::Name;
use dime_zone::dnssec::{
    KeyFolder, KeyRole, RollTiming, parent_follows, parent_has_new_ds, replace_compromised, roll_ksk,
    roll_zsk,
};
use drip_det::{UnixTime, ZoneCut};
use serde_json::json;

use super::{DataDir, cut};
use crate::config::Config;
use crate::dnssec;
use crate::input;
use crate::node::{layout, offline};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

#[derive(Debug, Args)]
pub(crate) struct RollKey {
    /// The zone's name
    zone: String,
    /// Replace the key-signing key, or the combined key
    #[arg(long, required_unless_present = "zsk", conflicts_with = "zsk")]
    ksk: bool,
    /// Replace the zone-signing key
    #[arg(long)]
    zsk: bool,
    /// The key is in wrong hands: replace it as soon as caches allow, with every other key of its kind, whatever roll-over is under way
    /// (RFC 6781, section 4.2). A DNSKEY set that has the old ZSK can be shown to others until its signature ends; replace the KSK, too,
    /// where that is too long
    #[arg(long)]
    compromised: bool,
    #[command(flatten)]
    folder: DataDir,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct DsPublished {
    /// The zone's name
    zone: String,
    #[command(flatten)]
    folder: DataDir,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: &RollKey) -> Outcome {
    let config = command.folder.config()?;
    let (cut, now) = (cut(&command.zone)?, input::now()?);
    let (folder, zone) = (config.dnssec.folder(), dnssec::name_of(cut));
    let above = above(&command.folder, cut)?;
    let timing = timing(&config, above);
    dnssec::finish_rolls(&config, cut, now)?;
    let role = if command.zsk { KeyRole::ZoneSigning } else { KeyRole::KeySigning };
    let tag = dnssec::roll(&folder, &zone, &timing, now, |keys, timing, now| {
        let roll = match role {
            _ if command.compromised => replace_compromised(keys, role, timing, now)?,
            KeyRole::ZoneSigning => roll_zsk(keys, timing, now)?,
            KeyRole::KeySigning => roll_ksk(keys, timing, now)?,
        };
        // The end is known already: written in one go with the beginning, so that nothing can come in between.
        Ok(if role == KeyRole::KeySigning && above == Above::Here {
            parent_follows(roll, timing)
        } else {
            roll
        })
    })?;
    let what_next = match role {
        KeyRole::ZoneSigning if command.compromised => {
            "it signs from now on; the others go once no cache needs them, by themselves".to_owned()
        }
        KeyRole::ZoneSigning => {
            "the new key takes over and the old one goes at their times, by themselves".to_owned()
        }
        KeyRole::KeySigning => ksk_next(&folder, &zone, tag, above)?,
    };
    let document = json!({ "zone": zone.to_string(), "new": tag, "next": what_next });
    command.format.print(&document, || format!("{zone}: new key {tag:05}; {what_next}"))?;
    Ok(Answer::Yes)
}

/// What happens, or must be done, after a new KSK is published.
fn ksk_next(folder: &KeyFolder, zone: &Name, tag: u16, above: Above) -> Result<String, Failure> {
    let keys = folder.load(zone).map_err(Failure::unable)?;
    let sync = keys.iter().find(|key| key.tag() == tag).and_then(|key| key.times.sync_publish);
    let sync = sync.unwrap_or(UnixTime(0));
    if above == Above::Elsewhere {
        return Ok(format!(
            "from {sync} on CDS asks the zone above for the new DS (`dime dnssec ds {zone}` shows it then); once the zone above has it and \
             not the old one: dime dnssec ds-published {zone}"
        ));
    }
    Ok(format!(
        "the zone above, served here, has the new DS from {sync} on, and the old key goes at its time, by itself"
    ))
}

pub(super) fn run_published(command: &DsPublished) -> Outcome {
    let config = command.folder.config()?;
    let (cut, now) = (cut(&command.zone)?, input::now()?);
    let (folder, zone) = (config.dnssec.folder(), dnssec::name_of(cut));
    let timing = timing(&config, above(&command.folder, cut)?);
    let _others_wait = folder.lock().map_err(Failure::unable)?;
    let keys = folder.load(&zone).map_err(Failure::unable)?;
    let changes = parent_has_new_ds(&keys.iter().collect::<Vec<_>>(), &timing, now)
        .map_err(|error| Failure::No(format!("zone {zone}: {error}")))?;
    let end = changes.first().and_then(|(_, times)| times.delete).unwrap_or(now);
    let tags: Vec<u16> = changes.iter().map(|(tag, _)| *tag).collect();
    dnssec::set_times(&folder, &zone, changes)?;
    let document = json!({ "zone": zone.to_string(), "retired": tags, "at": end.to_string() });
    command.format.print(&document, || format!("{zone}: the old key {tags:?} goes at {end}"))?;
    Ok(Answer::Yes)
}

fn timing(config: &Config, above: Above) -> RollTiming {
    let ds_ttl = (above == Above::Here).then_some(config.publication.authority_ttl);
    config.dnssec.timing(&config.publication, ds_ttl)
}

/// Where the zone above is served.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    /// By the server of this data directory: its DS follows CDS by itself.
    Here,
    /// By another.
    Elsewhere,
}

fn above(folder: &DataDir, cut: ZoneCut) -> Result<Above, Failure> {
    if !layout::journal(folder.path()).is_dir() {
        return Ok(Above::Elsewhere);
    }
    let served = offline::copy(folder.path())?.zones.summaries();
    let is_served = |cut: &ZoneCut| served.iter().any(|summary| summary.cut == *cut);
    let mut cuts = std::iter::successors(cut.parent(), |cut| cut.parent());
    Ok(if cuts.any(|cut| is_served(&cut)) { Above::Here } else { Above::Elsewhere })
}
