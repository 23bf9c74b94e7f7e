//! The battery over the index on sled.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{Index, battery::Home, battery_tests};
use dime_store_sled::SledIndex;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// An index in a folder of its own.
struct Sled(TempDir);

impl Sled {
    fn new() -> Self {
        Sled(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("index")
    }
}

/// All files below a folder that have something in them, in order.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if fs::metadata(&path).unwrap().len() > 0 {
            found.push(path);
        }
    }
    found.sort();
}

impl Home for Sled {
    fn open(&self) -> Box<dyn Index> {
        Box::new(SledIndex::open(&self.path()).unwrap())
    }

    fn delete(&self) {
        if self.path().exists() {
            fs::remove_dir_all(self.path()).unwrap();
        }
    }

    /// Overwrites, cuts short, empties or removes one of sled's files.
    fn damage(&self, seed: u64) {
        let mut found = Vec::new();
        files(&self.path(), &mut found);
        let path = &found[(seed / 4) as usize % found.len()];
        let mut octets = fs::read(path).unwrap();
        match seed % 4 {
            0 => {
                let step = (octets.len() / 50).max(1);
                octets.iter_mut().step_by(step).for_each(|octet| *octet ^= 0x5a);
            }
            1 => octets.truncate(octets.len() / 2),
            2 => octets.clear(),
            _ => return fs::remove_file(path).unwrap(),
        }
        fs::write(path, octets).unwrap();
    }

    fn stride(&self) -> usize {
        11
    }
}

battery_tests!(Sled::new());
