//! `dime revoke`: end a registration; its records leave DNS before the answer comes.

use clap::Args;
use drip_cert::crl::Reason;
use drip_det::Det;
use serde_json::json;

use super::pending::row;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::{Operator, Server};

/// Revoke a DET: a manager by token, or its operator by key
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The DET
    det: String,
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Why, in the words of RFC 5280, as everybody may read it: keyCompromise, cessationOfOperation, ...
    #[arg(long, value_name = "WORD")]
    reason_code: Option<Reason>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    acting_as: Operator,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Revoke) -> Outcome {
    let det: Det =
        command.det.parse().map_err(|error| Failure::usage(format!("'{}': {error}", command.det)))?;
    let client = command.server.client_as(&command.acting_as)?;
    let path = format!("/v1/dets/{det}/revoke");
    let mut body = json!({ "reason": command.reason });
    if let (Some(code), Some(members)) = (command.reason_code, body.as_object_mut()) {
        members.insert("reason_code".to_owned(), json!(code.word()));
    }
    let registration = client.send(&path, &body)?.body;
    command.format.print(&registration, || row(&registration))?;
    Ok(Answer::Yes)
}
