//! One part of a transfer, and its text.
//!
//! ```text
//! DQR1/3/12/59C2D1F0A7B33E64/8B0F6A21/…base45 of the part's octets…/
//! ```
//!
//! | field | meaning |
//! |---|---|
//! | `DQR1` | this form |
//! | 3 | number of the part, from 1; decimal without leading zeros |
//! | 12 | number of parts |
//! | 16 digits | the transfer: the first 8 octets of SHA-256 over all of it, upper-case hexadecimal |
//! | 8 digits | CRC-32C over the two numbers (16 bits each, most significant octet first), the 8 octets and the part's octets |
//! | the rest | the part's octets in base45 (RFC 9285), and a `/` that ends it |
//!
//! All characters are of the alphanumeric set of QR codes, 5½ bits each. Base45 puts two octets into three of them, 16 bits into 16½. It may
//! end with a space, which some readers drop; the last `/` is why nothing is lost then.

use crate::MAX_PARTS;
use core::{fmt, str::FromStr};
use sha2::{Digest, Sha256};

const FORM: &str = "DQR1";

/// Which transfer a part belongs to: the first 64 bits of SHA-256 over the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransferId([u8; 8]);

impl TransferId {
    /// The identifier of a transfer of these octets.
    pub fn of(octets: &[u8]) -> Self {
        let digest = Sha256::digest(octets);
        let mut id = [0; 8];
        for (place, octet) in id.iter_mut().zip(digest) {
            *place = octet;
        }
        TransferId(id)
    }
}

/// Sixteen hexadecimal digits in upper case.
impl fmt::Display for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

/// One part of a transfer. Its text is made by `Display` and read by `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    number: u16,
    total: u16,
    transfer: TransferId,
    octets: Vec<u8>,
}

/// Why a text is no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// It is some other text.
    #[error("this text is no part of a transfer: it does not begin with {FORM}/")]
    NotAPart,
    /// It begins as a part of another version of this form.
    #[error("the part is of form {0}, this reads {FORM}")]
    Version(String),
    /// It ends too early.
    #[error("the part is cut short")]
    Truncated,
    /// A field is not as it must be.
    #[error("the part's {field} is {found:?}, not {expected}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is there.
        found: String,
        /// What must be.
        expected: &'static str,
    },
    /// Part 4 of 3, or part 0.
    #[error("there is no part {number} of {total}")]
    Number {
        /// The number of the part.
        number: u16,
        /// The number of parts.
        total: u16,
    },
    /// The transfer has too many parts.
    #[error("a transfer of {found} parts: at most {MAX_PARTS} are read")]
    TooMany {
        /// The number of parts.
        found: u16,
    },
    /// The octets are not base45.
    #[error("part {number} of {total} is not base45 (RFC 9285)")]
    Base45 {
        /// The number of the part.
        number: u16,
        /// The number of parts.
        total: u16,
    },
    /// It holds nothing.
    #[error("part {number} of {total} is empty")]
    Empty {
        /// The number of the part.
        number: u16,
        /// The number of parts.
        total: u16,
    },
    /// The part's checksum is not that of its content.
    #[error(
        "part {number} of {total} was read wrongly: its checksum is {found:08X}, that of its content {computed:08X}"
    )]
    Checksum {
        /// The number of the part.
        number: u16,
        /// The number of parts.
        total: u16,
        /// The checksum in the part.
        found: u32,
        /// The checksum of the content.
        computed: u32,
    },
}

impl Part {
    /// The characters of a part's text beside its octets, at most.
    pub(crate) const OVERHEAD: usize = "DQR1/2048/2048/0123456789ABCDEF/01234567//".len();

    /// `number` must be 1 to `total`; only [`split`](crate::split()) makes parts of octets.
    pub(crate) fn new(number: u16, total: u16, transfer: TransferId, octets: &[u8]) -> Self {
        Part { number, total, transfer, octets: octets.to_vec() }
    }

    /// Which part this is, from 1.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// How many parts there are.
    pub fn total(&self) -> u16 {
        self.total
    }

    /// The transfer it belongs to.
    pub fn transfer(&self) -> TransferId {
        self.transfer
    }

    /// Its octets.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    fn checksum(&self) -> u32 {
        let head = [self.number.to_be_bytes(), self.total.to_be_bytes()].concat();
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head), &self.transfer.0);
        crc32c::crc32c_append(checksum, &self.octets)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Part { number, total, transfer, octets } = self;
        let checksum = self.checksum();
        write!(f, "{FORM}/{number}/{total}/{transfer}/{checksum:08X}/{}/", base45::encode(octets))
    }
}

impl FromStr for Part {
    type Err = PartError;

    fn from_str(text: &str) -> Result<Self, PartError> {
        let (form, rest) = text.split_once('/').ok_or_else(|| no_part(text))?;
        if form != FORM {
            return Err(no_part(text));
        }
        let (number, rest) = rest.split_once('/').ok_or(PartError::Truncated)?;
        let number = decimal("number", number)?;
        let (total, rest) = rest.split_once('/').ok_or(PartError::Truncated)?;
        let total = decimal("number of parts", total)?;
        if total > MAX_PARTS {
            return Err(PartError::TooMany { found: total });
        }
        if number == 0 || number > total {
            return Err(PartError::Number { number, total });
        }
        let (transfer, rest) = rest.split_once('/').ok_or(PartError::Truncated)?;
        let transfer = TransferId(hexadecimal("transfer", transfer, "16 hexadecimal digits")?);
        let (checksum, rest) = rest.split_once('/').ok_or(PartError::Truncated)?;
        let found = u32::from_be_bytes(hexadecimal("checksum", checksum, "8 hexadecimal digits")?);
        let encoded = rest.strip_suffix('/').ok_or(PartError::Truncated)?;
        // What decodes but is not written so, such as a last pair above FF, is refused as well.
        let octets = base45::decode(encoded)
            .ok()
            .filter(|octets| base45::encode(octets) == encoded)
            .ok_or(PartError::Base45 { number, total })?;
        if octets.is_empty() {
            return Err(PartError::Empty { number, total });
        }
        let part = Part { number, total, transfer, octets };
        match part.checksum() {
            computed if computed == found => Ok(part),
            computed => Err(PartError::Checksum { number, total, found, computed }),
        }
    }
}

fn no_part(text: &str) -> PartError {
    let form = text.split('/').next().unwrap_or_default();
    if form == FORM || (!form.is_empty() && FORM.starts_with(form)) {
        PartError::Truncated
    } else if form.strip_prefix("DQR").is_some_and(|version| version.parse::<u16>().is_ok()) {
        PartError::Version(form.into())
    } else {
        PartError::NotAPart
    }
}

fn decimal(field: &'static str, text: &str) -> Result<u16, PartError> {
    let number = text.parse().ok().filter(|number: &u16| number.to_string() == text);
    number.ok_or_else(|| wrong(field, text, "a decimal number up to 65535 without leading zeros"))
}

fn hexadecimal<const N: usize>(
    field: &'static str,
    text: &str,
    expected: &'static str,
) -> Result<[u8; N], PartError> {
    let mut octets = [0; N];
    let upper = !text.bytes().any(|octet| octet.is_ascii_lowercase());
    match hex::decode_to_slice(text, &mut octets) {
        Ok(()) if upper => Ok(octets),
        _ => Err(wrong(field, text, expected)),
    }
}

fn wrong(field: &'static str, found: &str, expected: &'static str) -> PartError {
    PartError::Field { field, found: found.chars().take(40).collect(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part() -> Part {
        Part::new(3, 12, TransferId::of(b"whole"), b"Hello!!")
    }

    #[test]
    fn the_text_is_as_the_table_says() {
        let text = part().to_string();
        // RFC 9285, section 4.3: the base45 of "Hello!!".
        assert!(text.starts_with("DQR1/3/12/") && text.ends_with("/%69 VD92EX0/"), "{text}");
        assert_eq!(text.parse(), Ok(part()));
        let alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        assert!(text.chars().all(|character| alphanumeric.contains(character)));
        let longest = Part::new(2048, 2048, TransferId::of(b"whole"), b"");
        assert_eq!(longest.to_string().len(), Part::OVERHEAD);
    }

    #[test]
    fn every_prefix_is_refused_and_whatever_follows() {
        let text = part().to_string();
        for end in 0..text.len() {
            let found = text[..end].parse::<Part>().unwrap_err();
            // A `/` within the octets could end them.
            let wrong = matches!(
                found,
                PartError::Base45 { .. } | PartError::Checksum { .. } | PartError::Empty { .. }
            );
            assert!(found == PartError::Truncated || end == 0 || wrong, "{end}: {found}");
        }
        assert!((text + "A").parse::<Part>().is_err());
    }

    #[test]
    fn each_fault_has_its_name() {
        let text = part().to_string();
        let found = |from: &str, to: &str| text.replacen(from, to, 1).parse::<Part>().unwrap_err();
        assert_eq!("https://example.com".parse::<Part>(), Err(PartError::NotAPart));
        assert_eq!("".parse::<Part>(), Err(PartError::NotAPart));
        assert_eq!(found("DQR1", "DQR2"), PartError::Version("DQR2".into()));
        assert_eq!(found("/3/", "/0/"), PartError::Number { number: 0, total: 12 });
        assert_eq!(found("/3/", "/13/"), PartError::Number { number: 13, total: 12 });
        assert_eq!(found("/12/", "/2049/"), PartError::TooMany { found: 2049 });
        assert!(matches!(found("/3/", "/03/"), PartError::Field { field: "number", .. }));
        assert!(matches!(found("/12/", "/x/"), PartError::Field { field: "number of parts", .. }));
        assert!(matches!(found("/12/", "/12/0"), PartError::Field { field: "transfer", .. }));
        assert!(matches!(found("%69", "::::"), PartError::Base45 { number: 3, total: 12 }));
        assert!(matches!(found("/%69", "/%6A"), PartError::Checksum { number: 3, total: 12, .. }));
        assert!(matches!(found("/3/", "/4/"), PartError::Checksum { number: 4, total: 12, .. }));
        let empty = Part::new(1, 1, TransferId::of(b""), b"");
        assert_eq!(empty.to_string().parse::<Part>(), Err(PartError::Empty { number: 1, total: 1 }));
    }
}
