//! The real disk: a folder that one process at a time holds by a lock on the file `lock`.

use super::{Disk, Medium};
use crate::OpenError;
use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};
use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

const LOCK: &str = "lock";

/// A folder of the file system, held exclusively until it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    folder: File,
    /// Its lock is the claim on the folder.
    _lock: File,
}

impl Folder {
    /// Takes hold of a folder, which is made (for its owner only: 0700) when it is missing.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        make(path).map_err(|source| OpenError::Disk { what: "making the folder", source })?;
        let lock = private()
            .create(true)
            .truncate(false)
            .open(path.join(LOCK))
            .map_err(|source| OpenError::Disk { what: "opening the lock file", source })?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(OpenError::InUse { folder: path.to_owned() }),
            Err(error) => return Err(OpenError::Disk { what: "locking the folder", source: error.into() }),
        }
        let folder =
            File::open(path).map_err(|source| OpenError::Disk { what: "opening the folder", source })?;
        Ok(Folder { path: path.to_owned(), folder, _lock: lock })
    }
}

/// Makes a folder and those above it, where they are missing, each durable in its parent.
fn make(path: &Path) -> io::Result<()> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !parent.is_dir() {
        make(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        // Who made it may have been killed before its name was durable.
        Err(_) if path.is_dir() => match File::open(parent).and_then(|parent| parent.sync_all()) {
            // What we may not read was not made by us.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            result => result,
        },
        Err(error) => Err(error),
        Ok(()) => File::open(parent)?.sync_all(),
    }
}

/// Files hold serial numbers and contacts: they are for their owner only.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

impl Disk for Folder {
    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for found in std::fs::read_dir(&self.path)? {
            let found = found?;
            // A link counts too: who moved a segment elsewhere must not get a new journal in its place.
            if let (false, Ok(name)) = (found.file_type()?.is_dir(), found.file_name().into_string())
                && name != LOCK
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// The space is not only reserved but written: the first write into reserved space makes the file system change its own
    /// records at the next sync, which takes ten times as long as overwriting.
    fn create(&self, name: &str, length: u64) -> io::Result<Arc<dyn Medium>> {
        let file = private().create(true).truncate(true).open(self.path.join(name))?;
        match fallocate(&file, FallocateFlags::empty(), 0, length) {
            // Some file systems cannot; writing the zeros finds out as well whether there is space.
            Ok(()) | Err(rustix::io::Errno::OPNOTSUPP) => {}
            Err(error) => return Err(error.into()),
        }
        let zeros = vec![0; 1 << 20];
        let mut offset = 0;
        while offset < length {
            let part = usize::try_from(length - offset).unwrap_or(usize::MAX).min(zeros.len());
            file.write_all_at(zeros.get(..part).unwrap_or(&zeros), offset)?;
            offset += part as u64;
        }
        Ok(Arc::new(OpenFile(file)))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(OpenFile(private().open(self.path.join(name))?)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.path.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        self.folder.sync_all()
    }

    fn salt(&self) -> io::Result<[u8; 8]> {
        let mut salt = [0; 8];
        getrandom::fill(&mut salt).map_err(io::Error::other)?;
        Ok(salt)
    }
}

struct OpenFile(File);

impl Medium for OpenFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(octets, offset)
    }

    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()> {
        self.0.write_all_at(octets, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}
