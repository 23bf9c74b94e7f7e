//! `dime resolve`: look a DET up in DNS, or in an offline cache, and say whether it can be trusted, and why.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use drip_client::chain::{Published, recall};
use drip_client::{Resolution, Resolver, resolve_under};
use drip_det::Det;

use crate::config::Period;
use crate::outcome::{Failure, Outcome};
use crate::output::Format;
use crate::trust::{self, Judgement};

/// Look a DET up in DNS, check every link, say what is trusted and why
#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// IPv6 text, 32 hexadecimal digits, or a name under ip6.arpa
    det: String,
    /// The name server to ask
    #[arg(long, value_name = "ADDR", env = "DIME_DNS", default_value = "127.0.0.1:5300", value_parser = server)]
    dns: SocketAddr,
    /// How long to wait for an answer before asking again (three times in all)
    #[arg(long, value_name = "TIME", default_value = "2s")]
    timeout: Period,
    /// Ask nobody: say what this offline cache knows; may be repeated for its deltas
    #[arg(long, value_name = "CACHE", conflicts_with_all = ["dns", "timeout"])]
    offline: Vec<PathBuf>,
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Resolve) -> Outcome {
    let det: Det =
        command.det.parse().map_err(|error| Failure::usage(format!("'{}': {error}", command.det)))?;
    let conditions = command.judgement.conditions()?;
    let trust = command.judgement.trust_with(&command.offline)?;
    let resolution = if command.offline.is_empty() {
        let timeout = Duration::from(command.timeout).max(Duration::from_millis(1));
        let resolver = Resolver::new(command.dns).with_patience(timeout, Resolver::ATTEMPTS);
        resolve_under(det, &resolver, &trust, &conditions)
    } else {
        Resolution { det, report: recall(det, &trust), records: Published::default() }
    };
    command.format.print(&resolution, || format!("{det}: {}", trust::text(&resolution.report)))?;
    trust::answer(&resolution.report)
}

/// An address with or without a port.
pub(crate) fn server(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    text.parse::<IpAddr>()
        .map(|address| SocketAddr::new(address, 53))
        .map_err(|_| format!("'{text}' is not an IP address with or without a port, such as 127.0.0.1:5300"))
}
