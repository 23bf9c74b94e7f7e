//! Making a revocation list (RFC 5280, section 5): from committed state, when it is asked for.

use super::{
    Deltas,
    ledger::{Extract, Row},
    lists::{About, Base, Made, Past},
};
use crate::{OurFault, Registry, issuers::Issuer};
use dime_sign::list_revoked;
use dime_store::{IssuingUse, Seq, StoreError};
use drip_cert::{
    crl::{CrlNumber, CrlTbs, Entry, Reason, Scope, Shard},
    lite::{CertTime, CertificateSerial},
};
use drip_det::{Det, DetClass, Hda, Hid, UnixTime};
use std::sync::Arc;

/// A revocation list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// The list in DER.
    pub der: Arc<[u8]>,
    /// When it was made.
    pub this_update: UnixTime,
    /// When the next one will be there at the latest.
    pub next_update: UnixTime,
    /// Its number.
    pub number: CrlNumber,
}

/// Which form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// Everything revoked.
    Complete,
    /// What changed since a complete one.
    Delta,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Nobody of this DET issues certificates here.
    #[error("{0} is no authority known here")]
    NotFound(Det),
    /// The key that would sign it is not here, or may not sign.
    #[error("no key in force here signs revocation lists for {0}")]
    NotSigned(Det),
    /// Such parts of it are not made.
    #[error("the lists of {0} are not divided: that needs an Issuing DET and a public origin")]
    NotDivided(Det),
    /// No deltas of it are made.
    #[error("no deltas are made here")]
    NoDeltas,
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl ListError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            ListError::NotFound(_)
            | ListError::NotSigned(_)
            | ListError::NotDivided(_)
            | ListError::NoDeltas => "not-found",
            ListError::Ours(fault) => fault.slug(),
        }
    }
}

impl Registry {
    /// The revocation list of an issuer, or a part of it. What is revoked when this is called is in it.
    ///
    /// It is made when it is first asked for after something changed. Whoever makes one holds up only those who want the same one.
    pub fn revocation_list(
        &self,
        issuer: Det,
        shard: Option<Shard>,
        form: ListForm,
    ) -> Result<RevocationList, ListError> {
        if form == ListForm::Delta && self.policy.revocation.deltas == Deltas::No {
            return Err(ListError::NoDeltas);
        }
        let authority = self.authorities.find(issuer).ok_or(ListError::NotFound(issuer))?;
        if authority.class == DetClass::Authorization {
            if shard.is_some() {
                return Err(ListError::NotDivided(issuer));
            }
            if form == ListForm::Complete
                && let Some(list) = self.offline_list(issuer)?
            {
                return Ok(list);
            }
            let place = Hid::new(authority.hid.raa, Hda::OF_RAA);
            let now = self.clock.now();
            let signer = self.issuers.for_use(IssuingUse::Crl, Some(place), now);
            let signer = signer.filter(|signer| signer.valid_at(now).is_ok());
            let signer = signer.ok_or(ListError::NotSigned(issuer))?;
            return self.made(&signer, About::Authorities, None, form);
        }
        let signer = self.issuers.named(issuer).ok_or(ListError::NotSigned(issuer))?;
        if shard.is_some() && self.policy.revocation.origin.is_none() {
            return Err(ListError::NotDivided(issuer));
        }
        self.made(&signer, About::Own, shard, form)
    }

    fn made(
        &self,
        signer: &Issuer,
        about: About,
        shard: Option<Shard>,
        form: ListForm,
    ) -> Result<RevocationList, ListError> {
        let past = self.revocation.lists.past((signer.det, about, shard));
        let mut past = past.lock();
        let issuers = self.listed_issuers(signer, about);
        let revision = self.revocation.ledger.revision(&issuers);
        let now = self.clock.now();
        let wanted = match form {
            ListForm::Complete => &past.complete,
            ListForm::Delta => &past.delta,
        };
        if let Some(made) = wanted.as_ref().filter(|made| made.holds(revision, now)) {
            return Ok(made.list.clone());
        }
        signer.valid_at(now).map_err(|_| ListError::NotSigned(signer.det))?;
        // What ended is listed once more after its end (section 3.3).
        let lifetime = self.policy.revocation.list_lifetime;
        let since = UnixTime(now.0.saturating_sub(lifetime.saturating_mul(2)));
        let extract = self.revocation.ledger.extract(&issuers, shard, since);
        let making = Making { signer, about, shard, now };
        match form {
            ListForm::Complete => self.complete_list(&making, &extract, &mut past),
            ListForm::Delta => self.delta_list(&making, &extract, &mut past),
        }
    }

    /// Whose certificates a list speaks of.
    fn listed_issuers(&self, signer: &Issuer, about: About) -> Vec<Det> {
        match about {
            About::Own => vec![signer.det],
            About::Authorities => {
                let listed = |issuer: &Det| {
                    self.authorities.find(*issuer).is_some_and(|authority| {
                        authority.class == DetClass::Authorization
                            && (authority.hid.raa == signer.hid.raa || signer.hid.raa.value() == 0)
                    })
                };
                let mut issuers = self.revocation.ledger.issuers();
                issuers.retain(listed);
                issuers
            }
        }
    }

    fn complete_list(
        &self,
        making: &Making<'_>,
        extract: &Extract,
        past: &mut Past,
    ) -> Result<RevocationList, ListError> {
        let entries = extract.revoked.iter().filter_map(|row| entry(row, making.now, None)).collect();
        let made = self.sign_list(making, extract.revision, entries, None)?;
        if past.base.is_none_or(|base| base.renew_at <= making.now) {
            let base = Base {
                number: made.list.number,
                revision: extract.revision,
                renew_at: UnixTime(making.now.0.saturating_add(self.policy.revocation.list_lifetime)),
            };
            past.base = Some(base);
            past.delta = None;
        }
        past.complete = Some(made.clone());
        Ok(made.list)
    }

    fn delta_list(
        &self,
        making: &Making<'_>,
        extract: &Extract,
        past: &mut Past,
    ) -> Result<RevocationList, ListError> {
        if past.base.is_none() {
            self.complete_list(making, extract, past)?;
        }
        let Some(base) = past.base else { return Err(ListError::NoDeltas) };
        let later = |(_, _, row): &&(Det, Vec<u8>, Row)| row.since > base.revision;
        let revoked = extract.revoked.iter().filter(later).filter_map(|row| entry(row, making.now, None));
        let removed = Some(Reason::RemoveFromCrl);
        let released =
            extract.released.iter().filter(later).filter_map(|row| entry(row, making.now, removed));
        let entries = revoked.chain(released).collect();
        let made = self.sign_list(making, extract.revision, entries, Some(base.number))?;
        past.delta = Some(made.clone());
        Ok(made.list)
    }

    fn sign_list(
        &self,
        making: &Making<'_>,
        revision: Seq,
        entries: Vec<Entry>,
        base: Option<CrlNumber>,
    ) -> Result<Made, ListError> {
        let Making { signer, about, shard, now } = *making;
        let policy = &self.policy.revocation;
        let next_update =
            UnixTime(now.0.saturating_add(policy.list_lifetime.max(2)).min(signer.window.not_after.0));
        let url = policy.list_url(signer.det, shard);
        let scope = match (about, shard) {
            (About::Authorities, _) => Scope::Indirect(None),
            (About::Own, None) => Scope::Whole,
            (About::Own, Some(_)) => Scope::Point(url.clone().ok_or(ListError::NotDivided(signer.det))?),
        };
        let offers_deltas = policy.deltas == Deltas::Offered && about == About::Own && base.is_none();
        let mut tbs = CrlTbs {
            issuer: signer.det,
            this_update: cert_time(now)?,
            next_update: cert_time(next_update)?,
            number: number_of(revision, now),
            base,
            scope,
            freshest: url.filter(|_| offers_deltas).map(|url| format!("{url}?delta")),
            entries,
        };
        tbs.sort();
        let der = list_revoked(signer.signer.as_ref(), &tbs, now)
            .map_err(|error| OurFault::Signer(Box::new(error)))?;
        let list = RevocationList { der: der.into(), this_update: now, next_update, number: tbs.number };
        let refresh_at = UnixTime(now.0 + (next_update.0.saturating_sub(now.0) / 2).max(1));
        Ok(Made { list, revision, refresh_at })
    }
}

/// A list in the making.
struct Making<'a> {
    signer: &'a Issuer,
    about: About,
    shard: Option<Shard>,
    now: UnixTime,
}

/// A number that grows with every change, and with time where nothing changes: whoever makes the same list in the same second after a restart
/// makes the same octets.
pub(super) fn number_of(revision: Seq, now: UnixTime) -> CrlNumber {
    const SECONDS: u32 = 40;
    CrlNumber(u128::from(revision.0) << SECONDS | u128::from(now.0) & ((1 << SECONDS) - 1))
}

pub(super) fn entry(
    (issuer, serial, row): &(Det, Vec<u8>, Row),
    now: UnixTime,
    instead: Option<Reason>,
) -> Option<Entry> {
    Some(Entry {
        issuer: *issuer,
        serial: CertificateSerial::new(serial).ok()?,
        revoked_at: CertTime::new(row.at.min(now)).ok()?,
        reason: instead.or(row.reason),
        invalid_since: None,
    })
}

pub(super) fn cert_time(time: UnixTime) -> Result<CertTime, OurFault> {
    CertTime::new(time).map_err(|error| OurFault::StoreCorrupt(error.to_string()))
}

impl From<StoreError> for ListError {
    fn from(error: StoreError) -> Self {
        ListError::Ours(error.into())
    }
}
