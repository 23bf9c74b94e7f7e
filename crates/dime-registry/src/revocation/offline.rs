//! Revocation lists of Authorization DETs: asked for here, signed where their key is, brought back, and kept in the store. A ceremony does
//! it with everything else that it signs; a list alone can be had as DER, for signers that are not dime's.

use super::{
    ledger::Row,
    list::{RevocationList, cert_time, entry, number_of},
};
use crate::{Caller, Forbidden, OurFault, Permission, Registry, registry::CommitError};
use dime_sign::SigningPolicy;
use dime_store::{ChangeKind, Document, Expect, Ownership, StoreError, Write};
use drip_cert::crl::{Crl, CrlError, CrlNumber, CrlTbs, CrlVerifyError, Scope};
use drip_det::{Det, DetClass, UnixTime};
use std::ops::RangeInclusive;

/// For how long a list signed offline may be in force, in seconds: to what an Authorization signer allows.
pub(crate) const LIST_LIFETIMES: RangeInclusive<u64> = 60..=SigningPolicy::AUTHORIZATION.max_status_lifetime;
/// How long before its end, at most, a list is to be replaced, in seconds: a ceremony takes its time.
const NOTICE: u64 = 30 * 86_400;

/// A list that an Authorization key is asked to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineListRequest {
    /// Whose list.
    pub issuer: Det,
    /// TBSCertList in DER.
    pub to_be_signed: Vec<u8>,
}

/// Why there is no such request, or why a list is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum OfflineListError {
    /// Only own Authorization DETs have lists that are signed offline.
    #[error("{0} is no Authorization DET of this DIME's own")]
    NotOwn(Det),
    /// The octets are no list.
    #[error(transparent)]
    Form(#[from] CrlError),
    /// A list is in force for a minute at least, and for four hundred days at most.
    #[error("not between 60 and 34560000 seconds")]
    Lifetime,
    /// The list is another issuer's.
    #[error("the list is of {found}, not of {expected}")]
    Issuer {
        /// Whose it is.
        found: Det,
        /// Whose it should be.
        expected: Det,
    },
    /// The list is not signed by its issuer.
    #[error(transparent)]
    Signature(#[from] CrlVerifyError),
    /// The list speaks of something else than all certificates of its issuer.
    #[error("the list is a delta, an indirect one or one of several")]
    Scope,
    /// The list is of another time.
    #[error("the list is from {this_update} to {next_update}, and now is {now}")]
    Time {
        /// Its thisUpdate.
        this_update: UnixTime,
        /// Its nextUpdate.
        next_update: UnixTime,
        /// Now.
        now: UnixTime,
    },
    /// A later one is here already.
    #[error("the list has number {number}, and {here} is here already")]
    Older {
        /// Its number.
        number: CrlNumber,
        /// That of the one here.
        here: CrlNumber,
    },
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl OfflineListError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            OfflineListError::NotOwn(_) => "not-found",
            OfflineListError::Lifetime => "invalid-parameter",
            OfflineListError::Form(_) | OfflineListError::Scope => "malformed-list",
            OfflineListError::Issuer { .. }
            | OfflineListError::Signature(_)
            | OfflineListError::Time { .. } => "object-not-valid",
            OfflineListError::Older { .. } => "older-list",
            OfflineListError::Forbidden(_) => "forbidden",
            OfflineListError::Ours(fault) => fault.slug(),
        }
    }
}

impl Registry {
    /// The list that an own Authorization DET has to sign now, to be in force for `lifetime` seconds.
    pub fn offline_list_request(
        &self,
        issuer: Det,
        lifetime: u64,
        caller: &Caller,
    ) -> Result<OfflineListRequest, OfflineListError> {
        self.own_authorization(issuer, caller)?;
        if !LIST_LIFETIMES.contains(&lifetime) {
            return Err(OfflineListError::Lifetime);
        }
        let now = self.clock.now();
        let next_update = UnixTime(now.0.saturating_add(lifetime));
        Ok(OfflineListRequest { issuer, to_be_signed: self.list_to_be_signed(issuer, now, next_update)? })
    }

    /// TBSCertList of everything that is revoked of what an Authorization DET issued.
    pub(crate) fn list_to_be_signed(
        &self,
        issuer: Det,
        now: UnixTime,
        next_update: UnixTime,
    ) -> Result<Vec<u8>, OurFault> {
        // What ended is listed once more after its end.
        let since = UnixTime(now.0.saturating_sub(next_update.0.saturating_sub(now.0)));
        let extract = self.revocation.ledger.extract(&[issuer], None, since);
        let mut tbs = CrlTbs {
            issuer,
            this_update: cert_time(now)?,
            next_update: cert_time(next_update)?,
            number: number_of(extract.revision, now),
            base: None,
            scope: Scope::Whole,
            freshest: None,
            entries: extract.revoked.iter().filter_map(|row| entry(row, now, None)).collect(),
        };
        tbs.sort();
        tbs.encode()
            .map_err(|error| OurFault::StoreCorrupt(format!("the list of {issuer} cannot be made: {error}")))
    }

    /// Whether an Authorization DET has to sign a new list: the one here lacks something or ends soon; or there is none, and something is
    /// revoked, or certificates name a place where it should be.
    pub(crate) fn list_is_due(&self, issuer: Det, now: UnixTime) -> Result<bool, OurFault> {
        let Some((_, crl)) = self.stored_list(issuer)? else {
            let revoked = !self.revocation.ledger.extract(&[issuer], None, now).revoked.is_empty();
            return Ok(revoked || self.policy.revocation.origin.is_some());
        };
        let (this_update, next_update) = (crl.tbs().this_update.to_unix(), crl.tbs().next_update.to_unix());
        let notice = NOTICE.min(next_update.0.saturating_sub(this_update.0) / 2);
        Ok(next_update.0 <= now.0.saturating_add(notice) || !self.says_all(&crl, now))
    }

    /// Whether a list says everything that is revoked now, and nothing that came back.
    fn says_all(&self, crl: &Crl, now: UnixTime) -> bool {
        let extract = self.revocation.ledger.extract(&[crl.tbs().issuer], None, now);
        let says = |(_, serial, row): &(Det, Vec<u8>, Row)| {
            let entry = crl.tbs().entries.iter().find(|entry| entry.serial.as_bytes() == serial.as_slice());
            entry.is_some_and(|entry| entry.reason == row.reason)
        };
        let lists = |serial: &[u8]| crl.tbs().entries.iter().any(|entry| entry.serial.as_bytes() == serial);
        extract.revoked.iter().all(says) && !extract.released.iter().any(|(_, serial, _)| lists(serial))
    }

    /// Why a list that a ceremony gave is not taken in; `None` when it is.
    pub(crate) fn list_of_no_use(
        &self,
        issuer: Det,
        der: &[u8],
        now: UnixTime,
    ) -> Result<Option<String>, OurFault> {
        let crl = match Crl::parse(der) {
            Ok(crl) => crl,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let refused = match self.stored_list(issuer)? {
            _ if !crl.is_current_at(now) => {
                let (this_update, next_update) =
                    (crl.tbs().this_update.to_unix(), crl.tbs().next_update.to_unix());
                OfflineListError::Time { this_update, next_update, now }
            }
            Some((_, here)) if here.tbs().number >= crl.tbs().number => {
                OfflineListError::Older { number: crl.tbs().number, here: here.tbs().number }
            }
            _ => return Ok(None),
        };
        Ok(Some(refused.to_string()))
    }

    /// Takes in a list that was signed offline, DER. It is given out as long as it lacks nothing and its time is not over.
    pub fn import_offline_list(
        &self,
        issuer: Det,
        der: &[u8],
        caller: &Caller,
    ) -> Result<RevocationList, OfflineListError> {
        let hi = self.own_authorization(issuer, caller)?;
        let crl = Crl::parse(der)?;
        if crl.tbs().issuer != issuer {
            return Err(OfflineListError::Issuer { found: crl.tbs().issuer, expected: issuer });
        }
        crl.verify(&hi)?;
        if crl.tbs().scope != Scope::Whole || crl.tbs().base.is_some() {
            return Err(OfflineListError::Scope);
        }
        let now = self.clock.now();
        if !crl.is_current_at(now) {
            let (this_update, next_update) =
                (crl.tbs().this_update.to_unix(), crl.tbs().next_update.to_unix());
            return Err(OfflineListError::Time { this_update, next_update, now });
        }
        let _held = self.locks.hold([issuer.into()], None);
        let here = self.stored_list(issuer)?;
        if let Some((_, here)) = &here {
            if here.der() == crl.der() {
                return Ok(list_of(&crl));
            }
            if here.tbs().number >= crl.tbs().number {
                return Err(OfflineListError::Older { number: crl.tbs().number, here: here.tbs().number });
            }
        }
        let version = here.map(|(version, _)| version);
        let expect = version.map_or(Expect::Absent, Expect::Version);
        let record = Document {
            name: name(issuer),
            version: expect.next_version(),
            octets: crl.der().to_vec(),
            at: now,
        };
        let write = Write::PutDocument { record: Box::new(record), expect };
        self.commit(caller.actor(), now, ChangeKind::AuthorityChanged, vec![write])
            .map_err(|error: CommitError| OfflineListError::Ours(error.into()))?;
        Ok(list_of(&crl))
    }

    /// The list signed offline, unless its time is over, or something has happened since that it does not say.
    pub(super) fn offline_list(&self, issuer: Det) -> Result<Option<RevocationList>, OurFault> {
        let now = self.clock.now();
        let Some((_, crl)) = self.stored_list(issuer)? else { return Ok(None) };
        if !crl.is_current_at(now) {
            return Ok(None);
        }
        Ok(self.says_all(&crl, now).then(|| list_of(&crl)))
    }

    fn stored_list(&self, issuer: Det) -> Result<Option<(u64, Crl)>, OurFault> {
        let Some(document) =
            self.store.document(&name(issuer)).map_err(|error: StoreError| OurFault::from(error))?
        else {
            return Ok(None);
        };
        let crl = Crl::parse(&document.octets)
            .map_err(|error| OurFault::StoreCorrupt(format!("the list of {issuer}: {error}")))?;
        Ok(Some((document.version, crl)))
    }

    fn own_authorization(
        &self,
        issuer: Det,
        caller: &Caller,
    ) -> Result<drip_det::HostIdentity, OfflineListError> {
        caller.require(Permission::ManageAuthorities, Some(issuer.hid()))?;
        let authority = self.authorities.find(issuer).ok_or(OfflineListError::NotOwn(issuer))?;
        if authority.own == Ownership::Own && authority.class == DetClass::Authorization {
            Ok(authority.hi)
        } else {
            Err(OfflineListError::NotOwn(issuer))
        }
    }
}

/// The name of its document.
pub(crate) fn name(issuer: Det) -> String {
    format!("crl/{issuer}")
}

fn list_of(crl: &Crl) -> RevocationList {
    RevocationList {
        der: crl.der().into(),
        this_update: crl.tbs().this_update.to_unix(),
        next_update: crl.tbs().next_update.to_unix(),
        number: crl.tbs().number,
    }
}
