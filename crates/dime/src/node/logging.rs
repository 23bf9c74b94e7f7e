//! Logs on stderr, by `RUST_LOG` or the configuration.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};
use crate::outcome::Failure;

/// hickory-server writes a line for every query at `info`.
const QUIET: &str = "hickory_server=warn";

/// Start logging. Call once.
pub(crate) fn start_logging(log: &Log) -> Result<(), Failure> {
    let directives = match std::env::var("RUST_LOG") {
        Ok(directives) if !directives.is_empty() => directives,
        _ => log.filter.clone(),
    };
    let wrong = |error: &dyn std::fmt::Display| Failure::usage(format!("log filter '{directives}': {error}"));
    let mut filter = EnvFilter::try_new(&directives).map_err(|error| wrong(&error))?;
    if !directives.contains("hickory_server") {
        filter = filter.add_directive(QUIET.parse().map_err(|error| wrong(&error))?);
    }
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(Failure::unable)
}
