//! Writing files that are no secrets, and files that are.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::outcome::Failure;

/// Write a file, replacing what was there.
pub(crate) fn write(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, octets).map_err(|error| Failure::file(path, error))
}

/// Write a new file that only its owner can read; one that is there already is an error.
pub(crate) fn write_secret(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Failure::file(path, error))?;
    file.write_all(octets).and_then(|()| file.sync_all()).map_err(|error| Failure::file(path, error))?;
    sync_parent(path)
}

/// Write a new file whole or not at all: whoever looks, at whatever moment the power fails, sees all of it or none. One that is there
/// already is an error, and stays as it is.
pub(crate) fn write_new(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let written =
        File::create(part).and_then(|mut file| file.write_all(octets).and_then(|()| file.sync_all()));
    if let Err(error) = written {
        // A full disk has more use for its space than for half a file.
        let _ = std::fs::remove_file(part);
        return Err(Failure::file(part, error));
    }
    renameat_with(CWD, part, CWD, path, RenameFlags::NOREPLACE).map_err(|error| {
        // The other's content is no use to anybody.
        let _ = std::fs::remove_file(part);
        Failure::file(path, error)
    })?;
    sync_parent(path)
}

/// Hold a lock file, which is made; one that another process holds is an error. The lock ends with the value.
pub(crate) fn lock(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(|error| Failure::file(path, error))?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(Failure::file(path, "another server uses this directory")),
        Err(error) => Err(Failure::file(path, error)),
    }
}

/// Refuse a path where something is already.
pub(crate) fn absent(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(_) => Err(Failure::file(path, "is there already, and is not overwritten")),
        Err(_) => Ok(()),
    }
}

/// Make the name of a file or directory durable: without it a power cut may take the name, whatever was written under it.
pub(crate) fn sync_parent(path: &Path) -> Result<(), Failure> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(parent).and_then(|parent| parent.sync_all()).map_err(|error| Failure::file(parent, error))
}

/// Make a directory and those above it.
pub(crate) fn make_dir(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::file(path, error))
}

/// Make a directory that only its owner can enter.
pub(crate) fn make_private_dir(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| Failure::file(path, error))?;
    sync_parent(path)
}
