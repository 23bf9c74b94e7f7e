//! The `dime` binary: command line, configuration, and the planes put together in one process.
//!
//! | module | does |
//! |---|---|
//! | [`command`] | one file a command |
//! | [`config`] | `dime.toml` |
//! | [`node`] | store, registry, name server and HTTP server, started and stopped together |
//! | [`outcome`], [`output`] | exit codes, text and JSON |
//! | [`input`], [`key_input`], [`object`] | reading files, keys, and whatever DRIP object is in them |
//! | [`dnssec`] | the keys of zones: made, rolled over |
//! | [`remote`], [`trust`] | what commands share that ask a registrar, or judge chains |

mod command;
mod config;
mod dnssec;
mod files;
mod input;
mod key_input;
mod node;
mod object;
mod outcome;
mod output;
mod remote;
mod trust;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let line = command::Dime::parse();
    outcome::exit_code(command::run(line))
}
