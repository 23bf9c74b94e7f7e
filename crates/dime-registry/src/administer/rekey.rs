//! A new key for a registry below: a second Authorization DET for the same number, which the next ceremony endorses.
//!
//! Both are in force side by side until the old one is retired, revoked or expires. The delegation goes over to the new one when the
//! ceremony's answer is taken in. (A new key of our own Authorization DET is given to a ceremony request; what it signs is asked for in the
//! same request.)

use crate::{
    AdministerError, ApplicantFault, Caller, Collision, OurFault, RegisterError, RegistrationView, Registry,
};
use dime_store::{
    AuthorityStatus, ChangeKind, Expect, Ownership, Registration, RegistrationId, State, Write,
};
use drip_cert::csr::Csr;
use drip_det::{Det, DetClass, UnixTime};

impl Registry {
    /// Takes the request of a new Authorization key for the registry of `det`. It was decided by the caller, and waits for a ceremony.
    pub fn rekey_registry(
        &self,
        det: Det,
        csr: &[u8],
        caller: &Caller,
    ) -> Result<RegistrationView, AdministerError> {
        let authority = self.administered(det, caller)?;
        if authority.own != Ownership::Below || authority.class != DetClass::Authorization {
            let reason =
                "only a registry below gets a new key this way; our own are given to a ceremony request";
            return Err(AdministerError::Unsuitable { det, reason });
        }
        if !matches!(authority.status, AuthorityStatus::Active | AuthorityStatus::Retired { .. }) {
            return Err(super::unfit(&authority, "only a registry in force gets a new key"));
        }
        let before = self.store.registration_by_det(det)?.ok_or(AdministerError::NotFound(det))?;
        let refused = |fault: ApplicantFault| AdministerError::Key(Box::new(fault.into()));
        let csr = Csr::parse(csr).and_then(Csr::verify).map_err(|error| refused(error.into()))?;
        let new = Det::derive(authority.hid, csr.hi());
        if let Some(found) = csr.det().filter(|found| *found != new) {
            return Err(refused(ApplicantFault::ForeignHid { hid: found.hid() }));
        }
        let taken =
            |collision: Collision| AdministerError::Key(Box::new(RegisterError::Collision(collision)));
        if let Some(found) = self.store.registration_by_hi(csr.hi())? {
            if found.det == new && found.csr == csr.octets() && found.state == State::Pending {
                return Ok(self.view_in_full(&found));
            }
            return Err(taken(Collision::Hi { state: found.state }));
        }
        if self.authorities.has_key(csr.hi()) {
            return Err(taken(Collision::Hi { state: State::Registered }));
        }
        let now = self.clock.now();
        let record = Registration {
            id: RegistrationId(self.new_id(now)?),
            version: Expect::Absent.next_version(),
            state: State::Pending,
            det: new,
            hi: *csr.hi(),
            csr: csr.octets().to_vec(),
            not_before: UnixTime(0),
            not_after: UnixTime(0),
            endorsement: None,
            certificate: None,
            full: None,
            mtls: None,
            c509: None,
            requested_at: now,
            decided_at: Some(now),
            decided_by: Some(caller.actor().to_string()),
            reason: None,
            ended_at: None,
            ..before
        };
        let write = Write::PutRegistration { record: Box::new(record.clone()), expect: Expect::Absent };
        self.commit(caller.actor(), now, ChangeKind::Approved, vec![write]).map_err(OurFault::from)?;
        Ok(self.view_in_full(&record))
    }
}
