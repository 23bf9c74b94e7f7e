//! The beginning of following: from a snapshot and the feed after it, or from the whole feed.

use super::OpenError;
use crate::{
    OurFault, Publication,
    authorities::Authorities,
    follower::Follower,
    publisher::{Ahead, Kept, Publisher},
    revocation::Ledger,
    snapshot::{self, Misfit, State},
};
use dime_store::{Entry, Seq, Store};
use dime_zone::{Zones, snapshot::shelf::Shelf};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How often it is told how far following has come.
const BETWEEN_WORDS: Duration = Duration::from_secs(5);

/// Everything in memory as of the last change of the store, and the zones filled; and the change of the snapshot that is from.
pub(super) fn follow(
    store: &Store,
    zones: &Arc<Zones>,
    publication: &Publication,
    snapshots: Option<&dyn Shelf>,
) -> Result<(Follower, Seq), OpenError> {
    if let Some(shelf) = snapshots {
        match from_snapshot(store, zones, publication, shelf)? {
            Ok(Some(followed)) => return Ok(followed),
            Ok(None) => {}
            Err(misfit) => {
                tracing::warn!(
                    error = &misfit as &dyn std::error::Error,
                    "the snapshot does not fit: the zones are made from all changes"
                );
                zones.clear();
            }
        }
    }
    let follower = begin(zones, publication, State::default(), Seq::START)?;
    catch_up(store, zones, &follower)?;
    Ok((follower, Seq::START))
}

type OrMisfit<T> = Result<T, Misfit>;

fn from_snapshot(
    store: &Store,
    zones: &Arc<Zones>,
    publication: &Publication,
    shelf: &dyn Shelf,
) -> Result<OrMisfit<Option<(Follower, Seq)>>, OpenError> {
    let started = Instant::now();
    let restored = snapshot::restore(shelf, store, zones, snapshot::fingerprint(publication));
    let (seq, state) = match restored.map_err(OurFault::from)? {
        Ok(Some(restored)) => restored,
        Ok(None) => return Ok(Ok(None)),
        Err(misfit) => return Ok(Err(misfit)),
    };
    let read = started.elapsed();
    let follower = begin(zones, publication, state, seq)?;
    catch_up(store, zones, &follower)?;
    // Where chains are still to be published anew, the zones rightly differ from what would be published now.
    if !follower.authorities.awaits_refresh()
        && let Some(det) = snapshot::disagreement(zones, &follower, store)?
    {
        return Ok(Err(Misfit::Disagreement(det)));
    }
    tracing::info!(
        change = seq.0,
        changes_after = store.last_seq().0 - seq.0,
        milliseconds = read.as_millis() as u64,
        "the zones were read from the snapshot"
    );
    Ok(Ok(Some((follower, seq))))
}

fn begin(
    zones: &Arc<Zones>,
    publication: &Publication,
    state: State,
    at: Seq,
) -> Result<Follower, OpenError> {
    let State { authorities, unfinished, crossing, ledger } = state;
    let authorities = Arc::new(Authorities::of(authorities));
    let publisher = Publisher::new(zones.clone(), authorities.clone(), publication.clone())?;
    publisher.resume(Kept { unfinished, crossing });
    Ok(Follower::new(authorities, Arc::new(publisher), Arc::new(Ledger::of(ledger)), at))
}

/// Follows the feed to its end, telling now and then how far it has come. All cores read, decode and encode; one takes in, in order.
fn catch_up(store: &Store, zones: &Zones, follower: &Follower) -> Result<(), OurFault> {
    // Nobody asks yet: nothing is shown, and so nothing copied, before the end.
    let _held = zones.hold_to_fill();
    let (from, last) = (follower.at(), store.last_seq());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut told = Instant::now();
    let prepare = |entry: Entry| (follower.publisher.prepare(&entry), entry);
    let mut take = |(ahead, entry): (Ahead, Entry)| {
        follower.follow_prepared(&entry, ahead);
        if told.elapsed() >= BETWEEN_WORDS {
            told = Instant::now();
            tracing::info!(done = entry.seq.0 - from.0, total = last.0 - from.0, "filling the zones");
        }
    };
    Ok(store.changes_ahead(from, threads, &prepare, &mut take)?)
}
