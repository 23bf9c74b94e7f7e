//! Planning a change: its expectations and claims are checked, and what it does to the index follows.
//!
//! The same rules run when a change is committed and when the index is made from the journal.

use super::view::View;
use crate::{
    Authority, Conflict, Expect, IndexError, Kind, Registration, RegistrationId, Request, State, Subject,
    Table, Token, Write,
    index::{
        Key, key,
        row::{Claim, Place, Row, Unfinished},
    },
};

/// What a change does to the index: later rows of a key win.
pub(super) type Rows = Vec<(Key, Option<Row>)>;

/// Why a change cannot be.
#[derive(Debug)]
pub(super) enum PlanError {
    Conflict(Conflict),
    Index(IndexError),
}

impl From<Conflict> for PlanError {
    fn from(conflict: Conflict) -> Self {
        PlanError::Conflict(conflict)
    }
}

impl From<IndexError> for PlanError {
    fn from(error: IndexError) -> Self {
        PlanError::Index(error)
    }
}

/// The rows of these writes.
pub(super) fn plan(view: &dyn View, writes: &[Write]) -> Result<Rows, PlanError> {
    let mut plan = Plan { view, rows: Vec::with_capacity(writes.len() * 6) };
    for (number, write) in (0..=u16::MAX).zip(writes) {
        match write {
            Write::PutRegistration { record, expect } => plan.registration(record, *expect, number)?,
            Write::PutAuthority { record, expect } => plan.authority(record, *expect, number)?,
            Write::PutProspect { record, expect } => {
                plan.other(Table::Prospects, key::prospect(record.det), record.det, *expect, number)?;
            }
            Write::PutDelegation { record, expect } => {
                plan.other(Table::Delegations, key::delegation(record.hid), record.hid, *expect, number)?;
            }
            Write::PutCeremony { record, expect } => {
                let id = crate::error::hexadecimal(&record.digest);
                plan.other(Table::Ceremonies, key::ceremony(&record.digest), id, *expect, number)?;
            }
            Write::PutJob { record, expect } => {
                plan.other(Table::Jobs, key::job(&record.id), &record.id, *expect, number)?;
            }
            Write::PutDocument { record, expect } => {
                plan.other(Table::Documents, key::document(&record.name), &record.name, *expect, number)?;
            }
            Write::PutToken { record, expect } => plan.token(record, *expect, number)?,
            Write::PutRequest { record } => plan.request(record, number)?,
        }
    }
    Ok(plan.rows)
}

struct Plan<'a> {
    view: &'a dyn View,
    rows: Rows,
}

impl Plan<'_> {
    /// The row of a key after the writes planned so far.
    fn row(&self, key: &[u8]) -> Result<Option<Row>, IndexError> {
        match self.rows.iter().rev().find(|(planned, _)| planned == key) {
            Some((_, row)) => Ok(row.clone()),
            None => self.view.row(key),
        }
    }

    fn put(&mut self, key: Key, row: Row) {
        self.rows.push((key, Some(row)));
    }

    fn remove(&mut self, key: Key) {
        self.rows.push((key, None));
    }

    /// Who has this claim, other than `claimant`.
    fn other_holder(&self, key: &[u8], claimant: &Subject) -> Result<Option<Subject>, IndexError> {
        match self.row(key)? {
            Some(Row::Holder(holder)) => Ok(Some(holder).filter(|holder| holder != claimant)),
            Some(_) => Err(IndexError::malformed("reading a claim")),
            None => Ok(None),
        }
    }

    fn registration(&mut self, record: &Registration, expect: Expect, number: u16) -> Result<(), PlanError> {
        let what = Subject::Registration(record.id.clone());
        let at = key::registration(&record.id);
        let before = match self.row(&at)? {
            Some(Row::Registration { place, claim }) => Some((place.version, claim)),
            Some(_) => return Err(IndexError::malformed("reading a registration").into()),
            None => None,
        };
        expected(&what, before.map(|(version, _)| version), expect)?;
        let claim = Claim::of(record);
        if let Some((_, before)) = before {
            if before.det != claim.det || before.hi != claim.hi {
                return Err(Conflict::Identity { what }.into());
            }
            self.unlist(record, &before);
        }
        let (det, hi) = (key::det(record.det), key::hi(&record.hi));
        if record.state == State::Denied {
            // What was not its own, another has; only a former claim of its own is given up, and none that was ever in force.
            if before.is_some_and(|(_, before)| matches!(before.state, State::Pending | State::Issuing)) {
                self.remove(det);
                self.remove(hi);
            }
        } else {
            if let Some(holder) = self.other_holder(&det, &what)? {
                return Err(Conflict::Det { det: record.det, holder }.into());
            }
            if let Some(holder) = self.other_holder(&hi, &what)? {
                return Err(Conflict::Hi { hi: record.hi, holder }.into());
            }
            // A number is looked for long after its certificate ended: this is never taken back.
            for certificate in &record.numbered {
                let number = key::numbered(certificate.issuer, &certificate.serial);
                if let Some(holder) = self.other_holder(&number, &what)? {
                    return Err(Conflict::Serial { issuer: certificate.issuer, holder }.into());
                }
                self.put(number, Row::Holder(what.clone()));
            }
            self.put(det, Row::Holder(what.clone()));
            self.put(hi, Row::Holder(what));
        }
        self.list(record, &claim);
        self.put(
            at,
            Row::Registration { place: Place { write: number, version: expect.next_version() }, claim },
        );
        Ok(())
    }

    /// Takes a registration out of the listings it was in.
    fn unlist(&mut self, record: &Registration, before: &Claim) {
        for listing in listings(before) {
            self.remove(key::listed(listing, &record.id));
        }
    }

    fn list(&mut self, record: &Registration, claim: &Claim) {
        for listing in listings(claim) {
            self.put(key::listed(listing, &record.id), Row::Listed(claim.listed()));
        }
    }

    fn authority(&mut self, record: &Authority, expect: Expect, number: u16) -> Result<(), PlanError> {
        let what = Subject::Authority(record.det);
        let at = key::authority(record.det);
        let before = match self.row(&at)? {
            Some(Row::Authority { place }) => Some(place.version),
            Some(_) => return Err(IndexError::malformed("reading an authority").into()),
            None => None,
        };
        expected(&what, before, expect)?;
        let det = key::det(record.det);
        match self.other_holder(&det, &what)? {
            None => self.put(det, Row::Holder(what)),
            // The authority of a registry below, whose registration keeps the claim.
            Some(Subject::Registration(id)) if self.is_registry(&id, record)? => {}
            Some(holder) => return Err(Conflict::Det { det: record.det, holder }.into()),
        }
        self.put(at, Row::Authority { place: Place { write: number, version: expect.next_version() } });
        Ok(())
    }

    /// Whether a registration is that of the registry whose authority this is: of such a kind, and with the same key.
    fn is_registry(&self, id: &RegistrationId, authority: &Authority) -> Result<bool, IndexError> {
        match self.row(&key::registration(id))? {
            Some(Row::Registration { claim, .. }) => {
                Ok(matches!(claim.kind, Kind::Hda | Kind::Raa) && claim.hi == *authority.hi.as_bytes())
            }
            _ => Err(IndexError::malformed("reading a registration")),
        }
    }

    /// A record that claims nothing but its identifier.
    fn other(
        &mut self,
        table: Table,
        at: Key,
        id: impl ToString,
        expect: Expect,
        number: u16,
    ) -> Result<(), PlanError> {
        let what = Subject::Other(table, id.to_string());
        let before = match self.row(&at)? {
            Some(Row::Other { table: found, place }) if found == table => Some(place.version),
            Some(_) => return Err(IndexError::malformed("reading a record").into()),
            None => None,
        };
        expected(&what, before, expect)?;
        self.put(at, Row::Other { table, place: Place { write: number, version: expect.next_version() } });
        Ok(())
    }

    fn token(&mut self, record: &Token, expect: Expect, number: u16) -> Result<(), PlanError> {
        let what = Subject::Token(record.id.clone());
        let at = key::token(&record.id);
        let before = match self.row(&at)? {
            Some(Row::Token { place, digest }) => Some((place.version, digest)),
            Some(_) => return Err(IndexError::malformed("reading a token").into()),
            None => None,
        };
        expected(&what, before.map(|(version, _)| version), expect)?;
        if before.is_some_and(|(_, digest)| digest != record.digest) {
            return Err(Conflict::Identity { what }.into());
        }
        let digest = key::token_digest(&record.digest);
        if let Some(holder) = self.other_holder(&digest, &what)? {
            return Err(Conflict::TokenDigest { holder }.into());
        }
        self.put(digest, Row::Holder(what));
        let place = Place { write: number, version: expect.next_version() };
        self.put(at, Row::Token { place, digest: record.digest });
        Ok(())
    }

    fn request(&mut self, record: &Request, number: u16) -> Result<(), PlanError> {
        let at = key::request(&record.key_digest);
        if self.row(&at)?.is_some() {
            return Err(Conflict::Exists { what: Subject::Request(record.key_digest) }.into());
        }
        self.put(at, Row::Request { place: Place { write: number, version: 1 } });
        Ok(())
    }
}

/// The listings that a registration is in.
fn listings(claim: &Claim) -> impl Iterator<Item = Key> {
    let ending = (claim.state == State::Registered).then(|| key::ending_at(claim.not_after));
    let unfinished = (claim.unfinished == Unfinished::Yes).then(key::unfinished);
    let operator = claim.operator.map(key::of_operator);
    [Some(key::in_state(claim.state)), operator, ending, unfinished].into_iter().flatten()
}

fn expected(what: &Subject, found: Option<u64>, expect: Expect) -> Result<(), Conflict> {
    match (expect, found) {
        (Expect::Absent, None) => Ok(()),
        (Expect::Absent, Some(_)) => Err(Conflict::Exists { what: what.clone() }),
        (Expect::Version(_), None) => Err(Conflict::Missing { what: what.clone() }),
        (Expect::Version(expected), Some(found)) if expected == found => Ok(()),
        (Expect::Version(expected), Some(found)) => {
            Err(Conflict::Version { what: what.clone(), expected, found })
        }
    }
}
