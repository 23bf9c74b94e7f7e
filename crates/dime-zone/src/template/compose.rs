//! Fills a template's holes from a DET's block.

use super::validity::{generalized_time, utc_time};
use super::{RecordTemplate, Segment, Template};
use drip_det::{Det, DripTime};

/// One record of a DET, not yet composed.
pub(crate) struct DetRecord<'a> {
    pub(crate) det: Det,
    pub(crate) block: &'a [u8],
    pub(crate) ttl: u32,
    pub(crate) record: &'a RecordTemplate,
}

impl DetRecord<'_> {
    /// The RDATA.
    pub(crate) fn rdata(&self) -> Vec<u8> {
        let mut rdata = Vec::with_capacity(self.length());
        self.write(&mut rdata);
        rdata
    }

    /// Writes the RDATA behind what there is.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        self.record.fill(self.det, self.block, |octets| {
            out.extend_from_slice(octets);
            true
        });
    }

    /// How many octets the RDATA has.
    pub(crate) fn length(&self) -> usize {
        self.record.segments.iter().map(Segment::length).sum()
    }
}

impl Template {
    /// Whether the template, filled from the block, gives exactly these records.
    pub(crate) fn composes(&self, det: Det, block: &[u8], ttl: u32, records: &[(u16, Vec<u8>)]) -> bool {
        self.ttl == ttl
            && self.records.len() == records.len()
            && self.records.iter().zip(records).all(|(record, (record_type, rdata))| {
                let mut rest = rdata.as_slice();
                record.record_type == *record_type
                    && record.fill(det, block, |octets| match rest.strip_prefix(octets) {
                        Some(after) => {
                            rest = after;
                            true
                        }
                        None => false,
                    })
                    && rest.is_empty()
            })
    }
}

impl RecordTemplate {
    /// Hands out the pieces in order until `take` says no; returns whether it never did and every hole could be filled.
    fn fill(&self, det: Det, block: &[u8], mut take: impl FnMut(&[u8]) -> bool) -> bool {
        self.segments.iter().all(|segment| match segment {
            Segment::Literal(octets) => take(octets),
            Segment::Stored { at, length } => {
                let at = usize::from(*at);
                block.get(at..at + usize::from(*length)).is_some_and(&mut take)
            }
            Segment::Det => take(&det.to_bytes()),
            Segment::DetHex => take(&hex_of(det)),
            Segment::UtcTime { at } => time_at(block, *at).is_some_and(|time| take(&utc_time(time))),
            Segment::GeneralizedTime { at } => {
                time_at(block, *at).is_some_and(|time| take(&generalized_time(time)))
            }
        })
    }
}

impl Segment {
    fn length(&self) -> usize {
        match self {
            Segment::Literal(octets) => octets.len(),
            Segment::Stored { length, .. } => usize::from(*length),
            Segment::Det => 16,
            Segment::DetHex => 32,
            Segment::UtcTime { .. } => 13,
            Segment::GeneralizedTime { .. } => 15,
        }
    }
}

/// Hexadecimal text without asking for memory.
fn hex_of(det: Det) -> [u8; 32] {
    let mut rest = det.as_u128();
    let mut text = [0; 32];
    for slot in text.iter_mut().rev() {
        let nibble = (rest & 15) as u8;
        *slot = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        rest >>= 4;
    }
    text
}

fn time_at(block: &[u8], at: u16) -> Option<DripTime> {
    block.get(usize::from(at)..)?.first_chunk().map(|octets| DripTime(u32::from_le_bytes(*octets)))
}
