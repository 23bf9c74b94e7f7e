//! `dime cache`: offline caches: Issuing endorsements to verify with where there is no connection (draft-ietf-drip-dki, section 6).

mod export;
mod show;

use clap::Subcommand;

use crate::outcome::Outcome;

pub(crate) use show::describe;

/// Offline caches
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Get a signed cache, whole or what changed, from a server or from the directory of a stopped one
    Export(Box<export::Export>),
    /// What a cache says; with a trust anchor, whether it is believed
    Show(show::Show),
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Export(command) => export::run(&command),
        Command::Show(command) => show::run(&command),
    }
}
