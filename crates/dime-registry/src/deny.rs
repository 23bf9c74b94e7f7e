//! Denying what waits: its DET and key are free again.

use crate::{Caller, DenyError, OurFault, Permission, REASON_MAX, RegistrationView, Registry};
use dime_store::{
    ChangeKind, DelegationState, Expect, Registration, RegistrationId, State, StoreError, Write,
};
use drip_det::UnixTime;

impl Registry {
    /// Denies what waits, for a reason that is kept and shown to the registrant.
    pub fn deny(
        &self,
        id: &RegistrationId,
        reason: &str,
        caller: &Caller,
    ) -> Result<RegistrationView, DenyError> {
        let found = self.store.registration(id)?.ok_or(DenyError::NotFound)?;
        caller.require(Permission::Decide, Some(found.hid()))?;
        let reason = checked_reason(reason).ok_or(DenyError::Reason)?;
        let _held = self.locks.hold([found.det.into()], None);
        let mut record = self.store.registration(id)?.ok_or(DenyError::NotFound)?;
        if record.state != State::Pending {
            return Err(DenyError::NotPending(record.state));
        }
        let now = self.clock.now();
        let writes = self.denial(record.clone(), &reason, Some(caller.actor().to_string()), now)?;
        if let Some(Write::PutRegistration { record: denied, .. }) = writes.first() {
            record = (**denied).clone();
        }
        self.commit(caller.actor(), now, ChangeKind::Denied, writes).map_err(crate::OurFault::from)?;
        Ok(self.view_in_full(&record))
    }

    /// The writes of a denial: the registration first, and for a registry below its number, which is free again.
    pub(crate) fn denial(
        &self,
        mut record: Registration,
        reason: &str,
        by: Option<String>,
        now: UnixTime,
    ) -> Result<Vec<Write>, OurFault> {
        let expect = Expect::Version(record.version);
        record.version = expect.next_version();
        record.state = State::Denied;
        record.decided_at = Some(now);
        record.decided_by = by.or(record.decided_by);
        record.reason = Some(reason.to_owned());
        let number = self.store.delegation(record.hid())?.filter(|delegation| {
            delegation.registration == record.id && delegation.state == DelegationState::Waiting
        });
        let mut writes = vec![Write::PutRegistration { record: Box::new(record), expect }];
        if let Some(mut delegation) = number {
            let expect = Expect::Version(delegation.version);
            delegation.state = DelegationState::Ended;
            writes.push(Write::PutDelegation { record: Box::new(delegation), expect });
        }
        Ok(writes)
    }
}

/// A reason without the white space around it, if it has 1 to [`REASON_MAX`] characters. It may have lines, but nothing else that steers
/// the terminal of whoever reads it.
pub(crate) fn checked_reason(reason: &str) -> Option<String> {
    let reason = reason.trim();
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let fits = !reason.is_empty() && reason.chars().count() <= REASON_MAX && !reason.chars().any(steers);
    fits.then(|| reason.to_owned())
}

impl From<StoreError> for DenyError {
    fn from(error: StoreError) -> Self {
        DenyError::Ours(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_words_and_lines_but_steers_nothing() {
        assert_eq!(checked_reason(" sold\r\n\tto nobody \n").as_deref(), Some("sold\r\n\tto nobody"));
        assert!(checked_reason(&"é".repeat(REASON_MAX)).is_some());
        let too_long = "é".repeat(REASON_MAX + 1);
        for wrong in ["", " \n", "a\0b", "a\u{1b}[31mb", "a\u{7}b", "a\u{9b}2J", too_long.as_str()] {
            assert_eq!(checked_reason(wrong), None, "{wrong:?}");
        }
    }
}
