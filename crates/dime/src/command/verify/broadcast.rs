//! `dime verify` of what goes over the air: an observer hears it, and says in what state the UA is.

use std::fmt::Write;

use clap::Args;
use drip_client::chain::{Conditions, Trust};
use drip_client::observe::{Observer, Reception, Settings, Transmitter, TrustedKeys, Verdict};
use drip_det::{DripTime, UnixTime};
use drip_wire::broadcast::{Link, Sam};

use crate::object::Object;
use crate::object::broadcast::Broadcast;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

/// How broadcasts are judged.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Options {
    /// For broadcasts: believe the times of reception that are written in the file
    #[arg(long)]
    as_recorded: bool,
}

/// Everything in the files is from one transmitter.
const TRANSMITTER: Transmitter = Transmitter(0);

/// Whether something that was found is signed by a UA, so that an observer must judge it. A Link by itself is an endorsement.
pub(super) fn concerns(objects: &[Object]) -> bool {
    objects.iter().any(|object| matches!(object, Object::Broadcast(broadcast) if broadcast.link().is_none()))
}

/// Judge everything, in order.
pub(super) fn run(
    objects: Vec<Object>,
    trust: &Trust,
    conditions: &Conditions,
    options: Options,
    format: Format,
) -> Outcome {
    let mut observer = Observer::new(TrustedKeys::new(trust.clone()), Settings::default());
    let mut now = conditions.at;
    for object in objects {
        match object {
            Object::Endorsement(endorsement) => {
                hear_sam(&mut observer, Sam::Link(Link::new(endorsement)), now);
            }
            Object::Broadcast(broadcast) => now = hear(&mut observer, *broadcast, now, options),
            // What else came with it says nothing of the UA on the air.
            _ => {}
        }
    }
    observer.finish(now);
    let verdict = observer
        .verdict(TRANSMITTER, now)
        .ok_or_else(|| Failure::unable("there is nothing in it that was broadcast"))?;
    format.print(&verdict, || text(&verdict))?;
    Ok(if verdict.state.holds() { Answer::Yes } else { Answer::No })
}

/// Hear it; the time of the last of it.
fn hear(
    observer: &mut Observer<TrustedKeys>,
    broadcast: Broadcast,
    now: UnixTime,
    options: Options,
) -> UnixTime {
    match broadcast {
        Broadcast::Sam(sam) => {
            hear_sam(observer, *sam, now);
            now
        }
        Broadcast::Stream(heard) => {
            let mut last = now;
            for heard in heard {
                let at = if options.as_recorded { heard.at.unwrap_or(last) } else { now };
                last = at;
                let reception = Reception { at, transmitter: TRANSMITTER };
                // It was decoded when it was recognised, and is encoded as it was.
                let _ = observer.hear(&reception, &heard.message.encode());
            }
            last
        }
    }
}

/// Without its pages a format has no timestamp: the beginning of its validity stands for it.
fn hear_sam(observer: &mut Observer<TrustedKeys>, sam: Sam, at: UnixTime) {
    let timestamp = sam.evidence().map_or(DripTime(0), |evidence| evidence.body().vnb());
    observer.hear_sam(&Reception { at, transmitter: TRANSMITTER }, sam, timestamp);
}

fn text(verdict: &Verdict) -> String {
    let state = verdict.state;
    let det = verdict.det.map_or_else(|| "a UA without DET".to_owned(), |det| det.to_string());
    let mut text = format!("{det}: {state} ({})\n{}\n", state.colour(), verdict.reason);
    for link in &verdict.links {
        let mark = if link.is_ok() { "ok    " } else { "BROKEN" };
        // Writing to a string cannot fail.
        let _ = write!(text, "  {mark} {link}");
        if let Some(fault) = &link.fault {
            let _ = write!(text, ": {fault}");
        }
        text.push('\n');
    }
    for finding in &verdict.findings {
        let _ = writeln!(text, "  {} {finding}", finding.at);
    }
    let _ = writeln!(text, "  {} of {} messages are signed", verdict.signed_messages, verdict.messages);
    text
}
