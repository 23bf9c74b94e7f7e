//! DNS record types that matter for DETs (IANA "Resource Record (RR) TYPEs").

use core::{fmt, str::FromStr};

/// A DNS record type. Types without a name here are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType(pub u16);

const NAMES: [(RecordType, &str); 5] = [
    (RecordType::CERT, "CERT"),
    (RecordType::TLSA, "TLSA"),
    (RecordType::HIP, "HIP"),
    (RecordType::HHIT, "HHIT"),
    (RecordType::BRID, "BRID"),
];

impl RecordType {
    /// Certificates (RFC 4398).
    pub const CERT: RecordType = RecordType(37);
    /// Certificate association (RFC 6698).
    pub const TLSA: RecordType = RecordType(52);
    /// Host Identity Protocol (RFC 8005).
    pub const HIP: RecordType = RecordType(55);
    /// Hierarchical Host Identity Tag (RFC 9886).
    pub const HHIT: RecordType = RecordType(67);
    /// Broadcast RID (RFC 9886).
    pub const BRID: RecordType = RecordType(68);
}

/// The mnemonic, or `TYPE` and the number (RFC 3597, section 5).
impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(number, _)| number == self) {
            Some((_, name)) => f.write_str(name),
            None => write!(f, "TYPE{}", self.0),
        }
    }
}

/// Text that names no record type known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected CERT, TLSA, HIP, HHIT, BRID or TYPE and a number")]
pub struct ParseRecordTypeError;

impl FromStr for RecordType {
    type Err = ParseRecordTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((number, _)) = NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)) {
            return Ok(*number);
        }
        match (text.get(..4), text.get(4..).map(str::parse)) {
            (Some(word), Some(Ok(number))) if word.eq_ignore_ascii_case("TYPE") => Ok(RecordType(number)),
            _ => Err(ParseRecordTypeError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn text_both_ways() {
        for (text, number) in
            [("HHIT", 67), ("BRID", 68), ("HIP", 55), ("CERT", 37), ("TLSA", 52), ("TYPE99", 99)]
        {
            assert_eq!(text.parse(), Ok(RecordType(number)));
            assert_eq!(RecordType(number).to_string(), text);
        }
        assert_eq!("type67".parse(), Ok(RecordType::HHIT));
        assert_eq!("TYPE70000".parse::<RecordType>(), Err(ParseRecordTypeError));
        assert_eq!("A".parse::<RecordType>(), Err(ParseRecordTypeError));
    }
}
