//! `dime trust bridge`: what a bridge between RAAs gives to those who trust it.

use clap::{Args, Subcommand};
use drip_client::chain::Way;
use drip_det::Det;

use crate::outcome::{Answer, Outcome};
use crate::output::Format;
use crate::trust::Judgement;

/// Bridges; a DIME is one by 'bridge = true' in its configuration, and asks for its members' endorsements in ceremonies
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Whether a bridge is trusted, and which RAAs are over it
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The bridge's Authorization DET: it is taken to be a bridge
    #[arg(id = "DET", value_name = "DET")]
    det: Det,
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: Command) -> Outcome {
    match command {
        Command::Show(command) => show(&command),
    }
}

fn show(command: &Show) -> Outcome {
    let trust = command.judgement.trust()?.with_bridges(&[command.det]);
    super::print(&trust, command.format)?;
    let over_it = |links: &[drip_client::chain::Link]| {
        links.last().is_some_and(|link| link.parent == Some(command.det))
    };
    let members = trust.ways().filter(|(_, way, links)| *way == Way::Bridged && over_it(links)).count();
    Ok(if members > 0 { Answer::Yes } else { Answer::No })
}
