//! That an index was closed in order: then opening it need not read all of it.
//!
//! Who closes a generation has sled flush it, closes it, syncs its files, and writes down beside it what it holds and how its files are.
//! Who opens it takes that note away first, and believes it once, if all of it is still so: the mark, the fingerprint, and the length and the
//! time of the last change of every file. After a kill, a power cut, or a change by anybody else, everything is read and compared.
//!
//! | octets | content |
//! |---|---|
//! | 20 | the mark's [octets](crate::mark) |
//! | for each file, by name | its name, a zero octet, its length 8, its last change: seconds 8, nanoseconds 8 |
//! | 4 | CRC-32C of what is before |

use crate::mark::Own;
use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

fn note(path: &Path, number: u64) -> PathBuf {
    path.join(format!("generation-{number}.closed"))
}

/// Writes down that a generation, which is closed now, holds what it says.
pub(crate) fn write(path: &Path, number: u64, own: &Own) -> io::Result<()> {
    let folder = crate::generation::folder(path, number);
    let said = said(&folder, own, Files::Sync)?;
    let note = note(path, number);
    let unfinished = note.with_extension("closed.new");
    fs::write(&unfinished, &said)?;
    File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, &note)?;
    File::open(path)?.sync_all()
}

/// The note of a generation that is about to be opened. It is gone afterwards: what was opened may change.
pub(crate) fn take(path: &Path, number: u64) -> io::Result<Option<Vec<u8>>> {
    let note = note(path, number);
    let said = match fs::read(&note) {
        Ok(said) => said,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // As they are before sled touches them.
    let folder = crate::generation::folder(path, number);
    fs::remove_file(&note)?;
    File::open(path)?.sync_all()?;
    let (octets, checksum) = match said.split_last_chunk::<4>() {
        Some((octets, checksum)) => (octets, u32::from_be_bytes(*checksum)),
        None => return Ok(None),
    };
    let Some((mark, files)) = octets.split_at_checked(Own::LEN) else { return Ok(None) };
    let same = crc32c::crc32c(octets) == checksum && describe(&folder, Files::LookAt)? == files;
    Ok(same.then(|| mark.to_vec()))
}

/// What to do with the files that are described.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    Sync,
    LookAt,
}

fn said(folder: &Path, own: &Own, files: Files) -> io::Result<Vec<u8>> {
    let mut said = own.encode();
    said.extend(describe(folder, files)?);
    said.extend_from_slice(&crc32c::crc32c(&said).to_be_bytes());
    Ok(said)
}

/// The files of a generation, those of its folders too.
fn describe(folder: &Path, files: Files) -> io::Result<Vec<u8>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|found| found.map(|found| found.path())).collect::<io::Result<_>>()?;
    paths.sort();
    let mut said = Vec::new();
    for path in paths {
        let metadata = fs::metadata(&path)?;
        if metadata.is_dir() {
            said.extend(describe(&path, files)?);
        } else {
            if files == Files::Sync {
                File::open(&path)?.sync_all()?;
            }
            said.extend(path.file_name().unwrap_or_default().as_encoded_bytes());
            said.push(0);
            said.extend_from_slice(&metadata.len().to_be_bytes());
            said.extend_from_slice(&metadata.mtime().to_be_bytes());
            said.extend_from_slice(&metadata.mtime_nsec().to_be_bytes());
        }
    }
    if files == Files::Sync {
        File::open(folder)?.sync_all()?;
    }
    Ok(said)
}
