//! What may go wrong with a store, sorted by whose fault it is.

use crate::{RegistrationId, TokenId};
use drip_det::{Det, HostIdentity};
use std::{fmt, io, path::PathBuf};

/// Why a commit or a read did not succeed. What is not there is no error but `None`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What the change expected is not so. Nothing was written.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The store cannot now. Nothing was written; the same commit may succeed later.
    #[error("the store is unavailable: {what}")]
    Unavailable {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// It may have happened or not. Only a store opened anew can tell; this one takes no further commits.
    #[error("whether the change happened is unknown: {what}")]
    Unknown {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// Durable data is damaged.
    #[error(transparent)]
    Corrupt(#[from] Corruption),
}

/// What stands against a change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// There is something where nothing was expected.
    #[error("{what} exists already")]
    Exists {
        /// Which record.
        what: Subject,
    },
    /// There is nothing where a version was expected.
    #[error("{what} does not exist")]
    Missing {
        /// Which record.
        what: Subject,
    },
    /// Another version is there.
    #[error("{what} is at version {found}, not {expected}")]
    Version {
        /// Which record.
        what: Subject,
        /// The version that was expected.
        expected: u64,
        /// The version that is there.
        found: u64,
    },
    /// The DET belongs to another.
    #[error("the DET {det} belongs to {holder}")]
    Det {
        /// The DET.
        det: Det,
        /// Who has it.
        holder: Subject,
    },
    /// The key belongs to another registration.
    #[error("the key {hi} belongs to {holder}")]
    Hi {
        /// The key.
        hi: HostIdentity,
        /// Who has it.
        holder: Subject,
    },
    /// The serial number of a certificate belongs to another registration.
    #[error("a serial number of {issuer} belongs to {holder}")]
    Serial {
        /// Who issued the certificate.
        issuer: Det,
        /// Who has it.
        holder: Subject,
    },
    /// A record's DET, key or digest would become another one; they never change.
    #[error("{what} would become somebody else's")]
    Identity {
        /// Which record.
        what: Subject,
    },
    /// The digest belongs to another token.
    #[error("the digest belongs to {holder}")]
    TokenDigest {
        /// Who has it.
        holder: Subject,
    },
}

/// A record that a conflict is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A registration.
    Registration(RegistrationId),
    /// An authority.
    Authority(Det),
    /// A token.
    Token(TokenId),
    /// An answered request: the digest of its key.
    Request([u8; 32]),
    /// A record of one of the smaller tables, and its identifier as text.
    Other(Table, String),
}

/// A table of records that claim nothing but their own identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Keys that are to become authorities.
    Prospects,
    /// Delegations.
    Delegations,
    /// Ceremony requests.
    Ceremonies,
    /// Jobs.
    Jobs,
    /// Documents.
    Documents,
}

impl Table {
    /// What a record of it is called.
    pub const fn record(self) -> &'static str {
        match self {
            Table::Prospects => "prospect",
            Table::Delegations => "delegation",
            Table::Ceremonies => "ceremony",
            Table::Jobs => "job",
            Table::Documents => "document",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Registration(id) => write!(f, "registration {id}"),
            Subject::Authority(det) => write!(f, "authority {det}"),
            Subject::Token(id) => write!(f, "token {id}"),
            Subject::Request(_) => f.write_str("a request under this idempotency key"),
            Subject::Other(table, id) => write!(f, "{} {id}", table.record()),
        }
    }
}

/// Where durable data is damaged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal is damaged in segment {segment} at octet {offset}: {what}")]
pub struct Corruption {
    /// The segment's number.
    pub segment: u32,
    /// The octet in the segment's file.
    pub offset: u64,
    /// What is wrong there.
    pub what: Damage,
}

/// What is wrong with durable data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The segment's file is missing.
    #[error("the segment is missing")]
    SegmentMissing,
    /// The segment's file is shorter than it was made.
    #[error("the segment is cut short")]
    SegmentShort,
    /// The head of the segment is not one.
    #[error("the head of the segment does not check")]
    SegmentHead,
    /// An entry does not check, and later ones show that it was durable.
    #[error("entry {seq} does not check although later entries follow")]
    Entry {
        /// The number of the entry that should be there.
        seq: u64,
    },
    /// An entry that the index points to does not check.
    #[error("an entry does not check")]
    Unreadable,
    /// Entries that the index knows of are missing at the end.
    #[error("the journal ends before entry {seq}, which the index has seen")]
    EndMissing {
        /// The last entry the index has seen.
        seq: u64,
    },
    /// An entry checks, but what it says cannot be read.
    #[error("entry {seq} cannot be read: {form}")]
    Form {
        /// The number of the entry.
        seq: u64,
        /// What is wrong with its form.
        form: Form,
    },
    /// An entry checks, but contradicts those before it.
    #[error("entry {seq} contradicts those before it")]
    Contradiction {
        /// The number of the entry.
        seq: u64,
    },
}

/// Why the octets of an entry are no change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Form {
    /// The kind of change has an unknown number; a later version of the program wrote it.
    #[error("unknown kind of change {0}")]
    Kind(u16),
    /// The actor is not one.
    #[error("the actor is malformed")]
    Actor,
    /// The records have an unknown version; a later version of the program wrote them.
    #[error("unknown version {0} of the stored form")]
    Version(u64),
    /// The records are not what their version says.
    #[error("the records are malformed")]
    Records,
    /// A value of a record is out of its range.
    #[error("{0} is out of range")]
    Value(&'static str),
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has the store open.
    #[error("{} is in use by another process", folder.display())]
    InUse {
        /// The store's folder.
        folder: PathBuf,
    },
    /// Durable data is damaged. Restore the journal from a backup.
    #[error(transparent)]
    Corrupt(#[from] Corruption),
    /// The disk failed.
    #[error("the store cannot be opened: {what}")]
    Disk {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The index failed while it was brought up to date. It may be deleted: it is made anew from the journal.
    #[error("the index cannot be used: {what}")]
    Index {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: crate::IndexError,
    },
}

/// Octets in hexadecimal digits.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    use fmt::Write as _;
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}
