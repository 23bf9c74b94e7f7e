//! The transcript of a ceremony: a text that says who, when, what and with which words. It is begun before anything is signed, never
//! written over another, and ends with the answer's digest; one without an end is of a ceremony that was broken off.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::files;
use crate::outcome::Failure;

/// A transcript that was begun.
pub(super) struct Transcript {
    path: PathBuf,
    file: File,
}

impl Transcript {
    /// Begins a transcript in a file that must not be there yet.
    pub(super) fn begin(path: &Path, text: &str) -> Result<Self, Failure> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                Failure::file(path, "the transcript of an earlier ceremony is there already, and is not overwritten: give another --out")
            }
            _ => Failure::file(path, error),
        })?;
        let mut transcript = Transcript { path: path.to_owned(), file };
        transcript.add(text).and_then(|()| files::sync_parent(path)).inspect_err(|_| {
            // Nothing was signed: what is there of it tells nothing, and would stand in the way of the next try.
            let _ = std::fs::remove_file(path);
        })?;
        Ok(transcript)
    }

    /// Adds text; durable on return.
    pub(super) fn add(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| Failure::file(&self.path, error))
    }
}

impl Transcript {
    /// Says that the ceremony failed, as far as there is space to say it.
    pub(super) fn failed(&mut self, failure: &Failure) {
        let _ = self.add(&format!(
            "  FAILED      {failure}\n  whatever was written of an answer is not to be used\n"
        ));
    }
}

/// Who is at this machine: what the operator says, or the system's name for them.
pub(super) fn operator(named: Option<&str>) -> String {
    let uid = rustix::process::getuid().as_raw();
    let account = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let account = account.map_or_else(|_| format!("uid {uid}"), |name| format!("{name} (uid {uid})"));
    let plain = |text: &str| text.escape_debug().to_string();
    match named {
        Some(named) => format!("{}, as {}", plain(named), plain(&account)),
        None => plain(&account),
    }
}
