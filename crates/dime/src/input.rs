//! Reading what commands are given: files, stdin, the clock, places in the hierarchy.

use std::io::Read;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use drip_det::{Hid, UnixTime};

use crate::outcome::Failure;

/// The largest file any command reads: a registration with its chain is far below.
const MAX_INPUT: u64 = 16 << 20;

/// The octets of a file; `-` is stdin.
pub(crate) fn octets(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut octets)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_INPUT + 1).read_to_end(&mut octets))
    };
    read.map_err(|error| Failure::file(path, error))?;
    if octets.len() as u64 > MAX_INPUT {
        return Err(Failure::file(path, "larger than anything this command reads (16 MiB)"));
    }
    Ok(octets)
}

/// The time of this machine.
pub(crate) fn now() -> Result<UnixTime, Failure> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|elapsed| UnixTime(elapsed.as_secs()))
        .map_err(|_| Failure::unable("this machine's clock stands before 1970"))
}

/// A moment given as RFC 3339 text or as Unix seconds.
pub(crate) fn moment(text: &str) -> Result<UnixTime, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(UnixTime(seconds));
    }
    let format = &time::format_description::well_known::Rfc3339;
    let parsed = time::OffsetDateTime::parse(text, format).map_err(|error| error.to_string())?;
    u64::try_from(parsed.unix_timestamp()).map(UnixTime).map_err(|_| "before 1970".to_owned())
}

/// A place in the hierarchy, as two arguments.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Registered Assigning Authority, 0 to 16383
    #[arg(long, value_name = "N")]
    pub(crate) raa: u16,
    /// HHIT Domain Authority, 0 to 16383
    #[arg(long, value_name = "N")]
    pub(crate) hda: u16,
}

impl Place {
    /// The HID of the two numbers.
    pub(crate) fn hid(self) -> Result<Hid, Failure> {
        Hid::from_numbers(self.raa, self.hda).map_err(Failure::usage)
    }
}
