//! A disk in memory that fails when it is told to, and remembers everything that was done to it.

use crate::disk::{Disk, Medium};
use parking_lot::{Mutex, MutexGuard};
use std::{collections::BTreeMap, io, sync::Arc};

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    names: BTreeMap<String, usize>,
    /// What is read from each file: the cache, not what is durable.
    contents: Vec<Arc<Vec<u8>>>,
    log: Vec<Operation>,
    /// Operations that change something, so far.
    count: usize,
    fault: Option<(usize, Fault)>,
    /// Octets that files may have together.
    space: Option<u64>,
    salts: u64,
    /// Octets read from each file, by its number.
    read: BTreeMap<usize, u64>,
}

/// Something that was done to a disk.
#[derive(Clone, Debug)]
pub enum Operation {
    /// A file was made.
    Create {
        /// Its name.
        name: String,
        /// Its number: files keep theirs when they are renamed.
        file: usize,
        /// Its length.
        length: u64,
    },
    /// A file was written to.
    Write {
        /// Its number.
        file: usize,
        /// Where.
        offset: u64,
        /// What.
        octets: Arc<[u8]>,
    },
    /// A file was synced.
    Sync {
        /// Its number.
        file: usize,
    },
    /// Syncing a file failed: what was not durable may be now or not, and is no longer known as such to the cache.
    SyncFailed {
        /// Its number.
        file: usize,
    },
    /// A file was renamed.
    Rename {
        /// From.
        from: String,
        /// To.
        to: String,
    },
    /// A file was removed.
    Remove {
        /// Its name.
        name: String,
    },
    /// Names were synced.
    SyncNames,
    /// Somebody was told that the change of this number happened.
    Told(u64),
}

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not done.
    NotDone,
    /// It is done, and reported as failed.
    DoneButReported,
    /// Of a write, the first half is done.
    HalfDone,
}

/// What to do about an operation.
enum Verdict {
    Do,
    Fail,
    DoAndFail,
    HalfAndFail,
}

impl Verdict {
    fn report(&self) -> io::Result<()> {
        match self {
            Verdict::Do => Ok(()),
            _ => Err(io::Error::other("a fault was injected")),
        }
    }
}

impl SimulatedDisk {
    /// An empty disk.
    pub fn new() -> Self {
        SimulatedDisk::default()
    }

    /// A disk with these files.
    pub(super) fn of(files: impl IntoIterator<Item = (String, Arc<Vec<u8>>)>, salts: u64) -> Self {
        let disk = SimulatedDisk::new();
        {
            let mut state = disk.0.lock();
            state.salts = salts;
            for (number, (name, contents)) in files.into_iter().enumerate() {
                state.names.insert(name, number);
                state.contents.push(contents);
            }
        }
        disk
    }

    /// Makes one operation fail: the one after `count` others, counted from now on.
    pub fn fail_after(&self, count: usize, fault: Fault) {
        let mut state = self.0.lock();
        state.fault = Some((state.count + count, fault));
    }

    /// Takes back a fault that is still to come; returns whether there was one.
    pub fn disarm(&self) -> bool {
        self.0.lock().fault.take().is_some()
    }

    /// How many operations have changed something.
    pub fn operations(&self) -> usize {
        self.0.lock().count
    }

    /// Lets files have so many octets together, or any number.
    pub fn limit_space(&self, octets: Option<u64>) {
        self.0.lock().space = octets;
    }

    /// Octets that were read from each file since this was last asked, by name.
    pub fn take_reads(&self) -> BTreeMap<String, u64> {
        let mut state = self.0.lock();
        let read = std::mem::take(&mut state.read);
        state.names.iter().map(|(name, file)| (name.clone(), read.get(file).copied().unwrap_or(0))).collect()
    }

    /// Octets that files have together.
    pub fn used(&self) -> u64 {
        self.0.lock().used()
    }

    /// Remembers that somebody was told of a change.
    pub fn told(&self, seq: u64) {
        self.0.lock().log.push(Operation::Told(seq));
    }

    /// What was done so far, and forgets it.
    pub fn take_log(&self) -> Vec<Operation> {
        std::mem::take(&mut self.0.lock().log)
    }

    /// The names and contents of all files, as they are read.
    pub fn files(&self) -> Vec<(String, Arc<Vec<u8>>)> {
        let state = self.0.lock();
        state.names.iter().map(|(name, file)| (name.clone(), Arc::clone(&state.contents[*file]))).collect()
    }

    /// Changes the contents of a file behind everybody's back.
    pub fn tamper(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.0.lock();
        let file = state.names[name];
        change(Arc::make_mut(&mut state.contents[file]));
    }

    /// Removes a file behind everybody's back.
    pub fn lose(&self, name: &str) {
        self.0.lock().names.remove(name);
    }
}

impl State {
    fn used(&self) -> u64 {
        self.names.values().map(|file| self.contents[*file].len() as u64).sum()
    }

    fn verdict(&mut self) -> Verdict {
        let number = self.count;
        self.count += 1;
        match self.fault {
            Some((at, fault)) if at == number => {
                self.fault = None;
                match fault {
                    Fault::NotDone => Verdict::Fail,
                    Fault::DoneButReported => Verdict::DoAndFail,
                    Fault::HalfDone => Verdict::HalfAndFail,
                }
            }
            _ => Verdict::Do,
        }
    }

    fn missing(name: &str) -> io::Error {
        io::Error::new(io::ErrorKind::NotFound, name.to_owned())
    }
}

/// Does what `work` says, unless the operation is to fail.
fn perform(
    mut state: MutexGuard<'_, State>,
    work: impl FnOnce(&mut State) -> io::Result<()>,
) -> io::Result<()> {
    let verdict = state.verdict();
    if !matches!(verdict, Verdict::Fail) {
        work(&mut state)?;
    }
    verdict.report()
}

impl Disk for SimulatedDisk {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.0.lock().names.keys().cloned().collect())
    }

    fn create(&self, name: &str, length: u64) -> io::Result<Arc<dyn Medium>> {
        let state = self.0.lock();
        let replaced = state.names.get(name).map_or(0, |file| state.contents[*file].len() as u64);
        if state.space.is_some_and(|space| state.used() - replaced + length > space) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        let file = state.contents.len();
        perform(state, |state| {
            state.contents.push(Arc::new(vec![0; length as usize]));
            state.names.insert(name.to_owned(), file);
            state.log.push(Operation::Create { name: name.to_owned(), file, length });
            Ok(())
        })?;
        Ok(Arc::new(SimulatedFile { disk: self.clone(), file }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let file = *self.0.lock().names.get(name).ok_or_else(|| State::missing(name))?;
        Ok(Arc::new(SimulatedFile { disk: self.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        perform(self.0.lock(), |state| {
            let file = state.names.remove(from).ok_or_else(|| State::missing(from))?;
            state.names.insert(to.to_owned(), file);
            state.log.push(Operation::Rename { from: from.to_owned(), to: to.to_owned() });
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        perform(self.0.lock(), |state| {
            state.names.remove(name).ok_or_else(|| State::missing(name))?;
            state.log.push(Operation::Remove { name: name.to_owned() });
            Ok(())
        })
    }

    fn sync(&self) -> io::Result<()> {
        perform(self.0.lock(), |state| {
            state.log.push(Operation::SyncNames);
            Ok(())
        })
    }

    fn salt(&self) -> io::Result<[u8; 8]> {
        let mut state = self.0.lock();
        state.salts += 1;
        Ok(state.salts.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes())
    }
}

struct SimulatedFile {
    disk: SimulatedDisk,
    file: usize,
}

impl Medium for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.0.lock().contents[self.file].len() as u64)
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        let mut state = self.disk.0.lock();
        *state.read.entry(self.file).or_default() += octets.len() as u64;
        let from = offset as usize;
        let held = state.contents[self.file].get(from..from + octets.len());
        octets.copy_from_slice(held.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()> {
        let mut state = self.disk.0.lock();
        let verdict = state.verdict();
        let done = match verdict {
            Verdict::Fail => &[],
            Verdict::HalfAndFail => &octets[..octets.len() / 2],
            Verdict::Do | Verdict::DoAndFail => octets,
        };
        let from = offset as usize;
        Arc::make_mut(&mut state.contents[self.file])[from..from + done.len()].copy_from_slice(done);
        state.log.push(Operation::Write { file: self.file, offset, octets: done.into() });
        verdict.report()
    }

    fn sync(&self) -> io::Result<()> {
        let verdict = {
            let mut state = self.disk.0.lock();
            let verdict = state.verdict();
            state.log.push(match verdict {
                Verdict::Do | Verdict::DoAndFail => Operation::Sync { file: self.file },
                Verdict::Fail | Verdict::HalfAndFail => Operation::SyncFailed { file: self.file },
            });
            verdict
        };
        // A real sync takes its time, in which others gather.
        for _ in 0..8 {
            std::thread::yield_now();
        }
        verdict.report()
    }
}
