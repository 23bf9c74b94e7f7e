//! `dime config`: the configuration file, explained and checked.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::config::{Config, EXAMPLE};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::{print_line, print_octets};

/// The configuration file
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print a file with every key and its default
    Example,
    /// Read a file and say what is wrong with it
    Check(Check),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The file
    #[arg(default_value = "dime.toml")]
    file: PathBuf,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Example => print_octets(EXAMPLE.as_bytes())?,
        Command::Check(check) => match Config::load(&check.file) {
            Ok(_) => print_line(&format!("{}: in order", check.file.display()))?,
            Err(error @ crate::config::ConfigError::Invalid { .. }) => {
                return Err(Failure::No(error.to_string()));
            }
            Err(error) => return Err(Failure::unable(error)),
        },
    }
    Ok(Answer::Yes)
}
