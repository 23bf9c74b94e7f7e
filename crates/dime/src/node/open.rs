//! Opening the store and the registry over it.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use dime_registry::{Clock, Entropy, IssuerKeys, Registry, SystemClock, SystemEntropy};
use dime_sign::{Endless, Issuing, LocalSigner, SigningPolicy};
use dime_store::disk::Folder;
use dime_store::{Checked, OpenError, Options, Progress, Store};
use dime_store_sled::SledIndex;
use dime_zone::Zones;
use dime_zone::snapshot::shelf::Shelf;
use drip_det::DetClass;

use super::descriptors::raise_limit;
use super::{keeper, layout};
use crate::config::{Config, IssuingKey, Signing};
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
    // Every segment of the journal is an open file.
    raise_limit();
    let failed = |error: OpenError| Failure::file(dir, explain(&error));
    let journal = Folder::open(&layout::journal(dir)).map_err(failed)?;
    let path = layout::index(dir);
    let index = SledIndex::open(&path).map_err(|error| Failure::file(&path, explain(&error)))?;
    // A start takes no longer because the journal is long: its full segments are checked while the server runs.
    let options = Options {
        progress: Some(Arc::new(tell_progress)),
        checked: Checked::LastSegment,
        ..Options::default()
    };
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

/// Where the zones come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The last snapshot in the data directory and the changes after it.
    Snapshot,
    /// All changes.
    Changes,
}

/// Open the registry over a store, with the keys and rules of a configuration.
pub(crate) fn registry(store: Arc<Store>, config: &Config, source: Source) -> Result<Opened, Failure> {
    let endless = if config.policy.is_endless() { Endless::Allowed } else { Endless::Refused };
    let keys = issuers(&store, &config.signing, endless)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let signing = config.dnssec.signing(clock.now()).map_err(Failure::unable)?;
    let zones = Arc::new(Zones::signed(signing));
    let mut policy = config.policy.to_registry(&config.publication);
    policy.revocation = config.revocation.to_registry(&config.http.public_origin);
    let shelf = keeper::shelf(&config.data.dir);
    let shelf: Option<&dyn Shelf> = if source == Source::Snapshot { Some(&shelf) } else { None };
    let sources: (Arc<dyn Clock>, Arc<dyn Entropy>) = (Arc::clone(&clock), Arc::new(SystemEntropy));
    let registry = Registry::open_from(Arc::clone(&store), keys, policy, Arc::clone(&zones), sources, shelf)
        .map_err(|error| Failure::file(&config.data.dir, explain(&error)))?;
    Ok(Opened { store, registry: Arc::new(registry), zones, clock })
}

/// The signers of the configured key files. Where a key stands in the hierarchy is in the store: it was
/// endorsed there, or waits there for its ceremony.
fn issuers(store: &Store, signing: &Signing, endless: Endless) -> Result<Vec<IssuerKeys>, Failure> {
    let password = Password {
        password_file: Some(signing.password_file.clone()).filter(|path| !path.as_os_str().is_empty()),
    };
    let authorities = store.authorities().map_err(Failure::unable)?;
    let prospects = store.prospects().map_err(Failure::unable)?;
    let mut issuers = Vec::new();
    for IssuingKey { file, kinds } in &signing.issuing_keys {
        let key = key_input::private_key(file, &password)?;
        let authority = authorities.iter().find(|authority| authority.hi == *key.hi());
        let prospect = prospects.iter().find(|prospect| prospect.hi == *key.hi());
        let known = authority.map(|known| (known.hid, known.class, Some(known.not_after)));
        let (hid, class, authority_ends) = known
            .or(prospect.map(|known| (known.hid, known.class, None)))
            .ok_or_else(|| Failure::file(file, "no Issuing DET in the store has this key"))?;
        if class != DetClass::Issuing {
            let what = "this is an Authorization key: it never signs here; keep it where there is no network";
            return Err(Failure::file(file, what));
        }
        // The signer itself, too, lets nothing outlast its own authority.
        let policy = SigningPolicy { authority_ends, endless, ..SigningPolicy::ISSUING };
        let signer =
            LocalSigner::<Issuing>::new(key, hid, policy).map_err(|error| Failure::file(file, error))?;
        let keys = IssuerKeys::for_all_kinds(Arc::new(signer));
        issuers.push(if kinds.is_empty() { keys } else { IssuerKeys { kinds: kinds.clone(), ..keys } });
    }
    Ok(issuers)
}
