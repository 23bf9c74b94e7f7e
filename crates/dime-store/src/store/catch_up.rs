//! Catching up: changes that the journal has and the index does not are applied to it.

use super::{
    Progress,
    plan::{PlanError, plan},
    view::{Overlaid, Overlay},
};
use crate::{
    Corruption, Damage, Index, IndexError, OpenError, Seq, StoreError,
    index::{Key, Mark, Value},
    journal::{Found, Journal},
};
use std::io;

/// Changes that are applied together.
const PART: usize = 512;

/// Applies the changes after `from` to the index. Returns how many they were.
pub(super) fn catch_up(
    journal: &Journal,
    index: &dyn Index,
    from: Seq,
    progress: Option<&(dyn Fn(Progress) + Send + Sync)>,
) -> Result<u64, OpenError> {
    let total = journal.last().0 - from.0;
    if total == 0 {
        return Ok(0);
    }
    tracing::info!(changes = total, after = from.0, "the index is brought up to date");
    let mut entries = journal.walk(from, journal.last());
    let mut done = 0;
    loop {
        let part = entries.by_ref().take(PART).collect::<Result<Vec<Found>, _>>().map_err(unreadable)?;
        if part.is_empty() {
            break;
        }
        apply(index, &part)?;
        done += part.len() as u64;
        tracing::debug!(done, total, "the index is being brought up to date");
        if let Some(progress) = progress {
            progress(Progress { done, total });
        }
    }
    index.flush().map_err(|source| OpenError::Index { what: "flushing the index", source })?;
    tracing::info!(changes = done, "the index is up to date");
    Ok(done)
}

fn apply(index: &dyn Index, part: &[Found]) -> Result<(), OpenError> {
    let mut overlay = Overlay::default();
    let mut writes: Vec<(Key, Option<Value>)> = Vec::new();
    for found in part {
        let seq = found.entry.seq;
        let planned = plan(&Overlaid { over: &overlay, under: index }, &found.entry.change.writes);
        let rows = planned.map_err(|error| match error {
            PlanError::Index(source) => failed(source),
            PlanError::Conflict(_) => OpenError::Corrupt(Corruption {
                segment: found.pointer.segment,
                offset: found.pointer.offset,
                what: Damage::Contradiction { seq: seq.0 },
            }),
        })?;
        overlay.lay(seq, &rows);
        writes.extend(rows.into_iter().map(|(key, row)| (key, row.map(|row| row.encode(found.pointer)))));
    }
    let Some(last) = part.last() else { return Ok(()) };
    index.apply(&writes, Mark { seq: last.entry.seq, checksum: last.checksum }).map_err(failed)
}

fn failed(source: IndexError) -> OpenError {
    OpenError::Index { what: "bringing the index up to date", source }
}

fn unreadable(error: StoreError) -> OpenError {
    match error {
        StoreError::Corrupt(corruption) => OpenError::Corrupt(corruption),
        StoreError::Unavailable { what, source } | StoreError::Unknown { what, source } => {
            OpenError::Disk { what, source }
        }
        StoreError::Conflict(conflict) => {
            OpenError::Disk { what: "reading the journal", source: io::Error::other(conflict) }
        }
    }
}
