//! Files of keys as octets: read with a look at who may reach them, put in place whole or not at all, by one process at a time.

use super::KeyFolderError;
use rustix::fs::{FlockOperation, flock};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// A file of a key has about 400 octets.
const MAX_LEN: u64 = 16 * 1024;

/// Whether others may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrecy {
    Public,
    Private,
}

/// Keeps others from changing keys; dropping it lets them. The end of the process, however it comes, does too.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// How a folder looks from outside: its identity and when something was put into it, renamed or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(Option<[i128; 4]>);

impl FolderLock {
    pub(super) fn take(folder: &Path) -> Result<Self, KeyFolderError> {
        let path = folder.join(".lock");
        let failed =
            |doing| move |cause: io::Error| KeyFolderError::Io { path: folder.join(".lock"), doing, cause };
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(failed("open it"))?;
        flock(&file, FlockOperation::LockExclusive).map_err(|cause| failed("lock it")(cause.into()))?;
        Ok(FolderLock { _file: file })
    }
}

impl Stamp {
    pub(super) fn of(folder: &Path) -> Self {
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Stamp(fs::metadata(folder).ok().map(|metadata| {
            [
                i128::from(metadata.dev()),
                i128::from(metadata.ino()),
                nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
                nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            ]
        }))
    }
}

/// Makes a folder that is its owner's alone, where there is none.
pub(super) fn make_folder(path: &Path) -> Result<(), KeyFolderError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|cause| KeyFolderError::Io { path: path.to_owned(), doing: "create it", cause })
}

/// Reads a file; the look at its mode and the reading are at one open file, so nothing changes in between.
pub(super) fn read(path: &Path, secrecy: Secrecy) -> Result<Zeroizing<String>, KeyFolderError> {
    let failed = |doing| move |cause| KeyFolderError::Io { path: path.to_owned(), doing, cause };
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(path).map_err(failed("open it"))?.is_file() {
        return Err(failed("read it")(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")));
    }
    let file = File::open(path).map_err(failed("open it"))?;
    let metadata = file.metadata().map_err(failed("look at its permissions"))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if secrecy == Secrecy::Private && mode & 0o077 != 0 {
        return Err(KeyFolderError::LoosePermissions { path: path.to_owned(), mode });
    }
    if metadata.len() > MAX_LEN {
        return Err(KeyFolderError::Large { path: path.to_owned() });
    }
    let mut text = Zeroizing::new(String::with_capacity(MAX_LEN as usize + 1));
    file.take(MAX_LEN + 1).read_to_string(&mut text).map_err(failed("read it"))?;
    Ok(text)
}

/// Puts a file in place whole or not at all, durably.
pub(super) fn replace(path: &Path, octets: &[u8], mode: u32) -> io::Result<()> {
    put(path, octets, mode, File::sync_all)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Puts a file in place whole or not at all; a power cut may undo it.
pub(super) fn put_soon(path: &Path, octets: &[u8], mode: u32) -> io::Result<()> {
    put(path, octets, mode, |_| Ok(()))
}

/// Writes a new file beside the one it is to replace, and renames it. What cannot be written whole, on a disk that is full for example,
/// is removed again.
fn put(
    path: &Path,
    octets: &[u8],
    mode: u32,
    settle: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // Left by somebody whom a power cut stopped here.
    let _ = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
    let written =
        file.write_all(octets).and_then(|()| settle(&file)).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
