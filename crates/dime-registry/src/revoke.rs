//! Revoking: gone from the zones before the answer, and its key spent for ever.

use crate::{
    AdministerError, Caller, Forbidden, Kind, OurFault, Permission, Registry, RevokeError, Revoked,
    deny::checked_reason, read::is_public, registry::state_at,
};
use dime_store::{ChangeKind, Expect, Filter, Registration, State, StoreError, Write};
use drip_cert::crl::Reason;
use drip_det::{Det, UnixTime};

/// How many registrations of an operator are read at a time.
const PAGE: usize = 500;

impl Registry {
    /// Ends a registration. Its manager, the holder of its key and its operator may.
    ///
    /// Revoking what is revoked already changes nothing and is no error. Revoking an operator does not end its aircraft and sessions:
    /// the answer lists them, for whoever revokes to decide; they cannot be renewed, and no new ones are registered.
    pub fn revoke(&self, det: Det, reason: &str, caller: &Caller) -> Result<Revoked, RevokeError> {
        self.revoke_because(det, reason, None, caller)
    }

    /// The same with a reason in the standard's words, which lists and status responses repeat. Suspension, and its end, are none here.
    pub fn revoke_because(
        &self,
        det: Det,
        reason: &str,
        code: Option<Reason>,
        caller: &Caller,
    ) -> Result<Revoked, RevokeError> {
        if matches!(code, Some(Reason::CertificateHold | Reason::RemoveFromCrl)) {
            return Err(RevokeError::ReasonCode);
        }
        let found = self.store.registration_by_det(det)?.ok_or(RevokeError::NotFound)?;
        let now = self.clock.now();
        if let Err(forbidden) = self.require_for(caller, &found, Permission::Revoke, now)? {
            // That somebody waits is not public.
            return Err(if is_public(&found) { forbidden.into() } else { RevokeError::NotFound });
        }
        let reason = checked_reason(reason).ok_or(RevokeError::Reason)?;
        if matches!(found.kind, Kind::Hda | Kind::Raa) {
            return self.revoke_registry(&found, &reason, code, caller);
        }
        let _held = self.locks.hold([det.into()], None);
        let mut record = self.store.registration(&found.id)?.ok_or(RevokeError::NotFound)?;
        match state_at(&record, now) {
            // What is intended may have been signed: it is ended like what is in force.
            State::Registered | State::Issuing => {
                let expect = Expect::Version(record.version);
                record.version = expect.next_version();
                record.state = State::Revoked;
                record.renewal = None;
                record.ended_at = Some(now);
                record.reason = Some(reason);
                record.reason_code = code.map(Reason::code);
                let write = Write::PutRegistration { record: Box::new(record.clone()), expect };
                self.commit(caller.actor(), now, ChangeKind::Revoked, vec![write]).map_err(OurFault::from)?;
            }
            State::Revoked => {}
            state => return Err(RevokeError::NotRegistered(state)),
        }
        let dependants =
            if record.kind == Kind::Operator { self.live_of_operator(det, now)? } else { Vec::new() };
        Ok(Revoked { registration: self.view_in_full(&record), dependants })
    }

    /// A registry below is revoked as the authority it is, with everything that it is known here to have endorsed.
    fn revoke_registry(
        &self,
        found: &Registration,
        reason: &str,
        code: Option<Reason>,
        caller: &Caller,
    ) -> Result<Revoked, RevokeError> {
        match found.state {
            State::Registered => {
                self.revoke_authority_because(found.det, reason, code, caller).map_err(
                    |error| match error {
                        AdministerError::Forbidden(forbidden) => RevokeError::Forbidden(forbidden),
                        AdministerError::Ours(fault) => RevokeError::Ours(fault),
                        AdministerError::Reason => RevokeError::Reason,
                        AdministerError::ReasonCode => RevokeError::ReasonCode,
                        _ => RevokeError::NotRegistered(State::Expired),
                    },
                )?;
            }
            State::Revoked => {}
            state => return Err(RevokeError::NotRegistered(state)),
        }
        let record = self.store.registration(&found.id)?.ok_or(RevokeError::NotFound)?;
        Ok(Revoked { registration: self.view_in_full(&record), dependants: Vec::new() })
    }

    /// Whether the caller may change a registration: by a permission, by its own key, or as its operator in force.
    pub(crate) fn require_for(
        &self,
        caller: &Caller,
        record: &Registration,
        permission: Permission,
        now: UnixTime,
    ) -> Result<Result<(), Forbidden>, OurFault> {
        if let Some(det) = caller.det() {
            let is_owner = det == record.det;
            if is_owner || (record.operator == Some(det) && self.check_operator_of(record, now)?.is_ok()) {
                return Ok(Ok(()));
            }
        }
        Ok(caller.require(permission, Some(record.hid())))
    }

    fn live_of_operator(&self, operator: Det, now: UnixTime) -> Result<Vec<Det>, OurFault> {
        let filter = Filter { state: Some(State::Registered), operator: Some(operator), ..Filter::default() };
        let mut dets = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.registrations(filter, after.as_ref(), PAGE)?;
            let live = page.registrations.iter().filter(|record| state_at(record, now) == State::Registered);
            dets.extend(live.map(|record| record.det));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(dets),
            }
        }
    }
}

impl From<StoreError> for RevokeError {
    fn from(error: StoreError) -> Self {
        RevokeError::Ours(error.into())
    }
}
