//! Reading records.

use super::Store;
use crate::{
    Authority, Corruption, Damage, Registration, RegistrationId, Request, StoreError, Subject, Token, Write,
    index::{
        IndexError, Key, key,
        row::{self, Row},
    },
};
use drip_det::{Det, HostIdentity};

/// Rows that are read from the index at a time.
pub(super) const PART: usize = 256;

impl Store {
    /// A registration by its identifier.
    pub fn registration(&self, id: &RegistrationId) -> Result<Option<Registration>, StoreError> {
        match self.record(&key::registration(id))? {
            Some(Write::PutRegistration { record, .. }) => Ok(Some(*record)),
            Some(_) => Err(misplaced()),
            None => Ok(None),
        }
    }

    /// The registration that claims a DET: any but a denied one.
    pub fn registration_by_det(&self, det: Det) -> Result<Option<Registration>, StoreError> {
        self.registration_of(&key::det(det))
    }

    /// The registration that claims a key: any but a denied one.
    pub fn registration_by_hi(&self, hi: &HostIdentity) -> Result<Option<Registration>, StoreError> {
        self.registration_of(&key::hi(hi))
    }

    fn registration_of(&self, claim: &[u8]) -> Result<Option<Registration>, StoreError> {
        match self.holder(claim)? {
            Some(Subject::Registration(id)) => self.registration(&id),
            _ => Ok(None),
        }
    }

    /// An authority by its DET.
    pub fn authority(&self, det: Det) -> Result<Option<Authority>, StoreError> {
        self.record(&key::authority(det))?.map(authority).transpose()
    }

    /// Every authority, by DET.
    pub fn authorities(&self) -> Result<Vec<Authority>, StoreError> {
        self.all(key::authorities())?.into_iter().map(authority).collect()
    }

    /// A token by its identifier.
    pub fn token(&self, id: &crate::TokenId) -> Result<Option<Token>, StoreError> {
        self.record(&key::token(id))?.map(token).transpose()
    }

    /// A token by the SHA-256 of its text.
    pub fn token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        match self.holder(&key::token_digest(digest))? {
            Some(Subject::Token(id)) => self.token(&id),
            _ => Ok(None),
        }
    }

    /// Every token, by identifier.
    pub fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.all(key::tokens())?.into_iter().map(token).collect()
    }

    /// An answered request by the digest of its key.
    pub fn request(&self, key_digest: &[u8; 32]) -> Result<Option<Request>, StoreError> {
        match self.record(&key::request(key_digest))? {
            Some(Write::PutRequest { record }) => Ok(Some(record)),
            Some(_) => Err(misplaced()),
            None => Ok(None),
        }
    }

    /// Who has a claim.
    fn holder(&self, claim: &[u8]) -> Result<Option<Subject>, StoreError> {
        match self.index.get(claim)?.as_deref().map(Row::decode) {
            None => Ok(None),
            Some(Some(Row::Holder(subject))) => Ok(Some(subject)),
            Some(_) => Err(misplaced()),
        }
    }

    /// The write that a row of the index points to.
    fn record(&self, key: &[u8]) -> Result<Option<Write>, StoreError> {
        self.index.get(key)?.map(|value| self.pointed(key, &value)).transpose()
    }

    /// The write that a row points to. A row that points to another record, or to another version of its own, is damaged although
    /// what it points to checks.
    fn pointed(&self, key: &[u8], value: &[u8]) -> Result<Write, StoreError> {
        let (pointer, place) = row::pointer(value).ok_or_else(misplaced)?;
        let damaged = || {
            let what = Damage::Unreadable;
            StoreError::Corrupt(Corruption { segment: pointer.segment, offset: pointer.offset, what })
        };
        let mut entry = self.journal.read(pointer)?.ok_or_else(damaged)?;
        let number = usize::from(place.write);
        if number >= entry.change.writes.len() {
            return Err(damaged());
        }
        let write = entry.change.writes.swap_remove(number);
        let (found, version) = match &write {
            Write::PutRegistration { record, .. } => (key::registration(&record.id), record.version),
            Write::PutAuthority { record, .. } => (key::authority(record.det), record.version),
            Write::PutToken { record, .. } => (key::token(&record.id), record.version),
            Write::PutRequest { record } => (key::request(&record.key_digest), 1),
        };
        if found == key && version == place.version { Ok(write) } else { Err(misplaced()) }
    }

    /// Every record of a table.
    fn all(&self, table: Key) -> Result<Vec<Write>, StoreError> {
        let mut records = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let rows = self.index.range(&table, after.as_deref(), PART)?;
            for (key, value) in &rows {
                records.push(self.pointed(key, value)?);
            }
            match rows.into_iter().next_back() {
                Some((key, _)) => after = Some(key),
                None => return Ok(records),
            }
        }
    }
}

/// A row of the index is of another kind than its table.
pub(super) fn misplaced() -> StoreError {
    IndexError::malformed("reading a record").into()
}

fn authority(write: Write) -> Result<Authority, StoreError> {
    match write {
        Write::PutAuthority { record, .. } => Ok(*record),
        _ => Err(misplaced()),
    }
}

fn token(write: Write) -> Result<Token, StoreError> {
    match write {
        Write::PutToken { record, .. } => Ok(record),
        _ => Err(misplaced()),
    }
}
