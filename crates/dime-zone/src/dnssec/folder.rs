//! Keys on disk, in a folder that BIND's tools read and write too, and what the signer remembers of each zone.
//!
//! | file | content |
//! |---|---|
//! | `K<zone>+<algorithm>+<tag>.key` | the DNSKEY record |
//! | `K<zone>+<algorithm>+<tag>.private` | the private key and its times; mode 0600 |
//! | `<zone>signed` | when the zone's signing last changed: keeps serials going up over restarts; may be deleted |
//! | `<zone>withdrawn` | there while CDS asks the zone above to have no DS |
//! | `.lock` | held while keys are planned and written, by one process at a time |

use super::{
    Algorithm, KeyTextError, KeyTimes, Parent, ZoneKey, key_file,
    key_io::{FolderLock, Secrecy, Stamp, make_folder, put_soon, read, replace},
};
use crate::Name;
use drip_det::UnixTime;
use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// A folder of zones' keys.
#[derive(Clone, Debug)]
pub struct KeyFolder {
    path: PathBuf,
    access: Access,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Write,
    ReadOnly,
}

/// Why a key cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFolderError {
    /// A file cannot be read or written.
    #[error("{}: cannot {doing}: {cause}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// Others than its owner may read or write it.
    #[error("{} has mode {mode:04o}: others can reach this private key; run `chmod 600 {}`", .path.display(), .path.display())]
    LoosePermissions {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Others than its owner may put keys into the folder.
    #[error("{} has mode {mode:04o}: others can put keys into it; run `chmod go-w {}`", .path.display(), .path.display())]
    LooseFolder {
        /// The folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Its text is wrong.
    #[error("{}: {cause}", .path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        cause: KeyTextError,
    },
    /// It is larger than a key can be.
    #[error("{} is no key file: larger than 16 KiB", .path.display())]
    Large {
        /// The file.
        path: PathBuf,
    },
    /// The name of the file says another key tag or algorithm.
    #[error("{} holds the key with tag {tag:05} of algorithm {algorithm}: its name says another", .path.display())]
    Misnamed {
        /// The file.
        path: PathBuf,
        /// The key's tag.
        tag: u16,
        /// Its algorithm.
        algorithm: u8,
    },
    /// A key with this tag is there already.
    #[error("{} exists already; a key is never overwritten", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// An algorithm is there by halves.
    #[error(
        "zone {zone} has a key of algorithm {algorithm} and is not signed with it throughout: a KSK and a ZSK of it must be active, or no \
         key of it published (RFC 4035, section 2.2); to change the algorithm, withdraw the DS, and begin anew when it is forgotten"
    )]
    Mixed {
        /// The zone.
        zone: Name,
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// The folder was opened to look only.
    #[error("{} is open for reading only", .0.display())]
    ReadOnly(PathBuf),
}

/// What the signer remembers of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    /// What is added to the number of the last change to make the serial.
    pub(crate) offset: u32,
    /// The zone's clock.
    pub(crate) slot: UnixTime,
    /// Which keys did what.
    pub(crate) fingerprint: [u8; 32],
}

impl KeyFolder {
    /// A folder to read from and write to. It need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        KeyFolder { path: path.into(), access: Access::Write }
    }

    /// A folder in which nothing is changed: for looking at zones beside the server that serves them.
    pub fn read_only(path: impl Into<PathBuf>) -> Self {
        KeyFolder { path: path.into(), access: Access::ReadOnly }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The zones that have keys here.
    pub fn zones(&self) -> Result<Vec<Name>, KeyFolderError> {
        let mut zones: Vec<Name> = Vec::new();
        for file in self.key_files()? {
            let zone =
                file.strip_prefix('K').and_then(|rest| rest.split_once('+')).map(|(zone, _)| zone.parse());
            if let Some(Ok(zone)) = zone {
                zones.push(zone);
            }
        }
        zones.sort_by(Name::canonical_cmp);
        zones.dedup();
        Ok(zones)
    }

    /// The keys of a zone, in use or not.
    pub fn load(&self, zone: &Name) -> Result<Vec<ZoneKey>, KeyFolderError> {
        let start = format!("K{}+", zone.to_string().to_ascii_lowercase());
        let mut keys = Vec::new();
        for file in self
            .key_files()?
            .iter()
            .filter(|file| file.to_ascii_lowercase().starts_with(&start.to_ascii_lowercase()))
        {
            keys.push(self.load_file(zone, file)?.0);
        }
        Ok(keys)
    }

    /// Keeps others from changing keys until the lock is dropped: hold it from the look at the keys that a plan is made of to the last
    /// write of that plan. Waits for who has it. Nothing else waits for it: readers see each file whole, before or after.
    pub fn lock(&self) -> Result<FolderLock, KeyFolderError> {
        self.check_writable()?;
        make_folder(&self.path)?;
        FolderLock::take(&self.path)
    }

    /// How the folder looks: another look when a file in it is put in place, renamed or removed.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::of(&self.path)
    }

    /// Writes a new key.
    pub fn create(&self, zone: &Name, key: &ZoneKey) -> Result<PathBuf, KeyFolderError> {
        self.check_writable()?;
        let io = |path: &Path| {
            let path = path.to_owned();
            move |cause| KeyFolderError::Io { path, doing: "write it", cause }
        };
        make_folder(&self.path)?;
        let public = self.path.join(file_name(zone, key.algorithm(), key.tag()));
        let private = public.with_extension("private");
        // Two keys with one tag would be told apart by trial only.
        for path in [&public, &private] {
            if path.exists() {
                return Err(KeyFolderError::Exists { path: path.clone() });
            }
        }
        // The private half first: a key without it is no key, and half a pair without the record is not seen.
        replace(&private, key_file::private_text(key, "").as_bytes(), 0o600).map_err(io(&private))?;
        replace(&public, key_file::public_text(key, zone).as_bytes(), 0o644).map_err(|cause| {
            // A private key that nobody will ever look for is not left lying about.
            let _ = fs::remove_file(&private);
            io(&public)(cause)
        })?;
        Ok(public)
    }

    /// Writes other times into the files of a key.
    pub fn set_times(&self, zone: &Name, tag: u16, times: KeyTimes) -> Result<(), KeyFolderError> {
        self.check_writable()?;
        let named = |algorithm: Algorithm| file_name(zone, algorithm, tag);
        let there = |file: &String| self.path.join(file).exists();
        let file = Algorithm::ALL.into_iter().map(named).find(there);
        let file = file.unwrap_or_else(|| named(Algorithm::default()));
        let (mut key, others) = self.load_file(zone, &file)?;
        key.times = times;
        let public = self.path.join(file);
        let private = public.with_extension("private");
        let io = |path: &Path| {
            let path = path.to_owned();
            move |cause| KeyFolderError::Io { path, doing: "write it", cause }
        };
        replace(&private, key_file::private_text(&key, &others).as_bytes(), 0o600).map_err(io(&private))?;
        replace(&public, key_file::public_text(&key, zone).as_bytes(), 0o644).map_err(io(&public))
    }

    /// Whether the zone above is asked to have no DS.
    pub fn parent(&self, zone: &Name) -> Parent {
        if self.withdrawal_file(zone).exists() { Parent::Withdraws } else { Parent::Vouches }
    }

    /// Asks the zone above to have no DS, or no longer.
    pub fn ask_parent(&self, zone: &Name, parent: Parent, now: UnixTime) -> Result<(), KeyFolderError> {
        self.check_writable()?;
        let path = self.withdrawal_file(zone);
        let done = match parent {
            Parent::Withdraws => {
                let text =
                    format!("; CDS and CDNSKEY of {zone} ask for no DS since {now} (RFC 8078, section 4).\n");
                replace(&path, text.as_bytes(), 0o644)
            }
            Parent::Vouches => match fs::remove_file(&path) {
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
                done => done,
            },
        };
        done.map_err(|cause| KeyFolderError::Io { path, doing: "change it", cause })
    }

    fn withdrawal_file(&self, zone: &Name) -> PathBuf {
        self.path.join(format!("{}withdrawn", zone.to_string().to_ascii_lowercase()))
    }

    /// What was remembered of a zone; nothing where it cannot be read.
    pub(crate) fn recall(&self, zone: &Name) -> Option<Memory> {
        let text = fs::read_to_string(self.memory_file(zone)).ok()?;
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let mut fingerprint = [0; 32];
        let digits = line("keys")?;
        for (index, octet) in fingerprint.iter_mut().enumerate() {
            *octet = u8::from_str_radix(digits.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        let (offset, slot) = (line("serial-offset")?.parse().ok()?, UnixTime(line("slot")?.parse().ok()?));
        Some(Memory { offset, slot, fingerprint })
    }

    /// Remembers something of a zone. In a folder that is open for reading nothing is remembered.
    pub(crate) fn remember(&self, zone: &Name, memory: &Memory) -> Result<(), KeyFolderError> {
        if self.access == Access::ReadOnly {
            return Ok(());
        }
        let digits: String = memory.fingerprint.iter().map(|octet| format!("{octet:02x}")).collect();
        let text = format!(
            "; When the signing of zone {zone} last changed: keeps its serial going up when dime starts anew.\n\
             serial-offset: {}\nslot: {}\nkeys: {digits}\n",
            memory.offset, memory.slot.0
        );
        let path = self.memory_file(zone);
        // Not durable: after a power cut an old memory is as good as none, the serial goes on from the clock then.
        put_soon(&path, text.as_bytes(), 0o644).map_err(|cause| KeyFolderError::Io {
            path,
            doing: "write it",
            cause,
        })
    }

    fn memory_file(&self, zone: &Name) -> PathBuf {
        self.path.join(format!("{}signed", zone.to_string().to_ascii_lowercase()))
    }

    fn check_writable(&self) -> Result<(), KeyFolderError> {
        match self.access {
            Access::Write => Ok(()),
            Access::ReadOnly => Err(KeyFolderError::ReadOnly(self.path.clone())),
        }
    }

    /// The names of all `K….key` files, sorted; none where there is no folder.
    fn key_files(&self) -> Result<Vec<String>, KeyFolderError> {
        let failed = |cause| KeyFolderError::Io { path: self.path.clone(), doing: "list it", cause };
        let entries = match fs::read_dir(&self.path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mode = fs::metadata(&self.path).map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o022 != 0 {
            return Err(KeyFolderError::LooseFolder { path: self.path.clone(), mode });
        }
        let mut files = Vec::new();
        for entry in entries {
            if let Ok(name) = entry.map_err(failed)?.file_name().into_string()
                && name.starts_with('K')
                && name.ends_with(".key")
            {
                files.push(name);
            }
        }
        files.sort();
        Ok(files)
    }

    fn load_file(&self, zone: &Name, file: &str) -> Result<(ZoneKey, Zeroizing<String>), KeyFolderError> {
        let public = self.path.join(file);
        let private = public.with_extension("private");
        let record = read(&public, Secrecy::Public)?;
        let text = |path: &Path, cause| KeyFolderError::Text { path: path.to_owned(), cause };
        // What is wrong with the record is said of its file, before the private one is looked at.
        key_file::parse_public(&record, zone).map_err(|cause| text(&public, cause))?;
        let secret = read(&private, Secrecy::Private)?;
        let (key, others) = key_file::parse(&record, &secret, zone).map_err(|cause| text(&private, cause))?;
        if file.eq_ignore_ascii_case(&file_name(zone, key.algorithm(), key.tag())) {
            Ok((key, others))
        } else {
            let algorithm = key.algorithm().number();
            Err(KeyFolderError::Misnamed { path: public, tag: key.tag(), algorithm })
        }
    }
}

fn file_name(zone: &Name, algorithm: Algorithm, tag: u16) -> String {
    format!("K{}+{:03}+{tag:05}.key", zone.to_string().to_ascii_lowercase(), algorithm.number())
}
