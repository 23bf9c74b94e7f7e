//! Whether octets are one object in DER (X.690, section 10), and where they stop being so.
//!
//! The readers above trust this check for what they do not look into: attributes and extensions they do not know.

use core::fmt;

/// How deep constructed values may lie in each other. X.509 and PKCS#10 need about ten.
const DEPTH: u8 = 24;

/// Why octets are not one object in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DerFaultKind {
    /// They end before the object does.
    Truncated,
    /// Octets follow the object.
    Trailing,
    /// A value reaches beyond the value that holds it.
    Overrun,
    /// A length of the indefinite form, which is BER only.
    IndefiniteLength,
    /// A length in more octets than it needs, or of more than four octets.
    LengthForm,
    /// A tag number above 30, which no object here has, or tag 0.
    TagNumber,
    /// A string in pieces, or a sequence or set marked primitive.
    Construction,
    /// Values nested deeper than any such object is.
    Depth,
}

/// Octets that are not DER, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at octet {offset}")]
pub struct DerFault {
    /// What is wrong.
    pub kind: DerFaultKind,
    /// Offset of the value's first octet, or of the first octet missing or too many.
    pub offset: usize,
}

impl fmt::Display for DerFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "truncated",
            Self::Trailing => "trailing octets",
            Self::Overrun => "value longer than what holds it",
            Self::IndefiniteLength => "indefinite length, which DER forbids",
            Self::LengthForm => "length not in its shortest form",
            Self::TagNumber => "tag number out of range",
            Self::Construction => "primitive and constructed confused",
            Self::Depth => "nested too deep",
        })
    }
}

pub(crate) struct Header {
    pub(crate) constructed: bool,
    pub(crate) content_start: usize,
    pub(crate) content_length: usize,
}

/// Checks that `octets` are exactly one object in DER, all through its constructed values.
pub(crate) fn check(octets: &[u8]) -> Result<(), DerFault> {
    let header = header(octets, 0, DerFaultKind::Truncated)?;
    let end = header.content_start + header.content_length;
    if end > octets.len() {
        return Err(DerFault { kind: DerFaultKind::Truncated, offset: octets.len() });
    }
    if end < octets.len() {
        return Err(DerFault { kind: DerFaultKind::Trailing, offset: end });
    }
    if header.constructed { contents(octets, header.content_start, DEPTH) } else { Ok(()) }
}

/// Checks the values from `start` to the end of `octets`.
fn contents(octets: &[u8], start: usize, depth: u8) -> Result<(), DerFault> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(DerFault { kind: DerFaultKind::Depth, offset: start });
    };
    let mut offset = start;
    while offset < octets.len() {
        let header = header(octets, offset, DerFaultKind::Overrun)?;
        let end = header.content_start + header.content_length;
        let Some(value) = octets.get(..end) else {
            return Err(DerFault { kind: DerFaultKind::Overrun, offset });
        };
        if header.constructed {
            contents(value, header.content_start, depth)?;
        }
        offset = end;
    }
    Ok(())
}

/// Reads tag and length at `offset`. `short` names the fault of octets that end inside them.
pub(crate) fn header(octets: &[u8], offset: usize, short: DerFaultKind) -> Result<Header, DerFault> {
    let fault = |kind| DerFault { kind, offset };
    let short = DerFault { kind: short, offset: octets.len() };
    let tag = *octets.get(offset).ok_or(short)?;
    let constructed = tag & 0x20 != 0;
    let universal = tag & 0xc0 == 0;
    match tag & 0x1f {
        0x1f => return Err(fault(DerFaultKind::TagNumber)),
        0 if universal => return Err(fault(DerFaultKind::TagNumber)),
        // EXTERNAL, EMBEDDED PDV, SEQUENCE and SET are always constructed, all else universal never.
        8 | 11 | 16 | 17 if universal && !constructed => return Err(fault(DerFaultKind::Construction)),
        8 | 11 | 16 | 17 => {}
        _ if universal && constructed => return Err(fault(DerFaultKind::Construction)),
        _ => {}
    }
    let first = *octets.get(offset + 1).ok_or(short)?;
    let (count, mut length) = match first {
        0..=0x7f => (0, usize::from(first)),
        0x80 => return Err(fault(DerFaultKind::IndefiniteLength)),
        0x81..=0x84 => (usize::from(first & 0x7f), 0),
        _ => return Err(fault(DerFaultKind::LengthForm)),
    };
    for index in 0..count {
        let octet = *octets.get(offset + 2 + index).ok_or(short)?;
        if index == 0 && octet == 0 {
            return Err(fault(DerFaultKind::LengthForm));
        }
        length = length << 8 | usize::from(octet);
    }
    if count == 1 && length < 0x80 {
        return Err(fault(DerFaultKind::LengthForm));
    }
    Ok(Header { constructed, content_start: offset + 2 + count, content_length: length })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(octets: &[u8]) -> Option<DerFaultKind> {
        check(octets).err().map(|fault| fault.kind)
    }

    #[test]
    fn der_and_what_is_not() {
        assert_eq!(kind(&[0x30, 0x03, 0x02, 0x01, 0x05]), None);
        assert_eq!(kind(&[]), Some(DerFaultKind::Truncated));
        assert_eq!(kind(&[0x30]), Some(DerFaultKind::Truncated));
        assert_eq!(kind(&[0x30, 0x82, 0x01]), Some(DerFaultKind::Truncated));
        assert_eq!(kind(&[0x30, 0x03, 0x02, 0x01]), Some(DerFaultKind::Truncated));
        assert_eq!(kind(&[0x30, 0x00, 0x00]), Some(DerFaultKind::Trailing));
        assert_eq!(kind(&[0x30, 0x80, 0x00, 0x00]), Some(DerFaultKind::IndefiniteLength));
        assert_eq!(kind(&[0x30, 0x81, 0x03, 0x02, 0x01, 0x05]), Some(DerFaultKind::LengthForm));
        assert_eq!(kind(&[0x30, 0x82, 0x00, 0x80]), Some(DerFaultKind::LengthForm));
        assert_eq!(kind(&[0x30, 0x85, 0, 0, 0, 0, 0]), Some(DerFaultKind::LengthForm));
        assert_eq!(kind(&[0x30, 0x03, 0x02, 0x02, 0x05]), Some(DerFaultKind::Overrun));
        assert_eq!(kind(&[0x30, 0x01, 0x02]), Some(DerFaultKind::Overrun));
        assert_eq!(kind(&[0x24, 0x02, 0x04, 0x00]), Some(DerFaultKind::Construction));
        assert_eq!(kind(&[0x10, 0x00]), Some(DerFaultKind::Construction));
        assert_eq!(kind(&[0x1f, 0x81, 0x00, 0x00]), Some(DerFaultKind::TagNumber));
        assert_eq!(kind(&[0x30, 0x02, 0x00, 0x00]), Some(DerFaultKind::TagNumber));
    }

    #[test]
    fn a_tower_of_sequences_is_refused_not_climbed() {
        let mut tower = alloc::vec![0x30, 0x00];
        for _ in 0..60 {
            tower = crate::write::tlv(0x30, &[&tower]);
        }
        assert_eq!(kind(&tower), Some(DerFaultKind::Depth));
    }

    #[test]
    fn the_place_is_named() {
        assert_eq!(
            check(&[0x30, 0x06, 0x02, 0x01, 0x05, 0x30, 0x80, 0x00]),
            Err(DerFault { kind: DerFaultKind::IndefiniteLength, offset: 5 })
        );
    }
}
