//! A file with a secret, which only its owner can read.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::outcome::Failure;

/// What no secret is longer than.
const LONGEST: u64 = 4096;

/// Reads it, if nobody else can.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, error);
    let file = std::fs::File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(Failure::file(path, "is not a file"));
    }
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        let what = format!("others than its owner can read it (mode {mode:o}): chmod 600 it");
        return Err(Failure::file(path, what));
    }
    let mut octets = Zeroizing::new(Vec::new());
    file.take(LONGEST + 1).read_to_end(&mut octets).map_err(failed)?;
    if octets.len() as u64 > LONGEST {
        return Err(Failure::file(path, "is too long for a secret"));
    }
    Ok(octets)
}
