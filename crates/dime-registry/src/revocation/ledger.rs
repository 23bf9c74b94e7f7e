//! What is revoked, by issuer and serial number, as the store's feed tells it.

mod kept;

use dime_store::{Authority, AuthorityStatus, Entry, Registration, Seq, State, Write};
use drip_cert::{
    crl::{Reason, Shard},
    full::FullCertificate,
    lite::CertificateSerial,
    mtls::MtlsCertificate,
    ocsp::{CertId, HashAlgorithm, Issuer},
};
use drip_det::{Det, UnixTime};
use parking_lot::RwLock;
use std::collections::{BTreeMap, HashMap};

/// A serial number's magnitude.
type Serial = Vec<u8>;
/// The hashes of an issuer's name and key.
type Hashes = (Vec<u8>, Vec<u8>);

/// What is revoked.
#[derive(Default)]
pub(crate) struct Ledger(RwLock<Books>);

/// What the ledger holds: kept in a snapshot as a whole.
#[derive(Clone, Default)]
pub(crate) struct Books {
    issuers: BTreeMap<Det, Book>,
    /// The certificates of each authority, those before its last, too.
    authorities: BTreeMap<Det, Vec<Numbered>>,
    /// Whose certificate has a number, among those of authorities.
    by_number: BTreeMap<(Det, Serial), Det>,
    /// Authorities by what a CertID says of them.
    by_hash: HashMap<Hashes, Issuer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Numbered {
    issuer: Det,
    serial: Serial,
    not_after: UnixTime,
}

/// What an issuer revoked.
#[derive(Clone, Default)]
struct Book {
    revoked: BTreeMap<Serial, Row>,
    /// What was on hold and is not any more.
    released: BTreeMap<Serial, Row>,
    /// The last change that touched it.
    revision: Seq,
}

/// One revoked certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) at: UnixTime,
    pub(crate) reason: Option<Reason>,
    /// When the certificate ends: soon after it need not be listed any more.
    pub(crate) not_after: UnixTime,
    /// The change that said so.
    pub(crate) since: Seq,
}

/// What a list is made of.
#[derive(Default)]
pub(crate) struct Extract {
    pub(crate) revision: Seq,
    pub(crate) revoked: Vec<(Det, Serial, Row)>,
    pub(crate) released: Vec<(Det, Serial, Row)>,
}

impl Ledger {
    /// A ledger that holds this.
    pub(crate) fn of(books: Books) -> Self {
        Ledger(RwLock::new(books))
    }

    /// A copy of what it holds.
    pub(crate) fn books(&self) -> Books {
        self.0.read().clone()
    }

    /// Takes one change in.
    pub(crate) fn follow(&self, entry: &Entry) {
        for write in &entry.change.writes {
            match write {
                Write::PutRegistration { record, .. } if record.state == State::Revoked => {
                    self.0.write().registration(record, entry.seq);
                }
                Write::PutAuthority { record, .. } => self.0.write().authority(record, entry.seq),
                _ => {}
            }
        }
    }

    /// The last change in what these issuers revoked.
    pub(crate) fn revision(&self, issuers: &[Det]) -> Seq {
        let books = self.0.read();
        let revisions =
            issuers.iter().filter_map(|issuer| books.issuers.get(issuer)).map(|book| book.revision);
        revisions.max().unwrap_or(Seq::START)
    }

    /// What these issuers revoked, of certificates that have not ended before `since`; of one part of them, or all.
    pub(crate) fn extract(&self, issuers: &[Det], shard: Option<Shard>, since: UnixTime) -> Extract {
        let books = self.0.read();
        let mut extract = Extract::default();
        for issuer in issuers {
            let Some(book) = books.issuers.get(issuer) else { continue };
            extract.revision = extract.revision.max(book.revision);
            let within = |serial: &Serial| {
                shard.is_none_or(|shard| {
                    CertificateSerial::new(serial).is_ok_and(|serial| shard.contains(&serial))
                })
            };
            let wanted = |(serial, row): (&Serial, &Row)| {
                (row.not_after >= since && within(serial)).then(|| (*issuer, serial.clone(), *row))
            };
            extract.revoked.extend(book.revoked.iter().filter_map(wanted));
            extract.released.extend(book.released.iter().filter_map(wanted));
        }
        extract
    }

    /// The issuers of revoked certificates.
    pub(crate) fn issuers(&self) -> Vec<Det> {
        self.0.read().issuers.keys().copied().collect()
    }

    /// How an authority's certificate stands: `None` when this is no authority's.
    pub(crate) fn authority_status(&self, issuer: Det, serial: &CertificateSerial) -> Option<Option<Row>> {
        let books = self.0.read();
        let number = (issuer, serial.as_bytes().to_vec());
        books.by_number.get(&number)?;
        Some(books.issuers.get(&issuer).and_then(|book| book.revoked.get(&number.1)).copied())
    }

    /// Who issued the certificate asked about, if it is an authority known here.
    pub(crate) fn issuer_of(&self, cert_id: &CertId) -> Option<Issuer> {
        let key = (cert_id.name_hash.clone(), cert_id.key_hash.clone());
        self.0.read().by_hash.get(&key).copied().filter(|issuer| cert_id.is_of(issuer))
    }
}

impl Books {
    fn registration(&mut self, record: &Registration, seq: Seq) {
        let reason = record.reason_code.and_then(Reason::from_code);
        let at = record.ended_at.unwrap_or(record.requested_at);
        for certificate in &record.numbered {
            let row = Row { at, reason, not_after: certificate.not_after, since: seq };
            self.revoke(certificate.issuer, &certificate.serial, row);
        }
    }

    fn authority(&mut self, record: &Authority, seq: Seq) {
        self.put_issuer(Issuer { det: record.det, hi: record.hi });
        for numbered in numbers(record) {
            let certificates = self.authorities.entry(record.det).or_default();
            if !certificates.contains(&numbered) {
                self.by_number.insert((numbered.issuer, numbered.serial.clone()), record.det);
                certificates.push(numbered);
            }
        }
        let Ended { at, reason } = match &record.status {
            AuthorityStatus::Active => return self.release(record.det, seq),
            AuthorityStatus::Suspended { at, .. } => Ended { at: *at, reason: Some(Reason::CertificateHold) },
            AuthorityStatus::Revoked { at, reason, code } => {
                Ended { at: *at, reason: reason_of(*code, reason) }
            }
            // What has not ended by itself has ceased.
            AuthorityStatus::Expired { at } if *at < record.not_after => {
                Ended { at: *at, reason: Some(Reason::CessationOfOperation) }
            }
            AuthorityStatus::Expired { .. } | AuthorityStatus::Retired { .. } => return,
        };
        for numbered in self.authorities.get(&record.det).cloned().unwrap_or_default() {
            let row = Row { at, reason, not_after: numbered.not_after, since: seq };
            self.revoke(numbered.issuer, &numbered.serial, row);
        }
    }

    /// An authority that an OCSP request may name.
    fn put_issuer(&mut self, issuer: Issuer) {
        for algorithm in [HashAlgorithm::Sha1, HashAlgorithm::Sha256] {
            self.by_hash.extend(issuer.hashes(algorithm).map(|hashes| (hashes, issuer)));
        }
    }

    fn revoke(&mut self, issuer: Det, serial: &[u8], row: Row) {
        let book = self.issuers.entry(issuer).or_default();
        book.released.remove(serial);
        let before = book.revoked.get(serial);
        // A later change of a record that was revoked before, and is still, says nothing new.
        if before.is_none_or(|before| (before.at, before.reason) != (row.at, row.reason)) {
            book.revoked.insert(serial.to_vec(), row);
            book.revision = row.since;
        }
    }

    /// What was on hold is not any more.
    fn release(&mut self, authority: Det, seq: Seq) {
        for numbered in self.authorities.get(&authority).into_iter().flatten() {
            let Some(book) = self.issuers.get_mut(&numbered.issuer) else { continue };
            if let Some(row) = book.revoked.remove(&numbered.serial) {
                book.released.insert(numbered.serial.clone(), Row { since: seq, ..row });
                book.revision = seq;
            }
        }
    }
}

/// When and why.
struct Ended {
    at: UnixTime,
    reason: Option<Reason>,
}

/// The certificates of an authority that are known by number.
fn numbers(record: &Authority) -> Vec<Numbered> {
    let full = record.full.as_deref().and_then(|der| FullCertificate::parse(der).ok());
    let full = full.map(|read| (read.tbs().issuer, read.tbs().serial.clone(), read.tbs().not_after));
    let mtls = record.mtls.as_deref().and_then(|der| MtlsCertificate::parse(der).ok());
    let mtls = mtls.map(|read| (read.tbs().issuer, read.tbs().serial.clone(), read.tbs().not_after));
    full.into_iter()
        .chain(mtls)
        .map(|(issuer, serial, not_after)| Numbered {
            issuer,
            serial: serial.as_bytes().to_vec(),
            not_after: not_after.to_unix(),
        })
        .collect()
}

/// The standard's reason. Before it was asked for, the reason in words could begin with it: `keyCompromise: the safe was open`.
pub(super) fn reason_of(code: Option<u8>, reason: &str) -> Option<Reason> {
    code.and_then(Reason::from_code).or_else(|| first_word(reason))
}

fn first_word(reason: &str) -> Option<Reason> {
    reason.split([':', ',', ' ']).next().and_then(|word| word.parse().ok())
}
