//! `dime dnssec withdraw`: CDS and CDNSKEY that ask the zone above to have no DS (RFC 8078, section 4).

use clap::Args;
use dime_zone::dnssec::Parent;
use drip_det::ZoneCut;
use serde_json::json;

use super::{DataDir, cut};
use crate::config::Upper;
use crate::dnssec;
use crate::input;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// The zone's name
    zone: String,
    /// Ask for a DS again
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    folder: DataDir,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: &Withdraw) -> Outcome {
    let config = command.folder.config()?;
    let (cut, now) = (cut(&command.zone)?, input::now()?);
    let (folder, zone) = (config.dnssec.folder(), dnssec::name_of(cut));
    let upper = !matches!(cut, ZoneCut::Hda(_));
    if upper && !command.undo && config.dnssec.apex_and_raa == Upper::Signed {
        return Err(Failure::No(format!("zone {zone} must be signed (RFC 9886, section 7.1)")));
    }
    let _others_wait = folder.lock().map_err(Failure::unable)?;
    if folder.load(&zone).map_err(Failure::unable)?.is_empty() {
        return Err(Failure::No(format!("zone {zone} has no keys")));
    }
    let parent = if command.undo { Parent::Vouches } else { Parent::Withdraws };
    folder.ask_parent(&zone, parent, now).map_err(Failure::unable)?;
    let next = match parent {
        Parent::Vouches => "CDS asks the zone above for the DS of its keys again",
        Parent::Withdraws => {
            "CDS asks the zone above to have no DS; the zone stays signed: once the DS is gone and no cache can have it, take the keys away \
             and sign no longer, or make keys of another algorithm"
        }
    };
    let document =
        json!({ "zone": zone.to_string(), "withdrawn": parent == Parent::Withdraws, "next": next });
    command.format.print(&document, || format!("{zone}: {next}"))?;
    Ok(Answer::Yes)
}
