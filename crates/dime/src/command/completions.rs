//! `dime completions`: completions for shells.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::command::Dime;
use crate::outcome::{Answer, Outcome};
use crate::output::print_octets;

/// Completions for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(command: &Completions) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(command.shell, &mut Dime::command(), "dime", &mut text);
    print_octets(&text)?;
    Ok(Answer::Yes)
}
