//! The same request again gives the same result; another claim to a taken key or DET is a collision.

use super::{Attempt, COMPLETION, Case};
use crate::{ApplicantFault, Collision, OurFault, Outcome, Registry, registry::state_at};
use dime_store::{ChangeKind, Registration, Request, State, Write};

impl Registry {
    /// The result of the same request made before, if it was.
    pub(super) fn repeat(&self, case: &Case<'_>) -> Result<Option<Outcome>, Attempt> {
        if let Some(outcome) = self.repeat_under_key(case)? {
            return Ok(Some(outcome));
        }
        let Some(record) = self.store.registration_by_hi(case.examined.csr.hi())? else { return Ok(None) };
        let state = state_at(&record, case.now);
        let ended = matches!(state, State::Revoked | State::Expired);
        if ended || record.csr != case.examined.csr.octets() || record.det != case.examined.det {
            return Err(Collision::Hi { state }.into());
        }
        if let Some(field) = difference(&record, case) {
            return Err(Collision::Duplicate { field }.into());
        }
        if let Some(idempotency) = case.examined.idempotency {
            // From now on the same key stands for this registration.
            let request = Request {
                key_digest: idempotency.key,
                request_digest: idempotency.request,
                registration: record.id.clone(),
                at: case.now,
            };
            let writes = vec![Write::PutRequest { record: request }];
            self.commit(case.caller.actor(), case.now, ChangeKind::Requested, writes)?;
        }
        Ok(Some(self.outcome_of(record, case)?))
    }

    fn repeat_under_key(&self, case: &Case<'_>) -> Result<Option<Outcome>, Attempt> {
        let Some(idempotency) = case.examined.idempotency else { return Ok(None) };
        let Some(request) = self.store.request(&idempotency.key)? else { return Ok(None) };
        if request.request_digest != idempotency.request {
            return Err(ApplicantFault::IdempotencyKeyReused.into());
        }
        let record = self.store.registration(&request.registration)?;
        let record = record.ok_or_else(|| {
            OurFault::StoreCorrupt(format!(
                "registration {} of an answered request is missing",
                request.registration
            ))
        })?;
        Ok(Some(self.outcome_of(record, case)?))
    }

    /// How an earlier registration stands. An intent without result is completed: its signatures were decided then.
    fn outcome_of(&self, record: Registration, case: &Case<'_>) -> Result<Outcome, Attempt> {
        let record =
            if record.state == State::Issuing { self.complete(record, &COMPLETION)? } else { record };
        let view = self.registrants_view(&record);
        Ok(match state_at(&record, case.now) {
            State::Registered => Outcome::Registered(view),
            State::Pending | State::Issuing => Outcome::Waiting(view),
            State::Denied | State::Revoked | State::Expired => Outcome::Ended(view),
        })
    }

    /// Whether somebody else has the DET, or an authority the key.
    pub(super) fn check_collisions(&self, case: &Case<'_>) -> Result<(), Attempt> {
        if self.authorities.has_key(case.examined.csr.hi()) {
            return Err(Collision::Hi { state: State::Registered }.into());
        }
        // The same key would have been found as such: whoever has this DET has it with another key.
        let det = case.examined.det;
        let taken = self.store.registration_by_det(det)?.is_some() || self.authorities.find(det).is_some();
        if taken { Err(Collision::Det { det }.into()) } else { Ok(()) }
    }
}

/// The first field in which an application differs from the registration that its request led to.
fn difference(record: &Registration, case: &Case<'_>) -> Option<&'static str> {
    let application = &case.examined.application;
    [
        (record.kind != application.kind, "kind"),
        (record.operator != case.examined.operator, "operator"),
        (record.serial_number != case.examined.serial_number, "serial_number"),
        (record.flight != application.flight, "flight"),
        (record.contact != application.contact, "contact"),
        (record.hardware_module != application.hardware_module, "hardware_module"),
    ]
    .into_iter()
    .find_map(|(differs, field)| differs.then_some(field))
}
