//! What reading commands print: text for people, or one JSON document.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use crate::outcome::Failure;

/// The choice every reading command has.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Format {
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Format {
    /// Print `document` as JSON, or `text`, whichever was asked for.
    pub(crate) fn print<T: Serialize>(
        self,
        document: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json {
            let json = serde_json::to_string_pretty(document).map_err(Failure::unable)?;
            print_line(&json)
        } else {
            print_line(text().trim_end())
        }
    }
}

/// Print a line on stdout. A reader that has gone away (`dime … | head`) is no failure.
pub(crate) fn print_line(line: &str) -> Result<(), Failure> {
    print_octets(format!("{line}\n").as_bytes())
}

/// Print octets on stdout.
pub(crate) fn print_octets(octets: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(octets).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::unable(error)),
        _ => Ok(()),
    }
}
