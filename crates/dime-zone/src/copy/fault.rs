//! Why what came in a transfer is not served.

use crate::{Name, RecordType, Serial, ZoneError};

/// What is wrong with a zone that came in a transfer, and with which record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The record belongs to no zone of this name.
    #[error("{owner} {record_type} is outside zone {zone}")]
    Outside {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
        /// The zone.
        zone: Name,
    },
    /// The RDATA is not that of its type.
    #[error("the RDATA of {owner} {record_type} cannot be read")]
    Malformed {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
    },
    /// A record that a zone of DETs has no place for.
    #[error("{owner} {record_type}: a zone of DETs has no such record")]
    Unservable {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
    },
    /// A DET has one record of each type.
    #[error("{owner} has several {record_type} records, a DET has one")]
    Several {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
    },
    /// A DET's records have one TTL, and all that is no DET's has that of the SOA.
    #[error("{owner} {record_type} has TTL {found}, others that belong to it have {expected}")]
    Ttl {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
        /// Its TTL.
        found: u32,
        /// The TTL it must have.
        expected: u32,
    },
    /// The zone denies by hashed names.
    #[error(
        "{owner} {record_type}: copies of zones that deny by NSEC3 are not served, of those with NSEC they are"
    )]
    Hashed {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
    },
    /// The zone has signatures, and nothing to verify them by.
    #[error("zone {0} has records of a signed zone and no DNSKEY")]
    NoKeys(Name),
    /// The zone is signed, and not this name.
    #[error("the zone is signed, and {0} has no NSEC")]
    NoNsec(Name),
    /// The zone is signed, and not this set.
    #[error("the zone is signed, and {owner} {record_type} has no RRSIG")]
    NoSignature {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
    },
    /// A signature of nothing.
    #[error("{owner} has an RRSIG of {record_type}, of which there is none there that is the zone's to sign")]
    CoversNothing {
        /// The owner.
        owner: Name,
        /// The type covered.
        record_type: RecordType,
    },
    /// A signature by another zone, or of a wildcard.
    #[error("{owner} has an RRSIG of {record_type} that is not of this zone and this name")]
    ForeignSignature {
        /// The owner.
        owner: Name,
        /// The type covered.
        record_type: RecordType,
    },
    /// An NSEC that tells other types than there are.
    #[error("the NSEC of {0} tells other types than there are")]
    Types(Name),
    /// An NSEC that does not link to the next owner.
    #[error("the NSEC of {owner} does not link to {next}, which is next")]
    Chain {
        /// The owner.
        owner: Name,
        /// The next owner.
        next: Name,
    },
    /// NSEC or RRSIG records at a name where nothing is the zone's to sign.
    #[error("{0} has NSEC or RRSIG records and nothing that the zone signs")]
    Stray(Name),
    /// More than there is room for.
    #[error("zone {0} has more records beside those of DETs than are taken")]
    TooMany(Name),
    /// Differences that are not from what there is.
    #[error("the differences begin at serial {found}, the copy has {have}")]
    OtherSerial {
        /// Where they begin.
        found: Serial,
        /// What the copy has.
        have: Serial,
    },
    /// What is to be taken away is not there.
    #[error("the differences take away {owner} {record_type}, which the copy does not have")]
    NotThere {
        /// The owner.
        owner: Name,
        /// The type.
        record_type: RecordType,
    },
    /// There can be no such zone.
    #[error(transparent)]
    Zone(#[from] ZoneError),
}
