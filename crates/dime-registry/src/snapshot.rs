//! Snapshots: what following the feed has made of it, kept in files, so that a start reads those and the rest of the feed.
//!
//! | file | content |
//! |---|---|
//! | `registry.snapshot` | the [manifest]: of which change it is, what its zones are, and the [state] beside them |
//! | `ZONE.N.zone` | a [zone](dime_zone::snapshot), of the N-th snapshot |
//!
//! A snapshot is of one change: everything is copied between two changes, which is quick because zones are copied by sharing, and written
//! while changes go on. The files of its zones come first, then the manifest replaces the one before, then files that it does not name go:
//! whenever the power fails, there is a whole snapshot, the old one or the new one.
//!
//! It is an abbreviation, never the truth: the feed after its change is followed as always, so whatever was committed after it is there,
//! revocations above all. It is used only if its change is in the journal with the same checksum (not with a journal that was restored from
//! before it), if it was made by this version of the program under this configuration, if all its checksums are right, and if what it says of
//! some DETs is what the store says of them. Otherwise it is told why not, and everything is made from the feed.

mod agree;
mod manifest;
pub(crate) mod octets;
mod state;

pub(crate) use agree::disagreement;
pub(crate) use state::State;

use crate::{OurFault, Publication, Registry};
use dime_store::{Seq, Store, StoreError};
use dime_zone::{
    ZoneError, Zones,
    snapshot::{
        SnapshotError as ZoneSnapshotError, Standing, ThawedZone,
        shelf::{self, Shelf},
    },
};
use manifest::{MOST_OCTETS, Manifest, ManifestError, NAME, ZoneFile};
use sha2::{Digest, Sha256};
use std::io;

/// The ends of the names of zones' files.
const SERVED: &str = "zone";
const REFUSED: &str = "refused";

/// What was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The change it is of.
    pub seq: Seq,
    /// DETs in it.
    pub dets: u64,
    /// Octets of its files.
    pub octets: u64,
}

/// Why no snapshot was written. The one before is still there.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The store failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
    /// A file could not be written.
    #[error("the snapshot {file} cannot be written")]
    Unwritable {
        /// Which.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A record has no stored form.
    #[error("a record cannot be written down")]
    Form,
}

/// Why a snapshot does not fit, and everything is made from the feed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("{NAME} cannot be read")]
    Unreadable(#[source] io::Error),
    #[error("{NAME}")]
    Manifest(#[from] ManifestError),
    #[error("it is of change {}, and the journal has {} only", .0.0, .1.0)]
    Ahead(Seq, Seq),
    #[error("change {} of the journal is not the one it is of", .0.0)]
    OtherJournal(Seq),
    #[error("it was made by another version of the program, or under another configuration")]
    OtherMaker,
    #[error("{file}")]
    Zone {
        file: String,
        #[source]
        cause: ZoneSnapshotError,
    },
    #[error("{0} is not the file it was made with")]
    OtherFile(String),
    #[error("what it keeps beside the zones")]
    State(#[source] drip_cbor::CborError),
    #[error("its zones cannot be served")]
    Thaw(#[source] ZoneError),
    #[error("what it says of {0} is not what the store says")]
    Disagreement(drip_det::Det),
}

/// What the zones depend on beside the feed.
pub(crate) fn fingerprint(publication: &Publication) -> [u8; 32] {
    Sha256::digest(format!("dime {} {publication:?}", env!("CARGO_PKG_VERSION"))).into()
}

impl Registry {
    /// Keeps what there is now on a shelf, in place of what was kept before; `None` when nothing has ever happened.
    ///
    /// Commits wait only while the copy is made. One snapshot is written at a time.
    pub fn keep_snapshot(&self, shelf: &dyn Shelf) -> Result<Option<Kept>, KeepError> {
        let mut last_kept = self.kept.lock();
        let (seq, zones, state) =
            self.follower.between_changes(|seq| (seq, self.zones.freeze(), self.follower.state()));
        let Some(mark) = self.store.mark(seq).map_err(OurFault::from)? else { return Ok(None) };
        let unwritable = |file: &str| {
            let file = file.to_owned();
            move |source| KeepError::Unwritable { file, source }
        };
        let names = shelf.names().map_err(unwritable(NAME))?;
        let number = names.iter().filter_map(|name| number_of(name)).max().unwrap_or(0) + 1;
        let mut files = Vec::with_capacity(zones.len());
        for zone in &zones {
            let end = if zone.standing() == Standing::Served { SERVED } else { REFUSED };
            let name = format!("{}{number}.{end}", zone.cut().name());
            let written = shelf::put(shelf, &name, |out| zone.write(out)).map_err(unwritable(&name))?;
            files.push(ZoneFile {
                name,
                octets: written.octets,
                checksum: written.checksum,
                dets: written.dets,
            });
        }
        drop(zones);
        let state = state.encode().ok_or(KeepError::Form)?;
        let fingerprint = fingerprint(&self.policy.publication);
        let manifest = Manifest { mark, fingerprint, zones: files, state };
        let octets = manifest.encode();
        shelf::put(shelf, NAME, |out| out.write_all(&octets)).map_err(unwritable(NAME))?;
        let is_of_it = |name: &str| name == NAME || manifest.zones.iter().any(|zone| zone.name == name);
        if let Err(error) = shelf::tidy(shelf, is_of_it) {
            tracing::warn!(%error, "files of former snapshots are left");
        }
        *last_kept = seq;
        Ok(Some(Kept {
            seq,
            dets: manifest.zones.iter().map(|zone| zone.dets).sum(),
            octets: manifest.zones.iter().map(|zone| zone.octets).sum::<u64>() + octets.len() as u64,
        }))
    }

    /// How many changes are in no snapshot.
    pub fn changes_since_snapshot(&self) -> u64 {
        let kept = *self.kept.lock();
        self.follower.at().0.saturating_sub(kept.0)
    }
}

/// The number in the name of a zone's file.
fn number_of(name: &str) -> Option<u64> {
    let (rest, end) = name.rsplit_once('.')?;
    [SERVED, REFUSED].contains(&end).then(|| rest.rsplit_once('.')?.1.parse().ok())?
}

/// Serves the zones of the snapshot on a shelf, and gives the change it is of and the state that belongs to it; `None` when there is none.
/// After an error, zones may be served that do not fit.
pub(crate) fn restore(
    shelf: &dyn Shelf,
    store: &Store,
    zones: &Zones,
    fingerprint: [u8; 32],
) -> Result<Result<Option<(Seq, State)>, Misfit>, StoreError> {
    let manifest = match shelf::read(shelf, NAME, MOST_OCTETS) {
        Ok(None) => return Ok(Ok(None)),
        Ok(Some(octets)) => match Manifest::decode(&octets) {
            Ok(manifest) => manifest,
            Err(error) => return Ok(Err(error.into())),
        },
        Err(error) => return Ok(Err(Misfit::Unreadable(error))),
    };
    let (seq, last) = (manifest.mark.seq, store.last_seq());
    if seq > last {
        return Ok(Err(Misfit::Ahead(seq, last)));
    }
    if store.mark(seq)? != Some(manifest.mark) {
        return Ok(Err(Misfit::OtherJournal(seq)));
    }
    if manifest.fingerprint != fingerprint {
        return Ok(Err(Misfit::OtherMaker));
    }
    Ok(thaw(shelf, zones, &manifest).map(|state| Some((seq, state))))
}

fn thaw(shelf: &dyn Shelf, zones: &Zones, manifest: &Manifest) -> Result<State, Misfit> {
    let state = State::decode(&manifest.state).map_err(Misfit::State)?;
    let mut thawed = Vec::with_capacity(manifest.zones.len());
    for file in &manifest.zones {
        let broken = |cause| Misfit::Zone { file: file.name.clone(), cause };
        let standing = if file.name.ends_with(REFUSED) { Standing::Refused } else { Standing::Served };
        let open = shelf.open(&file.name).and_then(|open| Ok((open.length()?, open)));
        let (length, open) = open.map_err(|source| broken(ZoneSnapshotError::Unreadable { source }))?;
        let (zone, checksum) = ThawedZone::read(open.as_ref(), standing).map_err(broken)?;
        if (length, checksum, zone.len() as u64) != (file.octets, file.checksum, file.dets) {
            return Err(Misfit::OtherFile(file.name.clone()));
        }
        thawed.push(zone);
    }
    zones.thaw(thawed).map_err(Misfit::Thaw)?;
    Ok(state)
}
