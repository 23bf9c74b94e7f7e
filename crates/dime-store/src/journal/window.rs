//! A window on a segment: reads it in large parts, gives it in small ones.

use crate::disk::Medium;
use std::{io, sync::Arc};

const PART: u64 = 256 << 10;

/// Octets of a medium, read ahead.
pub(super) struct Window {
    medium: Arc<dyn Medium>,
    length: u64,
    start: u64,
    octets: Vec<u8>,
}

impl Window {
    /// A window on the first `length` octets.
    pub(super) fn new(medium: Arc<dyn Medium>, length: u64) -> Self {
        Window { medium, length, start: 0, octets: Vec::new() }
    }

    /// The octets from `offset` on, `length` of them; `None` when there are not so many.
    pub(super) fn octets(&mut self, offset: u64, length: u64) -> io::Result<Option<&[u8]>> {
        let Some(end) = offset.checked_add(length).filter(|end| *end <= self.length) else {
            return Ok(None);
        };
        let held = self.start..self.start + self.octets.len() as u64;
        if offset < held.start || end > held.end {
            let part = length.max(PART).min(self.length - offset);
            self.octets.resize(usize::try_from(part).map_err(io::Error::other)?, 0);
            self.start = offset;
            if let Err(error) = self.medium.read(offset, &mut self.octets) {
                self.octets.clear();
                return Err(error);
            }
        }
        let from = (offset - self.start) as usize;
        Ok(self.octets.get(from..from + length as usize))
    }
}
