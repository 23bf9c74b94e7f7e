//! `dime serve`: run what a configuration file says.

use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, ConfigError, Role};
use crate::node::open::Source;
use crate::node::{self, open, start_logging};
use crate::outcome::{Failure, Outcome};
use crate::output::print_line;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

pub(crate) fn run(command: &Serve) -> Outcome {
    let config = Config::load(&command.config).map_err(|error| match error {
        ConfigError::Invalid { .. } => Failure::usage(error),
        ConfigError::Unreadable { .. } | ConfigError::Unwritable(_) => Failure::unable(error),
    })?;
    start_logging(&config.log)?;
    let ready = |addresses: &node::Addresses| {
        let dns: Vec<String> = addresses.dns.iter().map(ToString::to_string).collect();
        print_line(&format!("ready dns={} http={}", dns.join(","), addresses.http))
    };
    match config.role {
        Role::Registry => {
            let opened = open::registry(open::store(&config.data.dir)?, &config, Source::Snapshot)?;
            node::run(opened, &config, Some(&command.config), ready)
        }
        Role::Secondary => node::secondary::run(&config, &command.config, ready),
    }
}
