//! How a DET stands, for everybody.

use crate::{Caller, OurFault, ReadError, Registry, read::may_see_private, registry::state_at};
use dime_store::{AuthorityStatus, Kind, State};
use drip_cert::crl::Reason;
use drip_det::{Det, UnixTime};

/// How a DET stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetStatus {
    /// In force.
    Good,
    /// Ended by somebody.
    Revoked,
    /// Ended by time.
    Expired,
    /// Out of force; it may come back.
    Suspended,
    /// Not known here, or not yet registered.
    Unknown,
}

impl DetStatus {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            DetStatus::Good => "good",
            DetStatus::Revoked => "revoked",
            DetStatus::Expired => "expired",
            DetStatus::Suspended => "suspended",
            DetStatus::Unknown => "unknown",
        }
    }
}

/// How a DET stands, since when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusView {
    /// The DET.
    pub det: Det,
    /// How it stands.
    pub status: DetStatus,
    /// What is registered; `None` for an authority, and for what is not known.
    pub kind: Option<Kind>,
    /// Start of validity.
    pub not_before: Option<UnixTime>,
    /// End of validity.
    pub not_after: Option<UnixTime>,
    /// Since when it is revoked, suspended or expired.
    pub since: Option<UnixTime>,
    /// Why, in the standard's word.
    pub reason_code: Option<Reason>,
    /// Why, in somebody's words: for those who may see private particulars.
    pub reason: Option<String>,
}

/// Why an authority is out of force, in the standard's word.
pub fn reason_code(status: &AuthorityStatus) -> Option<Reason> {
    match status {
        AuthorityStatus::Suspended { .. } => Some(Reason::CertificateHold),
        AuthorityStatus::Revoked { reason, code, .. } => super::ledger::reason_of(*code, reason),
        AuthorityStatus::Active | AuthorityStatus::Retired { .. } | AuthorityStatus::Expired { .. } => None,
    }
}

impl Registry {
    /// How a DET stands: of a registration, or of an authority. That somebody waits is not public.
    pub fn status(&self, det: Det, caller: &Caller) -> Result<StatusView, ReadError> {
        let now = self.clock.now();
        let nothing = StatusView {
            det,
            status: DetStatus::Unknown,
            kind: None,
            not_before: None,
            not_after: None,
            since: None,
            reason_code: None,
            reason: None,
        };
        if let Some(view) = self.authority_standing(det, now) {
            return Ok(StatusView { reason: view.reason.filter(|_| may_see_reasons(caller)), ..view });
        }
        let Some(record) = self.store.registration_by_det(det).map_err(OurFault::from)? else {
            return Ok(nothing);
        };
        let status = match state_at(&record, now) {
            State::Registered => DetStatus::Good,
            State::Revoked => DetStatus::Revoked,
            State::Expired => DetStatus::Expired,
            State::Pending | State::Issuing | State::Denied => return Ok(nothing),
        };
        let since = match status {
            DetStatus::Good => None,
            DetStatus::Expired => Some(record.not_after),
            _ => record.ended_at,
        };
        Ok(StatusView {
            status,
            kind: Some(record.kind),
            not_before: Some(record.not_before),
            not_after: Some(record.not_after),
            since,
            reason_code: record.reason_code.and_then(Reason::from_code),
            reason: record.reason.clone().filter(|_| may_see_private(caller, &record)),
            ..nothing
        })
    }

    fn authority_standing(&self, det: Det, now: UnixTime) -> Option<StatusView> {
        let authority = self.authorities.find(det)?;
        let reason_code = reason_code(&authority.status);
        let (status, since, reason) = match authority.status {
            AuthorityStatus::Suspended { at, reason } => (DetStatus::Suspended, Some(at), Some(reason)),
            AuthorityStatus::Revoked { at, reason, .. } => (DetStatus::Revoked, Some(at), Some(reason)),
            AuthorityStatus::Expired { at } => (DetStatus::Expired, Some(at), None),
            AuthorityStatus::Retired { at, reason } if at < now => {
                (DetStatus::Expired, Some(at), Some(reason))
            }
            AuthorityStatus::Active | AuthorityStatus::Retired { .. } if authority.not_after < now => {
                (DetStatus::Expired, Some(authority.not_after), None)
            }
            AuthorityStatus::Active | AuthorityStatus::Retired { .. } => (DetStatus::Good, None, None),
        };
        Some(StatusView {
            det,
            status,
            kind: None,
            not_before: Some(authority.not_before),
            not_after: Some(authority.not_after),
            since,
            reason_code,
            reason,
        })
    }
}

/// Why an authority was suspended or revoked is for managers and auditors.
fn may_see_reasons(caller: &Caller) -> bool {
    caller.require(crate::Permission::ReadPrivate, None).is_ok()
}
