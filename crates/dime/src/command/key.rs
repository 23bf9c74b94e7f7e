//! `dime key`: Ed25519 key files (PKCS#8 PEM, mode 0600, never overwritten).

use std::path::PathBuf;

use clap::{Args, Subcommand};
use dime_sign::{PrivateKey, key_file};
use drip_cert::pem::{self, Label};
use serde::Serialize;

use crate::key_input::{self, Password};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;

/// Make or show an Ed25519 key file
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key; an existing file is never touched
    New(New),
    /// The public half of a key
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The file to write, mode 0600
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Encrypt it with a password (PBES2, scrypt)
    #[arg(long)]
    encrypt: bool,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The key file
    file: PathBuf,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Document {
    file: String,
    algorithm: &'static str,
    hi: String,
    public_key: String,
}

pub(crate) fn run(command: Command) -> Outcome {
    let (file, key, format) = match command {
        Command::New(new) => {
            if new.password.password_file.is_some() && !new.encrypt {
                return Err(Failure::usage("--password-file needs --encrypt"));
            }
            let password = if new.encrypt { Some(new.password.new_one(&new.out)?) } else { None };
            let key = PrivateKey::generate().map_err(Failure::unable)?;
            key_file::create_new(&new.out, &key, password.as_deref()).map_err(Failure::unable)?;
            (new.out, key, new.format)
        }
        Command::Show(show) => {
            let key = key_input::private_key(&show.file, &show.password)?;
            (show.file, key, show.format)
        }
    };
    let document = Document {
        file: file.display().to_string(),
        algorithm: "Ed25519",
        hi: key.hi().to_string(),
        public_key: pem::encode(Label::PublicKey, &key_input::spki(key.hi())),
    };
    format.print(&document, || {
        format!(
            "file       {}\nalgorithm  {}\nHI         {}\n{}",
            document.file, document.algorithm, document.hi, document.public_key
        )
    })?;
    Ok(Answer::Yes)
}
