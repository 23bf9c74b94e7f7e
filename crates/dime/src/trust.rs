//! What verifying commands have in common: anchors, the moment, how unsigned fields are judged, and the
//! report as text.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use drip_client::chain::{Anchor, Conditions, LinkKind, Report, UnsignedFields};
use drip_det::UnixTime;

use crate::input;
use crate::outcome::{Answer, Failure};

/// How to judge.
#[derive(Args, Clone, Debug)]
pub(crate) struct Judgement {
    /// Trust anchor: a certificate (PEM, DER), a self-endorsement (136 octets) or the text 'DET KEY'; may be repeated
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// Judge at this moment (RFC 3339 or Unix seconds) instead of now
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    at: Option<UnixTime>,
    /// Accept any value the standards allow in fields that no signature covers
    #[arg(long)]
    any_unsigned: bool,
}

impl Judgement {
    /// The anchors, read.
    pub(crate) fn anchors(&self) -> Result<Vec<Anchor>, Failure> {
        self.anchor
            .iter()
            .map(|path| {
                let octets = input::octets(path)?;
                Anchor::parse(&octets).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
            })
            .collect()
    }

    /// The conditions.
    pub(crate) fn conditions(&self) -> Result<Conditions, Failure> {
        let at = match self.at {
            Some(at) => at,
            None => input::now()?,
        };
        let unsigned_fields =
            if self.any_unsigned { UnsignedFields::AnyStandard } else { UnsignedFields::AsIssued };
        Ok(Conditions { at, unsigned_fields })
    }
}

/// The report for people: the verdict, then each certificate and endorsement, and whatever is broken.
pub(crate) fn text(report: &Report) -> String {
    let verdict = if report.is_trusted() { "trusted" } else { "NOT trusted" };
    let mut text = format!("{verdict} ({})\n{}\n", report.state, report.reason);
    let mut records = 0;
    for link in &report.links {
        let is_record =
            !matches!(link.kind, LinkKind::Certificate | LinkKind::Endorsement | LinkKind::Anchor);
        if is_record && link.is_ok() {
            records += 1;
            continue;
        }
        let mark = if link.is_ok() { "ok    " } else { "BROKEN" };
        // Writing to a string cannot fail.
        let _ = write!(text, "  {mark} {link}");
        if let Some(fault) = &link.fault {
            let _ = write!(text, ": {fault}");
        }
        text.push('\n');
    }
    if records > 0 {
        let _ = writeln!(text, "  ok     {records} records agree with their DETs");
    }
    text
}

/// The answer to the report's question.
pub(crate) fn answer(report: &Report) -> Result<Answer, Failure> {
    match report.state {
        drip_client::State::Unreachable => Err(Failure::unable(&report.reason)),
        _ if report.is_trusted() => Ok(Answer::Yes),
        _ => Ok(Answer::No),
    }
}
