//! A copy of the journal in memory: to read a registry whose server is running, or to look without
//! touching anything.
//!
//! It is a [`Disk`] whose files were read once and whose writes stay in memory, so the store opens over
//! it as over the real one, with a torn end cut off in the copy only.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dime_store::disk::{Disk, Medium};
use dime_store::{MemoryIndex, OpenError, Options, Store};

use crate::outcome::Failure;

/// How often to copy again when the copy looks damaged: a server may be writing while we read.
const ATTEMPTS: usize = 3;

/// Open the store in `journal` without its lock and without a trace.
pub(super) fn store(journal: &Path) -> Result<Arc<Store>, Failure> {
    let mut attempt = 1;
    loop {
        let disk = Copy::of(journal).map_err(|error| Failure::file(journal, error))?;
        match Store::open_on(Box::new(disk), Box::new(MemoryIndex::default()), Options::default()) {
            Ok(store) => return Ok(Arc::new(store)),
            Err(OpenError::Corrupt(_)) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(Failure::file(journal, error)),
        }
    }
}

/// The files, by name.
#[derive(Default)]
struct Copy {
    files: Mutex<BTreeMap<String, Arc<File>>>,
}

/// The octets of a file.
struct File(Mutex<Vec<u8>>);

impl Copy {
    fn of(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if let (true, Ok(name)) = (entry.file_type()?.is_file(), entry.file_name().into_string())
                && name != "lock"
            {
                let octets = std::fs::read(entry.path())?;
                files.insert(name, Arc::new(File(Mutex::new(octets))));
            }
        }
        Ok(Self { files: Mutex::new(files) })
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Arc<File>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_file(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, name.to_owned())
}

impl Disk for Copy {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.files().keys().cloned().collect())
    }

    fn create(&self, name: &str, length: u64) -> io::Result<Arc<dyn Medium>> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let file = Arc::new(File(Mutex::new(vec![0; length])));
        self.files().insert(name.to_owned(), Arc::clone(&file));
        Ok(file)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let file = self.files().get(name).cloned().ok_or_else(|| no_file(name))?;
        Ok(file)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.files();
        let file = files.remove(from).ok_or_else(|| no_file(from))?;
        files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.files().remove(name).map(|_| ()).ok_or_else(|| no_file(name))
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn salt(&self) -> io::Result<[u8; 8]> {
        let mut salt = [0; 8];
        getrandom::fill(&mut salt).map_err(io::Error::other)?;
        Ok(salt)
    }
}

impl File {
    fn octets(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The range of `length` octets from `offset` on, as indices.
fn range(offset: u64, length: usize) -> io::Result<std::ops::Range<usize>> {
    let start = usize::try_from(offset).map_err(io::Error::other)?;
    let end = start.checked_add(length).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    Ok(start..end)
}

impl Medium for File {
    fn length(&self) -> io::Result<u64> {
        u64::try_from(self.octets().len()).map_err(io::Error::other)
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        let range = range(offset, octets.len())?;
        let held = self.octets();
        let part = held.get(range).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        octets.copy_from_slice(part);
        Ok(())
    }

    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()> {
        let range = range(offset, octets.len())?;
        let mut held = self.octets();
        let part = held.get_mut(range).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        part.copy_from_slice(octets);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
