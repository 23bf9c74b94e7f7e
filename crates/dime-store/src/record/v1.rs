//! Version 1 of the stored forms: the payload of a journal entry.
//!
//! A payload is a CBOR sequence (RFC 8742) of two items: the version, and an array of writes. A write is a map of one name to the
//! record's map, whose keys are short texts that are never used for anything else; absent values have no key. Numbers stand for the
//! words of [`Kind`](crate::Kind), [`State`](crate::State) and so on; they are given here and not taken from the enums, so that
//! nothing changes when an enum does. Octets once written stay readable for ever: a change of these forms is a new file beside this
//! one. That the octets are the ones that were written is for the entry's checksum to say.
//!
//! | item | CBOR |
//! |---|---|
//! | version | unsigned integer, 1 |
//! | writes | array of `{name: map}`; name is `reg`, `auth`, `pro`, `del`, `cer`, `job`, `doc`, `tok` or `req` |

mod authority;
mod ceremony;
mod delegation;
mod job;
mod number;
mod prospect;
mod registration;
mod terms;
mod token;

use crate::{Expect, Form, Write};
use authority::StoredAuthority;
use ceremony::{StoredCeremony, StoredDocument};
use delegation::StoredDelegation;
use job::StoredJob;
use prospect::StoredProspect;
use registration::StoredRegistration;
use serde::{Deserialize, Serialize};
use token::{StoredRequest, StoredToken};

/// The version of these forms.
pub const VERSION: u64 = 1;

/// One write. The expectation is not stored: a record's version says it.
#[derive(Serialize, Deserialize)]
enum StoredWrite {
    #[serde(rename = "reg")]
    Registration(Box<StoredRegistration>),
    #[serde(rename = "auth")]
    Authority(Box<StoredAuthority>),
    #[serde(rename = "pro")]
    Prospect(Box<StoredProspect>),
    #[serde(rename = "del")]
    Delegation(Box<StoredDelegation>),
    #[serde(rename = "cer")]
    Ceremony(Box<StoredCeremony>),
    #[serde(rename = "job")]
    Job(Box<StoredJob>),
    #[serde(rename = "doc")]
    Document(Box<StoredDocument>),
    #[serde(rename = "tok")]
    Token(Box<StoredToken>),
    #[serde(rename = "req")]
    Request(Box<StoredRequest>),
}

/// The payload of these writes.
pub fn encode(writes: &[Write]) -> Result<Vec<u8>, Form> {
    let stored: Vec<StoredWrite> = writes.iter().map(StoredWrite::from).collect();
    let mut payload = Vec::with_capacity(1024);
    ciborium::into_writer(&VERSION, &mut payload).map_err(|_| Form::Records)?;
    ciborium::into_writer(&stored, &mut payload).map_err(|_| Form::Records)?;
    Ok(payload)
}

/// The writes of a payload. Never panics, whatever the octets.
pub fn decode(payload: &[u8]) -> Result<Vec<Write>, Form> {
    let mut rest = payload;
    let version: u64 = ciborium::from_reader(&mut rest).map_err(|_| Form::Records)?;
    if version != VERSION {
        return Err(Form::Version(version));
    }
    let stored: Vec<StoredWrite> = ciborium::from_reader(&mut rest).map_err(|_| Form::Records)?;
    if !rest.is_empty() {
        return Err(Form::Records);
    }
    stored.into_iter().map(Write::try_from).collect()
}

/// Every record's version is one more than what was expected before it.
fn expect_before(version: u64) -> Result<Expect, Form> {
    match version {
        0 => Err(Form::Value("version")),
        1 => Ok(Expect::Absent),
        _ => Ok(Expect::Version(version - 1)),
    }
}

impl From<&Write> for StoredWrite {
    fn from(write: &Write) -> Self {
        match write {
            Write::PutRegistration { record, expect } => {
                StoredWrite::Registration(Box::new(StoredRegistration::new(record, expect.next_version())))
            }
            Write::PutAuthority { record, expect } => {
                StoredWrite::Authority(Box::new(StoredAuthority::new(record, expect.next_version())))
            }
            Write::PutProspect { record, expect } => {
                StoredWrite::Prospect(Box::new(StoredProspect::new(record, expect.next_version())))
            }
            Write::PutDelegation { record, expect } => {
                StoredWrite::Delegation(Box::new(StoredDelegation::new(record, expect.next_version())))
            }
            Write::PutCeremony { record, expect } => {
                StoredWrite::Ceremony(Box::new(StoredCeremony::new(record, expect.next_version())))
            }
            Write::PutJob { record, expect } => {
                StoredWrite::Job(Box::new(StoredJob::new(record, expect.next_version())))
            }
            Write::PutDocument { record, expect } => {
                StoredWrite::Document(Box::new(StoredDocument::new(record, expect.next_version())))
            }
            Write::PutToken { record, expect } => {
                StoredWrite::Token(Box::new(StoredToken::new(record, expect.next_version())))
            }
            Write::PutRequest { record } => StoredWrite::Request(Box::new(StoredRequest::new(record))),
        }
    }
}

impl TryFrom<StoredWrite> for Write {
    type Error = Form;

    fn try_from(stored: StoredWrite) -> Result<Self, Form> {
        Ok(match stored {
            StoredWrite::Registration(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutRegistration { record: Box::new(stored.into_record()?), expect }
            }
            StoredWrite::Authority(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutAuthority { record: Box::new(stored.into_record()?), expect }
            }
            StoredWrite::Prospect(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutProspect { record: Box::new(stored.into_record()?), expect }
            }
            StoredWrite::Delegation(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutDelegation { record: Box::new(stored.into_record()?), expect }
            }
            StoredWrite::Ceremony(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutCeremony { record: Box::new(stored.into_record()?), expect }
            }
            StoredWrite::Job(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutJob { record: Box::new(stored.into_record()?), expect }
            }
            StoredWrite::Document(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutDocument { record: Box::new(stored.into_record()?), expect }
            }
            StoredWrite::Token(stored) => {
                let expect = expect_before(stored.version)?;
                Write::PutToken { record: stored.into_record()?, expect }
            }
            StoredWrite::Request(stored) => Write::PutRequest { record: stored.into_record()? },
        })
    }
}
