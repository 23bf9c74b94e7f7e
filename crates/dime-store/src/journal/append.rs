//! Appending a group of entries.

use super::{
    Appended, Journal, Pointer, form,
    segment::{HEAD, Segment},
};
use crate::{Change, ChangeKind, Form, Seq, record};
use drip_det::UnixTime;
use std::{io, sync::Arc};

/// Where the journal ends.
pub(super) struct Tail {
    pub(super) segment: Arc<Segment>,
    pub(super) offset: u64,
    pub(super) last: Seq,
}

/// An entry to be: all but its number and its place.
pub(crate) struct Draft {
    at: UnixTime,
    kind: ChangeKind,
    actor: Vec<u8>,
    payload: Vec<u8>,
}

/// Why a group was not appended.
#[derive(Debug)]
pub(crate) enum AppendError {
    /// Nothing was written.
    Refused(&'static str, io::Error),
    /// Some of it, all of it or nothing is there now or will be.
    Unknown(&'static str, io::Error),
}

impl Draft {
    pub(crate) fn new(change: &Change) -> Result<Self, Form> {
        Ok(Draft {
            at: change.at,
            kind: change.kind,
            actor: form::encode_actor(&change.actor),
            payload: record::v1::encode(&change.writes)?,
        })
    }

    /// Octets in the journal.
    pub(crate) fn length(&self) -> u64 {
        ((form::Head::LEN + self.actor.len() + self.payload.len()) as u64).next_multiple_of(form::ALIGNMENT)
    }
}

impl Journal {
    /// Appends the first of these, and as many more as go into the same segment, and makes them durable together.
    /// Calls come one after the other, and none comes after one that ended as [`AppendError::Unknown`].
    pub(crate) fn append(&self, drafts: &[&Draft]) -> Result<Vec<Appended>, AppendError> {
        let (segment, start, last) = {
            let tail = self.tail.lock();
            (Arc::clone(&tail.segment), tail.offset, tail.last)
        };
        let needed = drafts.first().map_or(0, |draft| draft.length());
        let (segment, start) = if start + needed <= segment.head.length {
            (segment, start)
        } else {
            (self.next_segment(&segment, last.next(), needed)?, HEAD)
        };
        let group = last.next();
        let mut octets = Vec::new();
        let mut appended = Vec::with_capacity(drafts.len());
        let mut seq = last;
        for draft in drafts {
            let offset = start + octets.len() as u64;
            if offset + draft.length() > segment.head.length {
                break;
            }
            seq = seq.next();
            let head = (draft.at, draft.kind);
            let written = form::encode(
                &mut octets,
                segment.head.marker,
                seq,
                group,
                head,
                &draft.actor,
                &draft.payload,
            );
            let (length, checksum) = written.ok_or_else(|| {
                AppendError::Refused("writing an entry", io::Error::from(io::ErrorKind::FileTooLarge))
            })?;
            appended.push(Appended {
                seq,
                pointer: Pointer { segment: segment.head.number, offset, length },
                checksum,
            });
        }
        segment
            .medium
            .write(start, &octets)
            .map_err(|error| AppendError::Unknown("writing the journal", error))?;
        segment.medium.sync().map_err(|error| AppendError::Unknown("syncing the journal", error))?;
        for entry in &appended {
            segment.note(entry.seq, entry.pointer.offset);
        }
        let mut tail = self.tail.lock();
        tail.offset = start + octets.len() as u64;
        tail.last = seq;
        Ok(appended)
    }

    /// Makes the segment after this one, large enough for an entry of `needed` octets.
    fn next_segment(&self, full: &Segment, first: Seq, needed: u64) -> Result<Arc<Segment>, AppendError> {
        let number = full.head.number.checked_add(1).ok_or_else(|| {
            AppendError::Refused("making a segment", io::Error::from(io::ErrorKind::StorageFull))
        })?;
        let length = self.segment_size.max(HEAD + needed);
        // The new segment may come to be although making it fails, and it says with which entry it begins. From now on no entry
        // may go into the full one, not even a shorter one that fits.
        self.tail.lock().offset = full.head.length;
        let segment = Segment::create(self.disk.as_ref(), number, first, length)
            .map_err(|error| AppendError::Refused("making a segment of the journal", error))?;
        let segment = Arc::new(segment);
        self.segments.write().push(Arc::clone(&segment));
        let mut tail = self.tail.lock();
        tail.segment = Arc::clone(&segment);
        tail.offset = HEAD;
        Ok(segment)
    }
}
