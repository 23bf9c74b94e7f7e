//! `dime csr`: certification requests (PKCS#10).

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use drip_cert::pem::{self, Label};
use drip_det::Hid;

use crate::files;
use crate::key_input::{self, Password};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::print_octets;

/// Make a certification request
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A request signed by the key: PKCS#10, with serial number and DET where given
    New(New),
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Serial number for the subject
    #[arg(long, value_name = "SN")]
    serial: Option<String>,
    /// RAA of the DET to ask for
    #[arg(long, value_name = "N", requires = "hda")]
    raa: Option<u16>,
    /// HDA of the DET to ask for
    #[arg(long, value_name = "N", requires = "raa")]
    hda: Option<u16>,
    /// The file to write: DER if its name ends in .der, else PEM; - is stdout
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    password: Password,
}

pub(crate) fn run(command: Command) -> Outcome {
    let Command::New(new) = command;
    let key = key_input::private_key(&new.key, &new.password)?;
    let det = match (new.raa, new.hda) {
        (Some(raa), Some(hda)) => Some(key.det(Hid::from_numbers(raa, hda).map_err(Failure::usage)?)),
        _ => None,
    };
    let der = key.certification_request(new.serial, det).map_err(Failure::usage)?;
    let is_der = new.out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("der"));
    let octets = if is_der { der } else { pem::encode(Label::CertificateRequest, &der).into_bytes() };
    if new.out == Path::new("-") {
        print_octets(&octets)?;
    } else {
        files::write(&new.out, &octets)?;
    }
    Ok(Answer::Yes)
}
