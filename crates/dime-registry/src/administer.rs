//! Administration of authorities: our own, and those of registries below.
//!
//! | verb | DNS | signs | what is below | comes back |
//! |---|---|---|---|---|
//! | suspend | it leaves, a registry's delegation too | no | stays as it is, and is not trusted meanwhile | by resume |
//! | retire | stays until the end that was set | nothing new | stays until then | no |
//! | revoke | it leaves | no | falls with it | no |
//! | expiry | it leaves | no | has ended before | no |
//!
//! Every one is an entry of the journal with its actor and reason.
//!
//! What a suspended Issuing DET of our own has registered stays in the DNS. Not to be in the DNS is how an Operational DET is revoked
//! (draft-ietf-drip-dki, section 6), and nobody has revoked these: to suspend is to ask a question that may have a good answer, and must be
//! undone as quickly as it was done. They are not trusted meanwhile: the Issuing DET's own HHIT, which every chain leads through, is gone
//! from the DNS, and its certificate is on hold in the list and in the status responses of who issued it. Whoever wants what it signed gone
//! revokes it, after a preview of what falls. The zone of a registry below is another matter: its delegation leaves with it, and so all of
//! it, because whose names they are is then in question.

mod cascade;
mod delegation;
mod expire;
mod rekey;

pub use cascade::Fallen;
pub use delegation::DelegationChange;

use crate::{
    AdministerError, AuthorityView, Caller, OurFault, Permission, Registry, deny::checked_reason, place,
};
use dime_store::{
    Authority, AuthorityStatus, ChangeKind, Delegation, DelegationState, Expect, Ownership, Write,
};
use drip_det::{Det, Hid, UnixTime};

/// An authority as its administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityReport {
    /// The authority.
    pub authority: AuthorityView,
    /// How many endorsements it has given that are known here.
    pub signatures: u64,
    /// The delegation of the registry below that it belongs to.
    pub delegation: Option<Delegation>,
}

impl Registry {
    /// Every authority that is known here, parents first.
    pub fn authorities(&self, caller: &Caller) -> Result<Vec<AuthorityReport>, AdministerError> {
        caller.require_somewhere(Permission::ReadPrivate)?;
        self.authorities.all().into_iter().map(|authority| self.report(authority)).collect()
    }

    /// One of them.
    pub fn authority_report(&self, det: Det, caller: &Caller) -> Result<AuthorityReport, AdministerError> {
        caller.require_somewhere(Permission::ReadPrivate)?;
        self.report(self.authorities.find(det).ok_or(AdministerError::NotFound(det))?)
    }

    fn report(&self, authority: AuthorityView) -> Result<AuthorityReport, AdministerError> {
        let delegation = match authority.own {
            Ownership::Below => self.delegation_of(authority.det)?,
            Ownership::Own | Ownership::Above => None,
        };
        Ok(AuthorityReport { signatures: self.authorities.signatures(authority.det), authority, delegation })
    }

    /// Takes an authority out of the DNS, and lets it sign nothing, until it is resumed.
    pub fn suspend_authority(
        &self,
        det: Det,
        reason: &str,
        caller: &Caller,
    ) -> Result<AuthorityReport, AdministerError> {
        let reason = checked_reason(reason).ok_or(AdministerError::Reason)?;
        self.change(det, caller, ChangeKind::AuthoritySuspended, |authority, now| match authority.status {
            AuthorityStatus::Active => {
                authority.status = AuthorityStatus::Suspended { at: now, reason: reason.clone() };
                Ok(Some(DelegationState::Suspended))
            }
            _ => Err(unfit(authority, "only an active authority is suspended")),
        })
    }

    /// Brings a suspended authority back.
    pub fn resume_authority(&self, det: Det, caller: &Caller) -> Result<AuthorityReport, AdministerError> {
        self.change(det, caller, ChangeKind::AuthorityResumed, |authority, _| match authority.status {
            AuthorityStatus::Suspended { .. } => {
                authority.status = AuthorityStatus::Active;
                Ok(Some(DelegationState::Active))
            }
            _ => Err(unfit(authority, "only a suspended authority is resumed")),
        })
    }

    /// Plans the end of an authority: it signs nothing new, and leaves the DNS at `at`; without it, at its own end.
    pub fn retire_authority(
        &self,
        det: Det,
        at: Option<UnixTime>,
        reason: &str,
        caller: &Caller,
    ) -> Result<AuthorityReport, AdministerError> {
        let reason = checked_reason(reason).ok_or(AdministerError::Reason)?;
        self.change(det, caller, ChangeKind::AuthorityRetired, |authority, now| {
            let at = at.unwrap_or(authority.not_after);
            if at < now || at > authority.not_after {
                return Err(AdministerError::End { at, not_after: authority.not_after });
            }
            match authority.status {
                AuthorityStatus::Active | AuthorityStatus::Retired { .. } => {
                    authority.status = AuthorityStatus::Retired { at, reason: reason.clone() };
                    Ok(None)
                }
                _ => Err(unfit(authority, "only an active authority is retired")),
            }
        })
    }

    /// One change of one authority and, where it has one, of its delegation.
    fn change(
        &self,
        det: Det,
        caller: &Caller,
        kind: ChangeKind,
        alter: impl Fn(&mut Authority, UnixTime) -> Result<Option<DelegationState>, AdministerError>,
    ) -> Result<AuthorityReport, AdministerError> {
        let _one_at_a_time = self.imports.lock();
        let mut authority = self.administered(det, caller)?;
        let now = self.clock.now();
        let delegation = alter(&mut authority, now)?;
        let expect = Expect::Version(authority.version);
        let mut writes = vec![Write::PutAuthority { record: Box::new(authority), expect }];
        if let Some(state) = delegation {
            writes.extend(self.delegation_write(det, state)?);
        }
        self.commit(caller.actor(), now, kind, writes).map_err(OurFault::from)?;
        self.report(self.authorities.find(det).ok_or(AdministerError::NotFound(det))?)
    }

    /// An authority that the caller may administer.
    fn administered(&self, det: Det, caller: &Caller) -> Result<Authority, AdministerError> {
        let authority = self.store.authority(det)?.ok_or(AdministerError::NotFound(det))?;
        caller.require(Permission::ManageAuthorities, Some(administrators(&authority)))?;
        if authority.own == Ownership::Above {
            return Err(AdministerError::NotOurs(det));
        }
        Ok(authority)
    }

    /// The delegation that belongs to the registration of this DET.
    fn delegation_of(&self, det: Det) -> Result<Option<Delegation>, OurFault> {
        let Some(registration) = self.store.registration_by_det(det)? else { return Ok(None) };
        let delegation = self.store.delegation(det.hid())?;
        Ok(delegation.filter(|delegation| delegation.registration == registration.id))
    }

    fn delegation_write(&self, det: Det, state: DelegationState) -> Result<Option<Write>, OurFault> {
        let Some(mut delegation) = self.delegation_of(det)? else { return Ok(None) };
        let expect = Expect::Version(delegation.version);
        delegation.state = state;
        Ok(Some(Write::PutDelegation { record: Box::new(delegation), expect }))
    }
}

/// The place whose administrators an authority is under: for a registry below, the level above it.
fn administrators(authority: &Authority) -> Hid {
    let seat = place::seat(authority.hid);
    match authority.own {
        Ownership::Below => place::above(seat).unwrap_or(seat),
        Ownership::Own | Ownership::Above => seat,
    }
}

fn unfit(authority: &Authority, needed: &'static str) -> AdministerError {
    AdministerError::Status { det: authority.det, status: authority.status.name(), needed }
}
