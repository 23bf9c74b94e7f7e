//! DNS record types that zones of DETs hold or are asked for (IANA "Resource Record (RR) TYPEs").

use super::presentation::decimal;
use core::{fmt, str::FromStr};

/// A DNS record type. Types without a name here are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType(pub u16);

const NAMES: [(RecordType, &str); 20] = [
    (RecordType::A, "A"),
    (RecordType::NS, "NS"),
    (RecordType::SOA, "SOA"),
    (RecordType::AAAA, "AAAA"),
    (RecordType::DS, "DS"),
    (RecordType::RRSIG, "RRSIG"),
    (RecordType::NSEC, "NSEC"),
    (RecordType::DNSKEY, "DNSKEY"),
    (RecordType::CDS, "CDS"),
    (RecordType::CDNSKEY, "CDNSKEY"),
    (RecordType::NXNAME, "NXNAME"),
    (RecordType::IXFR, "IXFR"),
    (RecordType::AXFR, "AXFR"),
    (RecordType::ANY, "ANY"),
    (RecordType::CERT, "CERT"),
    (RecordType::TLSA, "TLSA"),
    (RecordType::HIP, "HIP"),
    (RecordType::HHIT, "HHIT"),
    (RecordType::BRID, "BRID"),
    (RecordType::URI, "URI"),
];

impl RecordType {
    /// IPv4 address (RFC 1035).
    pub const A: RecordType = RecordType(1);
    /// Name server (RFC 1035).
    pub const NS: RecordType = RecordType(2);
    /// Start of authority (RFC 1035).
    pub const SOA: RecordType = RecordType(6);
    /// IPv6 address (RFC 3596).
    pub const AAAA: RecordType = RecordType(28);
    /// Delegation signer (RFC 4034), which belongs to the parent's side of a zone cut.
    pub const DS: RecordType = RecordType(43);
    /// Signature over a record set (RFC 4034).
    pub const RRSIG: RecordType = RecordType(46);
    /// Next name and types at this one (RFC 4034).
    pub const NSEC: RecordType = RecordType(47);
    /// Key of a zone (RFC 4034).
    pub const DNSKEY: RecordType = RecordType(48);
    /// What the zone wants as DS (RFC 7344).
    pub const CDS: RecordType = RecordType(59);
    /// The same as a key (RFC 7344).
    pub const CDNSKEY: RecordType = RecordType(60);
    /// In the types of an NSEC: the name does not exist (RFC 9824); never a record's type, nor a question's.
    pub const NXNAME: RecordType = RecordType(128);
    /// Incremental zone transfer (RFC 1995), a query type.
    pub const IXFR: RecordType = RecordType(251);
    /// Zone transfer (RFC 5936), a query type.
    pub const AXFR: RecordType = RecordType(252);
    /// Any type (RFC 1035, RFC 8482), a query type.
    pub const ANY: RecordType = RecordType(255);
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
    /// Where a service is found (RFC 7553).
    pub const URI: RecordType = RecordType(256);
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
#[error("expected a record type of the DET tree, such as HHIT, or TYPE and a number")]
pub struct ParseRecordTypeError;

impl FromStr for RecordType {
    type Err = ParseRecordTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((number, _)) = NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)) {
            return Ok(*number);
        }
        match (text.get(..4), text.get(4..).and_then(decimal)) {
            (Some(word), Some(number)) if word.eq_ignore_ascii_case("TYPE") => Ok(RecordType(number)),
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
        assert_eq!("TYPE+67".parse::<RecordType>(), Err(ParseRecordTypeError));
        assert_eq!("TYPE".parse::<RecordType>(), Err(ParseRecordTypeError));
        assert_eq!("MX".parse::<RecordType>(), Err(ParseRecordTypeError));
    }
}
