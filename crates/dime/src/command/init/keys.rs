//! The Issuing keys of a new directory: one for each use, in files that only their owner can read.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dime_registry::{IssuingUse, Kind, NewKey};
use dime_sign::{PrivateKey, key_file};
use dime_store::Store;
use drip_det::{Det, DetClass, Hid};

use super::Init;
use crate::config::IssuingKey;
use crate::files;
use crate::node::layout;
use crate::outcome::Failure;

/// What an Issuing key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Use {
    /// Everything
    All,
    /// Aircraft, sessions, manufacturers
    Devices,
    /// Operators
    People,
    /// Services: USS and their kin
    Services,
    /// Revocation lists, status responses, offline caches
    Crl,
}

impl Use {
    fn uses(self) -> Vec<IssuingUse> {
        let kinds = |kinds: &[Kind]| kinds.iter().copied().map(IssuingUse::Kind).collect();
        match self {
            Self::All => Vec::new(),
            Self::Devices => kinds(&[Kind::Aircraft, Kind::Session, Kind::Manufacturer]),
            Self::People => kinds(&[Kind::Operator]),
            Self::Services => kinds(&[Kind::Service]),
            Self::Crl => vec![IssuingUse::Crl, IssuingUse::Ocsp, IssuingUse::Cache],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Devices => "devices",
            Self::People => "people",
            Self::Services => "services",
            Self::Crl => "crl",
        }
    }
}

/// An Issuing key that was made, or was there.
pub(super) struct Made {
    pub(super) det: Det,
    pub(super) name: &'static str,
    /// From the data directory.
    pub(super) relative: PathBuf,
    pub(super) file: PathBuf,
    pub(super) new: NewKey,
}

/// Make the keys that are not there yet; or one more for each use.
pub(super) fn make(
    command: &Init,
    hid: Hid,
    store: &Store,
    configured: &[IssuingKey],
) -> Result<Vec<Made>, Failure> {
    files::make_private_dir(&layout::keys(&command.dir))?;
    let mut made: Vec<Made> = Vec::new();
    for wanted in &command.uses {
        if made.iter().any(|key| key.name == wanted.name()) {
            return Err(Failure::usage(format!("--issuing {} is there twice", wanted.name())));
        }
        made.push(make_one(command, hid, *wanted, store, configured)?);
    }
    Ok(made)
}

fn make_one(
    command: &Init,
    hid: Hid,
    wanted: Use,
    store: &Store,
    configured: &[IssuingKey],
) -> Result<Made, Failure> {
    let stem = format!("{}-{}-{}-issuing-{}", command.role.name(), hid.raa, hid.hda, wanted.name());
    let at = |number: u32| {
        let name = if number == 1 { format!("{stem}.pem") } else { format!("{stem}-{number}.pem") };
        let relative = PathBuf::from("keys").join(&name);
        (relative, layout::keys(&command.dir).join(&name))
    };
    let load = |file: &Path| key_file::load(file, None).map_err(Failure::unable);
    let mut number = 1;
    if command.another {
        while at(number + 1).1.exists() {
            number += 1;
        }
        let (relative, last) = at(number);
        // A last one that nobody uses yet is what an interrupted run left: it is the one that is wanted.
        let is_used = last.exists()
            && (configured.iter().any(|key| key.file == relative)
                || store.authority(load(&last)?.det(hid)).map_err(Failure::unable)?.is_some());
        number += u32::from(is_used);
    }
    let (relative, file) = at(number);
    let key = if file.exists() {
        load(&file)?
    } else {
        let key = PrivateKey::generate().map_err(Failure::unable)?;
        key_file::create_new(&file, &key, None).map_err(Failure::unable)?;
        key
    };
    let det = key.det(hid);
    let csr = key.certification_request(None, Some(det)).map_err(Failure::unable)?;
    let new = NewKey { hid, class: DetClass::Issuing, csr, uses: wanted.uses(), uri: command.uri.clone() };
    Ok(Made { det, name: wanted.name(), relative, file, new })
}
