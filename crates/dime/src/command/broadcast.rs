//! `dime broadcast`: what a UA sends, made from its key for testing (RFC 9575, section 6; ASTM F3411-22a).
//!
//! | sent | how often |
//! |---|---|
//! | Basic ID | every 3 seconds |
//! | Location | every second; the UA flies east at 10 m/s |
//! | Link of the UA by its HDA | every minute |
//! | the Links above it | every 5 minutes |
//! | Wrapper of Basic ID and Location, Manifest of what was sent since the one before | in turn, one every 5 seconds |

mod chain;
mod flight;
mod format;
mod mavlink;
mod schedule;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dime_sign::{LocalSigner, Operational};
use drip_det::UnixTime;
use drip_wire::broadcast::{AdditionalData, UaType};

use self::chain::Chain;
use self::flight::Place;
use self::schedule::{Plan, Transport};
use crate::key_input::{self, Password};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output;
use crate::{files, input};

/// Make the messages that a UA broadcasts, for testing
#[derive(Debug, Args)]
pub(crate) struct Broadcast {
    /// The UA's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    password: Password,
    /// What its registration gave: the directory of 'dime register', registration.json, or endorsements
    #[arg(long, value_name = "DIR|FILE")]
    registration: PathBuf,
    /// How many minutes of it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=120), conflicts_with = "count")]
    minutes: u64,
    /// How many Wrappers and Manifests, one every 5 seconds, instead of minutes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1440))]
    count: Option<u64>,
    /// When it begins (RFC 3339 or Unix seconds) instead of now
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    at: Option<UnixTime>,
    /// Where it begins: latitude and longitude in degrees, altitude above the ellipsoid in metres
    #[arg(long, value_name = "LAT,LON[,ALT]", default_value = "0,0,0", allow_hyphen_values = true)]
    location: Place,
    /// What flies: 1 aeroplane, 2 rotorcraft, … 15
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=15))]
    ua_type: u8,
    /// With a parity page, by which one lost page comes back: the default, and a must on Bluetooth 4 and Wi-Fi NAN
    #[arg(long)]
    fec: bool,
    /// Without the parity page
    #[arg(long, conflicts_with = "fec")]
    no_fec: bool,
    /// How the messages go out
    #[arg(long, value_enum, default_value_t = Transport::Legacy)]
    transport: Transport,
    /// What to write
    #[arg(long, value_enum, default_value_t = Form::Hex)]
    format: Form,
    /// MAVLink: target system
    #[arg(long, value_name = "N", default_value_t = 0)]
    target_system: u8,
    /// MAVLink: target component
    #[arg(long, value_name = "N", default_value_t = 0)]
    target_component: u8,
    /// Where to; - is stdout
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Messages of 25 octets (or packs) one behind the other, binary
    Messages,
    /// The same in hexadecimal, one a line, with the times as remarks
    Hex,
    /// Authentication pages only, in hexadecimal
    Pages,
    /// The Links, 137 octets each, binary: what a UA is loaded with
    Links,
    /// MAVLink OPEN_DRONE_ID messages, their fields as JSON
    Mavlink,
    /// Everything, as JSON
    Json,
}

pub(crate) fn run(command: &Broadcast) -> Outcome {
    let key = key_input::private_key(&command.key, &command.password)?;
    let chain = Chain::read(&command.registration, key.hi())?;
    let signer = LocalSigner::<Operational>::new(key, chain.hid()).map_err(Failure::usage)?;
    let at = match command.at {
        Some(at) => at,
        None => input::now()?,
    };
    let plan = Plan {
        at,
        seconds: command.count.map_or(command.minutes * 60, |count| count * schedule::PERIOD),
        start: command.location,
        ua_type: UaType(command.ua_type),
        additional: additional(command),
        transport: command.transport,
    };
    let sent = schedule::run(&plan, &signer, &chain)?;
    let octets = match command.format {
        Form::Messages => format::messages(&sent),
        Form::Hex => format::hex(&sent),
        Form::Pages => format::pages(&sent),
        Form::Links => chain.links().iter().flat_map(|link| link.encode()).collect(),
        Form::Mavlink => {
            let target = (command.target_system, command.target_component);
            format::document(&mavlink::document(&sent, target)?)?
        }
        Form::Json => format::document(&format::json(&sent, &chain))?,
    };
    write(&command.out, &octets)?;
    Ok(Answer::Yes)
}

/// Packs must not have parity pages, what is not in packs must, unless somebody wants to see what happens.
fn additional(command: &Broadcast) -> AdditionalData {
    match (command.transport, command.fec, command.no_fec) {
        (_, true, _) | (Transport::Legacy, _, false) => AdditionalData::Parity,
        (Transport::Extended, false, _) | (Transport::Legacy, false, true) => AdditionalData::None,
    }
}

fn write(out: &Path, octets: &[u8]) -> Result<(), Failure> {
    if out == Path::new("-") { output::print_octets(octets) } else { files::write(out, octets) }
}
