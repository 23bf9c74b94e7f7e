//! Reading records.

use super::Store;
use crate::{
    Authority, Ceremony, Corruption, Damage, Delegation, Document, Job, JobId, Prospect, Registration,
    RegistrationId, Request, StoreError, Subject, Table, Token, Write,
    index::{
        IndexError, Key, key,
        row::{self, Row},
    },
};
use drip_det::{Det, Hid, HostIdentity};

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

    /// The registration that a certificate is of, by its issuer and serial number.
    pub fn registration_by_serial(
        &self,
        issuer: Det,
        serial: &[u8],
    ) -> Result<Option<Registration>, StoreError> {
        self.registration_of(&key::numbered(issuer, serial))
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

    /// A key that is to become an authority, by its DET.
    pub fn prospect(&self, det: Det) -> Result<Option<Prospect>, StoreError> {
        self.record(&key::prospect(det))?.map(prospect).transpose()
    }

    /// Every key that is, or was, to become an authority, by DET.
    pub fn prospects(&self) -> Result<Vec<Prospect>, StoreError> {
        self.all(key::table(Table::Prospects))?.into_iter().map(prospect).collect()
    }

    /// Who has the number of a registry below.
    pub fn delegation(&self, hid: Hid) -> Result<Option<Delegation>, StoreError> {
        self.record(&key::delegation(hid))?.map(delegation).transpose()
    }

    /// Every delegation, by HID.
    pub fn delegations(&self) -> Result<Vec<Delegation>, StoreError> {
        self.all(key::table(Table::Delegations))?.into_iter().map(delegation).collect()
    }

    /// A ceremony request by its SHA-256.
    pub fn ceremony(&self, digest: &[u8; 32]) -> Result<Option<Ceremony>, StoreError> {
        self.record(&key::ceremony(digest))?.map(ceremony).transpose()
    }

    /// Every ceremony request, by digest.
    pub fn ceremonies(&self) -> Result<Vec<Ceremony>, StoreError> {
        self.all(key::table(Table::Ceremonies))?.into_iter().map(ceremony).collect()
    }

    /// A job by its identifier.
    pub fn job(&self, id: &JobId) -> Result<Option<Job>, StoreError> {
        self.record(&key::job(id))?.map(job).transpose()
    }

    /// Every job, by identifier.
    pub fn jobs(&self) -> Result<Vec<Job>, StoreError> {
        self.all(key::table(Table::Jobs))?.into_iter().map(job).collect()
    }

    /// A document by its name.
    pub fn document(&self, name: &str) -> Result<Option<Document>, StoreError> {
        self.record(&key::document(name))?.map(document).transpose()
    }

    /// Every document, by name.
    pub fn documents(&self) -> Result<Vec<Document>, StoreError> {
        self.all(key::table(Table::Documents))?.into_iter().map(document).collect()
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
            Write::PutProspect { record, .. } => (key::prospect(record.det), record.version),
            Write::PutDelegation { record, .. } => (key::delegation(record.hid), record.version),
            Write::PutCeremony { record, .. } => (key::ceremony(&record.digest), record.version),
            Write::PutJob { record, .. } => (key::job(&record.id), record.version),
            Write::PutDocument { record, .. } => (key::document(&record.name), record.version),
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

fn prospect(write: Write) -> Result<Prospect, StoreError> {
    match write {
        Write::PutProspect { record, .. } => Ok(*record),
        _ => Err(misplaced()),
    }
}

fn delegation(write: Write) -> Result<Delegation, StoreError> {
    match write {
        Write::PutDelegation { record, .. } => Ok(*record),
        _ => Err(misplaced()),
    }
}

fn ceremony(write: Write) -> Result<Ceremony, StoreError> {
    match write {
        Write::PutCeremony { record, .. } => Ok(*record),
        _ => Err(misplaced()),
    }
}

fn job(write: Write) -> Result<Job, StoreError> {
    match write {
        Write::PutJob { record, .. } => Ok(*record),
        _ => Err(misplaced()),
    }
}

fn document(write: Write) -> Result<Document, StoreError> {
    match write {
        Write::PutDocument { record, .. } => Ok(*record),
        _ => Err(misplaced()),
    }
}
