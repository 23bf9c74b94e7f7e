//! `dime csr`: certification requests (PKCS#10, C509).

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use drip_cert::c509::C509Csr;
use drip_cert::pem::{self, Label};
use drip_det::Hid;

use crate::files;
use crate::key_input::{self, Password};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::print_octets;

/// Make a certification request
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A request signed by the key: PKCS#10 or C509, with serial number and DET where given
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
    /// The file to write: DER if its name ends in .der, C509 if in .c509, else PEM; - is stdout
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How a C509 request is signed
    #[arg(long, value_enum, default_value_t = Signed::Native)]
    c509: Signed,
    #[command(flatten)]
    password: Password,
}

/// What the signature of a C509 request covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Signed {
    /// Its CBOR: type 2; asks for a native certificate, too
    Native,
    /// The PKCS#10 request that it is: type 3
    Reencoded,
}

pub(crate) fn run(command: Command) -> Outcome {
    let Command::New(new) = command;
    let key = key_input::private_key(&new.key, &new.password)?;
    let det = match (new.raa, new.hda) {
        (Some(raa), Some(hda)) => Some(key.det(Hid::from_numbers(raa, hda).map_err(Failure::usage)?)),
        _ => None,
    };
    let octets = match Encoding::of(&new.out) {
        Encoding::C509 if new.c509 == Signed::Native => {
            key.native_request(new.serial, det).map_err(Failure::usage)?
        }
        encoding => {
            let der = key.certification_request(new.serial, det).map_err(Failure::usage)?;
            match encoding {
                Encoding::Der => der,
                Encoding::C509 => C509Csr::of_pkcs10(&der).map_err(Failure::usage)?.octets().to_vec(),
                Encoding::Pem => pem::encode(Label::CertificateRequest, &der).into_bytes(),
            }
        }
    };
    if new.out == Path::new("-") {
        print_octets(&octets)?;
    } else {
        files::write(&new.out, &octets)?;
    }
    Ok(Answer::Yes)
}

/// How a request is written, by the end of the file's name.
enum Encoding {
    Der,
    C509,
    Pem,
}

impl Encoding {
    fn of(file: &Path) -> Self {
        let ends_in =
            |end: &str| file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(end));
        match () {
            () if ends_in("der") => Self::Der,
            () if ends_in("c509") => Self::C509,
            () => Self::Pem,
        }
    }
}
