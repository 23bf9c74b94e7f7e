//! `dime renew`: extend a registration.

use std::path::PathBuf;

use clap::Args;
use drip_det::{Det, UnixTime};
use serde_json::json;

use super::pending::row;
use super::register::{mtls_chain, write_all};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::{Operator, Server};
use crate::{files, input};

/// Renew a DET: new endorsement and certificate, later end
#[derive(Debug, Args)]
pub(crate) struct Renew {
    /// The DET
    det: String,
    /// Until when it should be valid (RFC 3339 or Unix seconds); without it the kind's default
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    not_after: Option<UnixTime>,
    /// Directory for the new registration.json, endorsements and certificates
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    acting_as: Operator,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Renew) -> Outcome {
    let det: Det =
        command.det.parse().map_err(|error| Failure::usage(format!("'{}': {error}", command.det)))?;
    let client = command.server.client_as(&command.acting_as)?;
    let body = match command.not_after {
        Some(not_after) => json!({ "not_after": not_after.to_string() }),
        None => json!({}),
    };
    if let Some(dir) = &command.out {
        files::make_dir(dir)?;
    }
    let registration = client.send(&format!("/v1/dets/{det}/renew"), &body)?.body;
    if let Some(dir) = &command.out {
        write_all(dir, &registration)?;
        mtls_chain::write(&client, dir, &registration)?;
    }
    command.format.print(&registration, || row(&registration))?;
    Ok(Answer::Yes)
}
