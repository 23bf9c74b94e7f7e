//! Domain names as octets: RFC 1035, section 3.1; text of section 5.1; canonical order of RFC 4034, section 6.1.

use core::{cmp::Ordering, fmt, str::FromStr};
use drip_det::Det;

/// A domain name, absolute, in uncompressed wire form: length octet and label, repeated, ended by a zero octet.
///
/// The case of the letters is kept; comparing with `==` heeds it, [`Name::is_same`] does not.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Box<[u8]>);

/// Labels or text that are no domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A label is empty.
    #[error("a label is empty")]
    EmptyLabel,
    /// A label has more than 63 octets.
    #[error("a label has {0} octets, the limit is 63")]
    LongLabel(usize),
    /// The whole has more than 255 octets.
    #[error("the name has more than 255 octets")]
    Long,
    /// A backslash is not followed by a character or three digits up to 255.
    #[error("a backslash that escapes nothing")]
    Escape,
}

const MAX_LABEL: usize = 63;
const MAX_NAME: usize = 255;

impl Name {
    /// The root.
    pub fn root() -> Self {
        Name(Box::new([0]))
    }

    /// The name of these labels, leftmost first, without the root's empty one.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameError> {
        let mut wire = Vec::with_capacity(80);
        for label in labels {
            push_label(&mut wire, label)?;
        }
        finish(wire)
    }

    /// The name of octets that are one already, the root's label at their end; `None` where they are not.
    pub(crate) fn of_wire(wire: &[u8]) -> Option<Self> {
        let mut at = 0;
        loop {
            match wire.get(at) {
                Some(0) => return (at + 1 == wire.len() && at < MAX_NAME).then(|| Name(wire.into())),
                Some(&length) if usize::from(length) <= MAX_LABEL => at += usize::from(length) + 1,
                _ => return None,
            }
        }
    }

    /// The owner name of a DET.
    pub fn of_det(det: Det) -> Self {
        Self::of_nibbles(det.as_u128(), 32)
    }

    /// The `ip6.arpa` name of the first `nibbles` nibbles of a number (RFC 3596, section 2.5).
    pub fn of_nibbles(number: u128, nibbles: u8) -> Self {
        Name(nibbles_wire(number, nibbles, &mut [0; NIBBLES_WIRE]).into())
    }

    /// The octets.
    pub fn wire(&self) -> &[u8] {
        &self.0
    }

    /// The labels, leftmost first, without the root's empty one.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest: &[u8] = &self.0;
        std::iter::from_fn(move || {
            let (&length, after) = rest.split_first()?;
            let (label, after) = after.split_at_checked(usize::from(length))?;
            rest = after;
            (length != 0).then_some(label)
        })
    }

    /// How many labels both have in common, counted from the root.
    pub(crate) fn common_labels(&self, other: &Name) -> usize {
        let mine: Vec<&[u8]> = self.labels().collect();
        let theirs: Vec<&[u8]> = other.labels().collect();
        mine.iter().rev().zip(theirs.iter().rev()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
    }

    /// The wildcard below the name that the last `count` labels make: shorter than this name, where that has more labels.
    pub(crate) fn wildcard_above(&self, count: usize) -> Name {
        let skip = self.labels().count().saturating_sub(count);
        let labels = core::iter::once(&b"*"[..]).chain(self.labels().skip(skip));
        Name::from_labels(labels).unwrap_or_else(|_| Name::root())
    }

    /// The same in lower case.
    pub(crate) fn to_lower(&self) -> Name {
        Name(self.0.to_ascii_lowercase().into())
    }

    /// Whether both are the same name in the DNS, where the case of ASCII letters does not matter.
    pub fn is_same(&self, other: &Name) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// Whether this name is `ancestor` or below it.
    pub fn is_within(&self, ancestor: &Name) -> bool {
        let Some(above) = self.0.len().checked_sub(ancestor.0.len()) else { return false };
        let mut start = 0;
        for label in self.labels() {
            if start >= above {
                break;
            }
            start += label.len() + 1;
        }
        start == above && self.0.get(above..).is_some_and(|tail| tail.eq_ignore_ascii_case(&ancestor.0))
    }

    /// The canonical order: by labels from the right, as lower-case octets, a name before those below it.
    pub fn canonical_cmp(&self, other: &Name) -> Ordering {
        let mine: Vec<&[u8]> = self.labels().collect();
        let theirs: Vec<&[u8]> = other.labels().collect();
        for (a, b) in mine.iter().rev().zip(theirs.iter().rev()) {
            let order = a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase));
            if order != Ordering::Equal {
                return order;
            }
        }
        mine.len().cmp(&theirs.len())
    }
}

/// The most octets of a name of nibbles.
pub(crate) const NIBBLES_WIRE: usize = 2 * 32 + UNDER.len();

/// What names of nibbles end with.
const UNDER: &[u8; 10] = b"\x03ip6\x04arpa\0";

/// The octets of the name of the first nibbles of a number.
pub(crate) fn nibbles_wire(number: u128, nibbles: u8, octets: &mut [u8; NIBBLES_WIRE]) -> &[u8] {
    let count = u32::from(nibbles.min(32));
    let (labels, under) = octets.split_at_mut(2 * count as usize);
    for (index, label) in (0..count).zip(labels.chunks_exact_mut(2)) {
        let nibble = (number >> (4 * (32 - count + index))) as u8 & 0xf;
        label.copy_from_slice(&[1, if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }]);
    }
    if let Some(slot) = under.first_chunk_mut() {
        *slot = *UNDER;
    }
    octets.get(..2 * count as usize + UNDER.len()).unwrap_or_default()
}

fn push_label(wire: &mut Vec<u8>, label: &[u8]) -> Result<(), NameError> {
    match u8::try_from(label.len()) {
        Ok(0) => Err(NameError::EmptyLabel),
        Ok(length) if label.len() <= MAX_LABEL => {
            wire.push(length);
            wire.extend_from_slice(label);
            Ok(())
        }
        _ => Err(NameError::LongLabel(label.len())),
    }
}

fn finish(mut wire: Vec<u8>) -> Result<Name, NameError> {
    wire.push(0);
    if wire.len() > MAX_NAME { Err(NameError::Long) } else { Ok(Name(wire.into())) }
}

/// Text with or without the final dot, always taken as absolute; `\.` and `\DDD` escapes.
impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text == "." {
            return Ok(Name::root());
        }
        let mut wire = Vec::with_capacity(text.len() + 2);
        let mut label = Vec::new();
        let mut octets = text.bytes();
        while let Some(octet) = octets.next() {
            match octet {
                b'.' => {
                    push_label(&mut wire, &label)?;
                    label.clear();
                    continue;
                }
                b'\\' => label.push(escaped(&mut octets)?),
                _ => label.push(octet),
            }
        }
        if !label.is_empty() || wire.is_empty() {
            push_label(&mut wire, &label)?;
        }
        finish(wire)
    }
}

fn escaped(octets: &mut impl Iterator<Item = u8>) -> Result<u8, NameError> {
    let digit = |octet: u8| octet.is_ascii_digit().then(|| u16::from(octet - b'0'));
    let first = octets.next().ok_or(NameError::Escape)?;
    let Some(hundreds) = digit(first) else { return Ok(first) };
    let tens = octets.next().and_then(digit).ok_or(NameError::Escape)?;
    let ones = octets.next().and_then(digit).ok_or(NameError::Escape)?;
    u8::try_from(100 * hundreds + 10 * tens + ones).map_err(|_| NameError::Escape)
}

/// Master-file text with the final dot; what is not a plain character of a name is escaped.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() == 1 {
            return f.write_str(".");
        }
        for label in self.labels() {
            for &octet in label {
                match octet {
                    b'"' | b'$' | b'(' | b')' | b'.' | b';' | b'@' | b'\\' => {
                        write!(f, "\\{}", char::from(octet))?
                    }
                    0x21..=0x7e => write!(f, "{}", char::from(octet))?,
                    _ => write!(f, "\\{octet:03}")?,
                }
            }
            f.write_str(".")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn text_both_ways() {
        for text in [".", "ip6.arpa.", "a\\.b.example.", "\\000\\255.x.", "Mixed.Case."] {
            assert_eq!(name(text).to_string(), text);
        }
        assert_eq!(name("ns.example"), name("ns.example."));
        assert_eq!(name("a\\046b.").wire(), b"\x03a.b\0");
    }

    #[test]
    fn what_is_no_name() {
        assert_eq!("".parse::<Name>(), Err(NameError::EmptyLabel));
        assert_eq!("a..b.".parse::<Name>(), Err(NameError::EmptyLabel));
        assert_eq!(".a".parse::<Name>(), Err(NameError::EmptyLabel));
        assert_eq!("x".repeat(64).parse::<Name>(), Err(NameError::LongLabel(64)));
        assert_eq!("x".repeat(300).parse::<Name>(), Err(NameError::LongLabel(300)));
        assert_eq!("abc.".repeat(64).parse::<Name>(), Err(NameError::Long));
        assert!("a.".repeat(127).parse::<Name>().is_ok());
        assert_eq!("a\\".parse::<Name>(), Err(NameError::Escape));
        assert_eq!("a\\256.".parse::<Name>(), Err(NameError::Escape));
        assert_eq!("a\\1x.".parse::<Name>(), Err(NameError::Escape));
    }

    #[test]
    fn det_names_are_those_of_drip_det() {
        let det: Det = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2".parse().unwrap();
        assert_eq!(Name::of_det(det).to_string(), det.owner_name());
    }

    #[test]
    fn within_counts_whole_labels() {
        let zone = name("0.2.ip6.arpa.");
        assert!(name("0.2.IP6.arpa.").is_within(&zone));
        assert!(name("a.b.0.2.ip6.ARPA.").is_within(&zone));
        assert!(!name("2.ip6.arpa.").is_within(&zone));
        assert!(!name("10.2.ip6.arpa.").is_within(&zone), "a longer label is another label");
        assert!(
            !name("a.\\0010.2.ip6.arpa.").is_within(&zone),
            "a label that only ends like the zone's octets"
        );
        assert!(name("anything.").is_within(&Name::root()));
    }

    /// The example of RFC 4034, section 6.1.
    #[test]
    fn canonical_order_of_rfc_4034() {
        let sorted = [
            "example.",
            "a.example.",
            "yljkjljk.a.example.",
            "Z.a.example.",
            "zABC.a.EXAMPLE.",
            "z.example.",
            "\\001.z.example.",
            "*.z.example.",
            "\\200.z.example.",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(name(pair[0]).canonical_cmp(&name(pair[1])), Ordering::Less, "{pair:?}");
        }
    }
}
