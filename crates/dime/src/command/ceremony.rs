//! `dime ceremony`: what Authorization keys sign, on a machine without a network. `request` and `import` are for the online side, `sign`
//! for the offline one, `show` for both.

mod import;
mod known;
mod medium;
mod output;
mod request;
mod say;
mod show;
mod sign;
mod transcript;

use clap::Subcommand;

pub(crate) use show::described;

use crate::outcome::Outcome;

/// Have Authorization keys sign, offline: by files or QR codes
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Online: make a request of what waits to be signed
    Request(request::Request),
    /// Offline: review a request, sign it, write the answer and a transcript
    Sign(sign::Sign),
    /// Online: take in an answer, or a bundle from the level above
    Import(import::Import),
    /// What a request, an answer or a bundle says, and its digest words
    Show(show::Show),
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Request(command) => request::run(command),
        Command::Sign(command) => sign::run(command),
        Command::Import(command) => import::run(command),
        Command::Show(command) => show::run(command),
    }
}
