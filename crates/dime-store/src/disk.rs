//! The disk under the journal: few operations, so that a simulated one can fail in every way a real one can.
//!
//! What an operation did is certain only after a [`sync`](Medium::sync): before it, a power cut may keep, drop or reorder writes, and
//! tear one in the middle. After a failed sync nothing is certain, not even a later sync that succeeds.

mod folder;

pub use folder::Folder;
use std::{io, sync::Arc};

/// A folder of files with flat names, of which this is the only user.
pub trait Disk: Send + Sync {
    /// The names of all files that belong to the journal.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Makes a file of `length` zero octets, with its space taken on the disk, in place of what may have had the name.
    /// A full disk is told here, not later.
    fn create(&self, name: &str, length: u64) -> io::Result<Arc<dyn Medium>>;

    /// Opens a file for reading and writing.
    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>>;

    /// Gives a file another name, in place of what may have had that.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes names durable: what was created, renamed and removed.
    fn sync(&self) -> io::Result<()>;

    /// Eight octets that nobody can guess.
    fn salt(&self) -> io::Result<[u8; 8]>;
}

/// An open file of a length that never changes.
pub trait Medium: Send + Sync {
    /// Its length in octets.
    fn length(&self) -> io::Result<u64>;

    /// Fills `octets` from `offset` on.
    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()>;

    /// Writes all `octets` from `offset` on.
    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()>;

    /// Makes what was written durable.
    fn sync(&self) -> io::Result<()>;
}
