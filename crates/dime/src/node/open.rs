//! Opening the store and the registry over it.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use dime_registry::{Clock, IssuerKeys, Registry, SystemClock};
use dime_sign::{Issuing, LocalSigner, SigningPolicy};
use dime_store::disk::Folder;
use dime_store::{OpenError, Options, Progress, Store};
use dime_store_sled::SledIndex;
use dime_zone::Zones;
use drip_det::DetClass;

use super::layout;
use crate::config::{Config, Signing};
use crate::files;
use crate::key_input::{self, Password};
use crate::outcome::Failure;

/// What a node is made of, before its sockets.
pub(crate) struct Opened {
    pub(crate) store: Arc<Store>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) zones: Arc<Zones>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Open the store in a data directory.
///
/// The journal's lock comes first: it says whose the directory is, so that nobody opens an index that a
/// running server is writing.
pub(crate) fn store(dir: &Path) -> Result<Arc<Store>, Failure> {
    files::make_dir(dir)?;
    let failed = |error: OpenError| Failure::file(dir, explain(&error));
    let journal = Folder::open(&layout::journal(dir)).map_err(failed)?;
    let path = layout::index(dir);
    let index = SledIndex::open(&path).map_err(|error| Failure::file(&path, explain(&error)))?;
    let options = Options { progress: Some(Arc::new(tell_progress)), ..Options::default() };
    let store = Store::open_on(Box::new(journal), Box::new(index), options).map_err(failed)?;
    Ok(Arc::new(store))
}

/// An error with its causes.
fn explain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}

fn tell_progress(progress: Progress) {
    tracing::info!(done = progress.done, total = progress.total, "rebuilding the index from the journal");
}

/// Open the registry over a store, with the keys and rules of a configuration.
pub(crate) fn registry(store: Arc<Store>, config: &Config) -> Result<Opened, Failure> {
    let keys = issuers(&store, &config.signing)?;
    let zones = Arc::new(Zones::new());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let policy = config.policy.to_registry(&config.publication);
    let registry = Registry::open(Arc::clone(&store), keys, policy, Arc::clone(&zones), Arc::clone(&clock))
        .map_err(|error| Failure::file(&config.data.dir, explain(&error)))?;
    Ok(Opened { store, registry: Arc::new(registry), zones, clock })
}

/// The signers of the configured key files. Where a key stands in the hierarchy is in the store: it was
/// endorsed there.
fn issuers(store: &Store, signing: &Signing) -> Result<Vec<IssuerKeys>, Failure> {
    let password = Password {
        password_file: Some(signing.password_file.clone()).filter(|path| !path.as_os_str().is_empty()),
    };
    let authorities = store.authorities().map_err(Failure::unable)?;
    let mut issuers = Vec::new();
    for path in &signing.issuing_keys {
        let key = key_input::private_key(path, &password)?;
        let authority = authorities
            .iter()
            .find(|authority| authority.hi == *key.hi() && authority.class == DetClass::Issuing)
            .ok_or_else(|| Failure::file(path, "no Issuing DET in the store has this key"))?;
        // The signer itself, too, lets nothing outlast its own authority.
        let policy = SigningPolicy { authority_ends: Some(authority.not_after), ..SigningPolicy::ISSUING };
        let signer = LocalSigner::<Issuing>::new(key, authority.hid, policy)
            .map_err(|error| Failure::file(path, error))?;
        issuers.push(IssuerKeys::for_all_kinds(Arc::new(signer)));
    }
    Ok(issuers)
}
