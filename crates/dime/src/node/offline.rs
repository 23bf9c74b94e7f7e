//! The registry in a data directory, without sockets and without issuing keys: to change it while its
//! server is stopped, or to read a copy of it at any time.

use std::path::Path;
use std::sync::Arc;

use dime_registry::Registry;

use super::open::{self, Opened, Source};
use super::{layout, snapshot};
use crate::config::{Config, Signing};
use crate::outcome::Failure;

/// Open the registry in a data directory that no server is using. It can read and manage tokens; it has
/// no key to register with.
pub(crate) fn registry(dir: &Path) -> Result<Arc<Registry>, Failure> {
    let config = config(dir)?;
    Ok(open::registry(open::store(dir)?, &config, Source::Snapshot)?.registry)
}

/// The same with its Issuing keys: to sign while its server is stopped.
pub(crate) fn with_keys(dir: &Path) -> Result<Arc<Registry>, Failure> {
    let mut config = config(dir)?;
    config.signing = settings(dir)?.signing;
    Ok(open::registry(open::store(dir)?, &config, Source::Snapshot)?.registry)
}

/// The registry as it is at this moment, in memory: nothing of it reaches the data directory, which a
/// server may be using.
pub(crate) fn copy(dir: &Path) -> Result<Opened, Failure> {
    let config = config(dir)?;
    open::registry(snapshot::store(&layout::journal(dir))?, &config, Source::Changes)
}

/// The configuration in a data directory, without issuing keys; the keys of zones are looked at only.
fn config(dir: &Path) -> Result<Config, Failure> {
    if !layout::journal(dir).is_dir() {
        return Err(Failure::file(dir, "no data directory of dime: there is no journal in it"));
    }
    let mut config = settings(dir)?;
    config.data.dir = dir.to_owned();
    config.signing = Signing::default();
    config.dnssec.look_only();
    Ok(config)
}

/// The configuration in a directory; the defaults where there is none.
pub(crate) fn settings(dir: &Path) -> Result<Config, Failure> {
    let path = layout::config(dir);
    if path.exists() {
        return Config::load(&path).map_err(Failure::unable);
    }
    let mut config = Config::default();
    config.dnssec.resolve_paths(dir);
    Ok(config)
}
