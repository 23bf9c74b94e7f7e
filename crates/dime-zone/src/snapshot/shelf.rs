//! Where snapshots lie: few operations, so that a simulated place can fail in every way a real one can.
//!
//! A file that is being written has another name until it is whole and synced: what has its own name is whole, whatever moment the power
//! fails.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a file is called while it is written.
const UNFINISHED: &str = ".new";

/// A folder of files with flat names, of which this is the only user that writes.
pub trait Shelf: Send + Sync {
    /// The names of all files.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Begins a file, in place of what may have had the name.
    fn create(&self, name: &str) -> io::Result<Box<dyn Writing>>;

    /// Opens a file for reading.
    fn open(&self, name: &str) -> io::Result<Arc<dyn Reading>>;

    /// Gives a file another name, in place of what may have had that.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes names durable: what was created, renamed and removed.
    fn sync(&self) -> io::Result<()>;
}

/// A file that is being written, from its beginning to its end.
pub trait Writing: io::Write + Send {
    /// Makes what was written durable.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file that is read, by several at once.
pub trait Reading: Send + Sync {
    /// Its length in octets.
    fn length(&self) -> io::Result<u64>;

    /// Fills `octets` from `offset` on.
    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()>;
}

/// Puts a file on a shelf: written aside by `write`, synced, and only then given its name. What fails leaves what had the name before.
pub fn put<T>(
    shelf: &dyn Shelf,
    name: &str,
    write: impl FnOnce(&mut dyn Writing) -> io::Result<T>,
) -> io::Result<T> {
    let unfinished = format!("{name}{UNFINISHED}");
    let written = shelf.create(&unfinished).and_then(|mut file| {
        let written = write(file.as_mut())?;
        file.flush()?;
        file.sync()?;
        Ok(written)
    });
    match written.and_then(|written| shelf.rename(&unfinished, name).map(|()| written)) {
        Ok(written) => {
            shelf.sync()?;
            Ok(written)
        }
        Err(error) => {
            // On a full disk, what was taken of it is given back; what cannot be removed now is by `tidy`.
            let _ = shelf.remove(&unfinished);
            Err(error)
        }
    }
}

/// Removes every file but those that `keep` names.
pub fn tidy(shelf: &dyn Shelf, keep: impl Fn(&str) -> bool) -> io::Result<()> {
    for name in shelf.names()?.iter().filter(|name| !keep(name)) {
        shelf.remove(name)?;
    }
    Ok(())
}

/// The octets of a small file; `None` when there is none. One longer than `most` is an error.
pub fn read(shelf: &dyn Shelf, name: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match shelf.open(name) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.length()?;
    if length > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{length} octets are too many")));
    }
    let mut octets = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read(0, &mut octets)?;
    Ok(Some(octets))
}

/// A folder of the file system. Who has a right to it is for others to say: the lock of the journal beside it does.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder, which is made (for its owner only: 0700) when something is put into it.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Folder(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Shelf for Folder {
    fn names(&self) -> io::Result<Vec<String>> {
        let found = match std::fs::read_dir(&self.0) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for found in found {
            let found = found?;
            if let (true, Ok(name)) = (found.file_type()?.is_file(), found.file_name().into_string()) {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Writing>> {
        DirBuilder::new().mode(0o700).recursive(true).create(&self.0)?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(self.0.join(name))?;
        Ok(Box::new(OpenFile(file)))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Reading>> {
        Ok(Arc::new(OpenFile(File::open(self.0.join(name))?)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.0.join(from), self.0.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.0.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }
}

struct OpenFile(File);

impl io::Write for OpenFile {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Writing for OpenFile {
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}

impl Reading for OpenFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(octets, offset)
    }
}
