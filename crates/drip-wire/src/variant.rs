//! Where a decoded value differs from what we would write, in ways the standards allow by contradicting themselves.

use core::fmt;

/// A reading that was accepted although it is not the one we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// BRID with types and values in one flat list, as the example of RFC 9886 has it; its CDDL nests each pair.
    FlatPairs,
    /// BRID with a session id of 17 octets, as the example of RFC 9886 has it; its CDDL says 20.
    ShortUasId,
    /// BRID with a floating-point number in more octets than it needs.
    WideFloat,
    /// An endorsement with times that look like Unix time, as in the examples of RFC 9575 and RFC 9886.
    UnixEpoch,
    /// HHIT with an upper-case HID abbreviation, as in the text of RFC 9886; its examples are in lower case.
    UpperCaseAbbreviation,
    /// HHIT with an entity type that IANA has not registered; DKI roles are such.
    UnregisteredEntityType,
    /// HIP with the number EdDSA has elsewhere: 5 (HHIT suite), 13 (HIP parameter) or 15 (DNSSEC) instead of 4.
    HipAlgorithm(u8),
    /// CERT of type PKIX with the certificate behind an X.500 attribute OID, as RFC 4398 says and nobody does.
    PkixOidPrefix,
    /// CERT of type OID with a Broadcast Endorsement, as drafts had it before BRID.
    EndorsementInCert,
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FlatPairs => {
                f.write_str("pairs are one flat list, as in RFC 9886's example, not nested as in its CDDL")
            }
            Self::ShortUasId => {
                f.write_str("the session id has 17 octets, as in RFC 9886's example, not 20 as in its CDDL")
            }
            Self::WideFloat => f.write_str("a floating-point number takes more octets than it needs"),
            Self::UnixEpoch => f.write_str("the times look like Unix time, not DRIP time"),
            Self::UpperCaseAbbreviation => f.write_str("the HID abbreviation is in upper case"),
            Self::UnregisteredEntityType => f.write_str("the entity type is not registered with IANA"),
            Self::HipAlgorithm(found) => {
                write!(f, "the HIP algorithm is {found}, EdDSA is 4 in this record")
            }
            Self::PkixOidPrefix => f.write_str("an X.500 OID stands before the certificate"),
            Self::EndorsementInCert => {
                f.write_str("a Broadcast Endorsement in a CERT record, the form before BRID")
            }
        }
    }
}
