//! `dime det`: DETs from keys, and what a DET says.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use drip_det::{Det, HostIdentity, RaaAllocation, SerialNumber, SuiteId, ZoneCut};
use serde::Serialize;

use crate::input::Place;
use crate::key_input::{self, Password};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

/// Derive a DET from a key, or show what a DET says
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The DET of a key at a place in the hierarchy
    Derive(Derive),
    /// Fields, owner name, zone cuts and serial number of a DET
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Derive {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct KeySource {
    /// Private key file, Ed25519 PKCS#8 PEM
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Public key: 64 hexadecimal digits, or a file (PEM, DER or hexadecimal)
    #[arg(long, value_name = "HEX|FILE")]
    public_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// IPv6 text, 32 hexadecimal digits, or a name under ip6.arpa
    det: String,
    /// ICAO manufacturer code (4 characters), to show the serial number that encodes the DET
    #[arg(long, value_name = "CODE")]
    mfr: Option<String>,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Derive(derive) => {
            let hi = match (&derive.key.key, &derive.key.public_key) {
                (Some(file), _) => *key_input::private_key(file, &derive.password)?.hi(),
                (None, Some(text)) => key_input::host_identity(text)?,
                (None, None) => return Err(Failure::usage("give --key or --public-key")),
            };
            let det = Det::derive(derive.place.hid()?, &hi);
            let document = Document::new(det, Some(hi), None);
            derive.format.print(&document, || document.text())?;
        }
        Command::Show(show) => {
            let det: Det =
                show.det.parse().map_err(|error| Failure::usage(format!("'{}': {error}", show.det)))?;
            let serial_number = match &show.mfr {
                Some(code) => Some(SerialNumber::from_det(code, det).map_err(Failure::usage)?),
                None => None,
            };
            let document = Document::new(det, None, serial_number);
            show.format.print(&document, || document.text())?;
        }
    }
    Ok(Answer::Yes)
}

/// What is said about a DET.
#[derive(Serialize)]
pub(crate) struct Document {
    det: String,
    raa: u16,
    hda: u16,
    suite: u8,
    suite_name: &'static str,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hi: Option<String>,
    hex: String,
    owner: String,
    zones: Zones,
    raa_allocation: String,
    hda_reserved_to_raa: bool,
    hid_abbreviation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    legacy: Legacy,
}

#[derive(Serialize)]
struct Zones {
    apex: String,
    raa: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hda: Option<String>,
}

/// Names that RFC 9374 §5 gave as examples, superseded by RFC 9886.
#[derive(Serialize)]
struct Legacy {
    hhit_arpa: String,
}

impl Document {
    pub(crate) fn new(det: Det, hi: Option<HostIdentity>, serial_number: Option<SerialNumber>) -> Self {
        let hid = det.hid();
        Self {
            det: det.to_string(),
            raa: det.raa().value(),
            hda: det.hda().value(),
            suite: det.suite().0,
            suite_name: suite_name(det.suite()),
            hash: format!("{:016x}", det.hash()),
            hi: hi.map(|hi| hi.to_string()),
            hex: det.to_hex(),
            owner: det.owner_name(),
            zones: Zones {
                apex: ZoneCut::Apex.name(),
                raa: ZoneCut::raa_of(hid).name(),
                hda: ZoneCut::hda_of(hid).map(ZoneCut::name),
            },
            raa_allocation: allocation(det.raa().allocation()),
            hda_reserved_to_raa: det.hda().is_reserved_to_raa(),
            hid_abbreviation: hid.abbreviation(),
            serial_number: serial_number.map(|serial| serial.to_string()),
            legacy: Legacy {
                hhit_arpa: format!(
                    "{:016x}.{}.{}.{}.20010030.hhit.arpa",
                    det.hash(),
                    det.suite().0,
                    det.hda(),
                    det.raa()
                ),
            },
        }
    }

    fn text(&self) -> String {
        let mut lines = vec![
            ("DET", self.det.clone()),
            ("hex", self.hex.clone()),
            ("RAA", format!("{} ({})", self.raa, self.raa_allocation)),
            (
                "HDA",
                if self.hda_reserved_to_raa {
                    format!("{} (belongs to the RAA)", self.hda)
                } else {
                    self.hda.to_string()
                },
            ),
            ("suite", format!("{} ({})", self.suite, self.suite_name)),
            ("hash", self.hash.clone()),
        ];
        if let Some(hi) = &self.hi {
            lines.push(("HI", hi.clone()));
        }
        lines.push(("HID abbreviation", self.hid_abbreviation.clone()));
        lines.push(("owner name", self.owner.clone()));
        lines.push(("apex zone", self.zones.apex.clone()));
        lines.push(("RAA zone", self.zones.raa.clone()));
        if let Some(hda) = &self.zones.hda {
            lines.push(("HDA zone", hda.clone()));
        }
        if let Some(serial_number) = &self.serial_number {
            lines.push(("serial number", serial_number.clone()));
        }
        lines.push(("RFC 9374 name", self.legacy.hhit_arpa.clone()));
        lines.iter().map(|(name, value)| format!("{name:<17} {value}\n")).collect()
    }
}

fn suite_name(suite: SuiteId) -> &'static str {
    if suite == SuiteId::EDDSA_CSHAKE128 { "EdDSA/cSHAKE128" } else { "not the DET suite" }
}

fn allocation(allocation: RaaAllocation) -> String {
    match allocation {
        RaaAllocation::Iso3166 { country, .. } => format!("ISO 3166-1 country {country:03}"),
        RaaAllocation::Reserved => "reserved".to_owned(),
        RaaAllocation::Unassigned => "first come, first served".to_owned(),
        RaaAllocation::PrivateUse => "private use".to_owned(),
    }
}
