//! Approving what waits: it is signed and published as if it had been decided at once.

use crate::{
    ApproveError, Caller, Kind, OurFault, Permission, RegistrationView, Registry, registry::state_at,
    validity::Window, view::waits_for_ceremony,
};
use dime_store::{ChangeKind, Expect, Registration, RegistrationId, State, StoreError, Write};
use drip_det::UnixTime;

impl Registry {
    /// Approves what waits.
    ///
    /// The validity begins now; an end that was asked for is kept. Approving again what an interrupted approval left intended completes
    /// it.
    pub fn approve(&self, id: &RegistrationId, caller: &Caller) -> Result<RegistrationView, ApproveError> {
        let found = self.store.registration(id)?.ok_or(ApproveError::NotFound)?;
        caller.require(Permission::Decide, Some(found.hid()))?;
        let _held = self.locks.hold([found.det.into()], found.operator.map(Into::into));
        let record = self.store.registration(id)?.ok_or(ApproveError::NotFound)?;
        if matches!(record.kind, Kind::Hda | Kind::Raa) {
            return self.approve_registry(record, caller);
        }
        let record = match record.state {
            State::Pending => self.decide(record, caller)?,
            State::Issuing => record,
            state => return Err(ApproveError::NotPending(state)),
        };
        let record = self.complete(record, &caller.actor())?;
        Ok(self.view_in_full(&record))
    }

    /// A registry below is approved by a person, and then waits for the ceremony. Approving it again changes nothing.
    fn approve_registry(
        &self,
        mut record: Registration,
        caller: &Caller,
    ) -> Result<RegistrationView, ApproveError> {
        if waits_for_ceremony(&record) {
            return Ok(self.view_in_full(&record));
        }
        if record.state != State::Pending {
            return Err(ApproveError::NotPending(record.state));
        }
        let now = self.clock.now();
        let expect = Expect::Version(record.version);
        record.version = expect.next_version();
        record.decided_at = Some(now);
        record.decided_by = Some(caller.actor().to_string());
        let write = Write::PutRegistration { record: Box::new(record.clone()), expect };
        self.commit(caller.actor(), now, ChangeKind::Approved, vec![write]).map_err(OurFault::from)?;
        Ok(self.view_in_full(&record))
    }

    fn decide(&self, mut record: Registration, caller: &Caller) -> Result<Registration, ApproveError> {
        let now = self.clock.now();
        let policy = self.policy.of(record.kind).ok_or(ApproveError::KindNotOffered)?;
        self.check_operator_of(&record, now)?
            .map_err(|(operator, state)| ApproveError::OperatorNotValid { operator, state })?;
        let issuer = self.issuers.serving(record.kind, Some(record.hid()), now).ok_or(OurFault::NoIssuer)?;
        issuer.valid_at(now)?;
        let asked = Some(record.not_after).filter(|&asked| asked != UnixTime(0));
        let rules = policy.for_device(record.hardware_module.as_ref());
        let window = Window::for_issuance(asked, now, &rules, issuer.window)?;
        record.issuer = issuer.det;
        record.entity_type = policy.entity_type;
        record.decided_at = Some(now);
        record.decided_by = Some(caller.actor().to_string());
        let intent = self.intend(record.kind, window)?;
        Ok(self.commit_intent(record, intent, &caller.actor(), now)?)
    }

    /// Whether the operator of a record, if it has one, is in force; the inner error names it and says how it stands.
    pub(crate) fn check_operator_of(
        &self,
        record: &Registration,
        now: UnixTime,
    ) -> Result<Result<(), (drip_det::Det, State)>, OurFault> {
        let Some(operator) = record.operator else { return Ok(Ok(())) };
        let state = match self.store.registration_by_det(operator)? {
            Some(found) if found.kind == Kind::Operator => state_at(&found, now),
            // An operator was there when this was registered, and records do not vanish.
            _ => return Err(OurFault::StoreCorrupt(format!("operator {operator} is missing"))),
        };
        Ok(if state == State::Registered { Ok(()) } else { Err((operator, state)) })
    }
}

impl From<StoreError> for ApproveError {
    fn from(error: StoreError) -> Self {
        ApproveError::Ours(error.into())
    }
}
