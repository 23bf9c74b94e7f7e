//! Makes a template out of finished records: wherever a value of the DET stands, a hole.

use super::block::{VERSION_3, Value, ValueKind};
use super::validity::{generalized_time, utc_time};
use super::{Block, RecordTemplate, Segment, Template};
use drip_det::{Det, DripTime};

/// Carves the values of `block` and the DET out of the records.
///
/// The template composes the given records again, to the octet: that is checked, and what would not is left whole.
pub(crate) fn carve(det: Det, block: &Block, ttl: u32, records: &[(u16, Vec<u8>)]) -> Template {
    let patterns = Patterns::of(det, block);
    let template = of_records(ttl, records, |rdata| patterns.segments(rdata));
    if template.composes(det, block.octets(), ttl, records) {
        template
    } else {
        of_records(ttl, records, |rdata| vec![Segment::Literal(rdata.into())])
    }
}

fn of_records(ttl: u32, records: &[(u16, Vec<u8>)], segments: impl Fn(&[u8]) -> Vec<Segment>) -> Template {
    let of_record = |(record_type, rdata): &(u16, Vec<u8>)| RecordTemplate {
        record_type: *record_type,
        segments: segments(rdata),
    };
    Template { ttl, records: records.iter().map(of_record).collect() }
}

/// Octets to look for, and what stands for them. `before` must stand before them and stays literal.
struct Pattern {
    before: Vec<u8>,
    octets: Vec<u8>,
    hole: Segment,
}

struct Patterns {
    /// Longest first, so that a key is not torn by a shorter value inside it.
    patterns: Vec<Pattern>,
    /// Whether any pattern starts with an octet: most places are passed over by one look here.
    starts: [bool; 256],
}

impl Patterns {
    fn of(det: Det, block: &Block) -> Self {
        let plain = |octets: Vec<u8>, hole| Pattern { before: Vec::new(), octets, hole };
        let mut patterns = vec![
            plain(det.to_bytes().into(), Segment::Det),
            plain(det.to_hex().into_bytes(), Segment::DetHex),
        ];
        for &Value { kind, at, length } in block.values() {
            let Some(octets) = block.octets().get(usize::from(at)..usize::from(at) + usize::from(length))
            else {
                continue;
            };
            let stored = Segment::Stored { at, length };
            match kind {
                ValueKind::Octets => patterns.push(plain(octets.into(), stored)),
                ValueKind::CertificateSerial => {
                    let before = VERSION_3.into_iter().chain([0x02, length as u8]).collect();
                    patterns.push(Pattern { before, octets: octets.into(), hole: stored });
                }
                ValueKind::Time => {
                    if let Some(time) = octets.first_chunk() {
                        let time = DripTime(u32::from_le_bytes(*time));
                        patterns.push(plain(generalized_time(time).into(), Segment::GeneralizedTime { at }));
                        patterns.push(plain(utc_time(time).into(), Segment::UtcTime { at }));
                    }
                    patterns.push(plain(octets.into(), stored));
                }
            }
        }
        patterns.sort_by_key(|pattern| core::cmp::Reverse(pattern.before.len() + pattern.octets.len()));
        let mut starts = [false; 256];
        for pattern in &patterns {
            let first = pattern.before.first().or(pattern.octets.first());
            if let Some(start) = first.and_then(|&octet| starts.get_mut(usize::from(octet))) {
                *start = true;
            }
        }
        Patterns { patterns, starts }
    }

    fn at_start(&self, rest: &[u8]) -> Option<&Pattern> {
        let first = *rest.first()?;
        if !self.starts.get(usize::from(first)).is_some_and(|&starts| starts) {
            return None;
        }
        self.patterns.iter().find(|pattern| {
            rest.strip_prefix(pattern.before.as_slice()).is_some_and(|rest| rest.starts_with(&pattern.octets))
        })
    }

    fn segments(&self, rdata: &[u8]) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut literal = Vec::new();
        let mut rest = rdata;
        while let Some((&octet, after)) = rest.split_first() {
            let Some(pattern) = self.at_start(rest) else {
                literal.push(octet);
                rest = after;
                continue;
            };
            literal.extend_from_slice(&pattern.before);
            if !literal.is_empty() {
                segments.push(Segment::Literal(core::mem::take(&mut literal).into()));
            }
            segments.push(pattern.hole.clone());
            rest = rest.get(pattern.before.len() + pattern.octets.len()..).unwrap_or_default();
        }
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal.into()));
        }
        segments
    }
}
