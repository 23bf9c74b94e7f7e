//! A shelf in memory that fails when it is told to, and knows what a power cut leaves of it: for the tests of this crate and of those that
//! keep snapshots.

use super::shelf::{Reading, Shelf, Writing};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A shelf in memory. Clones are the same shelf.
#[derive(Clone, Default)]
pub struct SimulatedShelf(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    files: BTreeMap<String, usize>,
    /// The names that a power cut leaves.
    durable: BTreeMap<String, usize>,
    contents: Vec<File>,
    /// Operations that change something, so far.
    count: usize,
    /// From which operation on all fail.
    stop: Option<usize>,
    space: Option<usize>,
    read: Arc<AtomicU64>,
}

#[derive(Clone, Default)]
struct File {
    octets: Vec<u8>,
    /// How many of them a power cut leaves.
    durable: usize,
}

/// What a power cut leaves of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsynced {
    /// Nothing.
    Lost,
    /// Half of the octets, and all names.
    Torn,
    /// All of it: the process was killed, the machine goes on.
    Kept,
}

impl SimulatedShelf {
    /// Lets all operations that change something fail, after `count` others from now on: the process is dead.
    pub fn stop_after(&self, count: usize) {
        let mut state = self.0.lock();
        state.stop = Some(state.count + count);
    }

    /// How many operations have changed something.
    pub fn operations(&self) -> usize {
        self.0.lock().count
    }

    /// Lets files have so many octets together, or any number.
    pub fn limit_space(&self, octets: Option<usize>) {
        self.0.lock().space = octets;
    }

    /// Octets that files have together.
    pub fn used(&self) -> usize {
        self.0.lock().used()
    }

    /// Octets that were read so far.
    pub fn octets_read(&self) -> u64 {
        self.0.lock().read.load(Ordering::Relaxed)
    }

    /// The shelf that is found after a power cut.
    pub fn after_power_cut(&self, unsynced: Unsynced) -> SimulatedShelf {
        let state = self.0.lock();
        let names = if unsynced == Unsynced::Lost { &state.durable } else { &state.files };
        let left = SimulatedShelf::default();
        for (name, file) in names {
            let File { octets, durable } = &state.contents[*file];
            let length = match unsynced {
                Unsynced::Lost => *durable,
                Unsynced::Torn => durable + (octets.len() - durable) / 2,
                Unsynced::Kept => octets.len(),
            };
            left.place(name, octets[..length].to_vec());
        }
        left
    }

    /// Puts a file there behind everybody's back.
    pub fn place(&self, name: &str, octets: Vec<u8>) {
        let mut state = self.0.lock();
        let file = state.contents.len();
        state.contents.push(File { durable: octets.len(), octets });
        state.files.insert(name.to_owned(), file);
        state.durable.insert(name.to_owned(), file);
    }

    /// The octets of a file.
    pub fn octets(&self, name: &str) -> Vec<u8> {
        let state = self.0.lock();
        state.contents[state.files[name]].octets.clone()
    }
}

impl State {
    fn used(&self) -> usize {
        self.files.values().map(|file| self.contents[*file].octets.len()).sum()
    }

    /// Counts an operation; tells whether it may be done.
    fn change(&mut self) -> io::Result<()> {
        self.count += 1;
        match self.stop {
            Some(stop) if self.count > stop => Err(io::Error::other("a fault was injected")),
            _ => Ok(()),
        }
    }
}

fn missing(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, name.to_owned())
}

impl Shelf for SimulatedShelf {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.0.lock().files.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Writing>> {
        let mut state = self.0.lock();
        state.change()?;
        let file = state.contents.len();
        state.contents.push(File::default());
        state.files.insert(name.to_owned(), file);
        Ok(Box::new(OpenFile { shelf: self.clone(), file }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Reading>> {
        let state = self.0.lock();
        let file = *state.files.get(name).ok_or_else(|| missing(name))?;
        Ok(Arc::new(OpenFile { shelf: self.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.0.lock();
        state.change()?;
        let file = state.files.remove(from).ok_or_else(|| missing(from))?;
        state.files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.0.lock();
        state.change()?;
        state.files.remove(name).map(|_| ()).ok_or_else(|| missing(name))
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.0.lock();
        state.change()?;
        state.durable = state.files.clone();
        Ok(())
    }
}

struct OpenFile {
    shelf: SimulatedShelf,
    file: usize,
}

impl Write for OpenFile {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let mut state = self.shelf.0.lock();
        state.change()?;
        if state.space.is_some_and(|space| state.used() + octets.len() > space) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        state.contents[self.file].octets.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Writing for OpenFile {
    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.shelf.0.lock();
        state.change()?;
        let file = &mut state.contents[self.file];
        file.durable = file.octets.len();
        Ok(())
    }
}

impl Reading for OpenFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.shelf.0.lock().contents[self.file].octets.len() as u64)
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        let state = self.shelf.0.lock();
        let from = offset as usize;
        let held = state.contents[self.file].octets.get(from..from + octets.len());
        octets.copy_from_slice(held.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        state.read.fetch_add(octets.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}
