//! Renewing: the same DET and key, a new validity, certificate serial and signatures.

use crate::{
    Caller, Kind, OurFault, Permission, RegistrationView, Registry, RenewError, Renewal, digest,
    issue::with_intent,
    read::is_public,
    register::{IDEMPOTENCY_KEY_MAX, Idempotency, idempotency_key},
    registry::state_at,
    validity::Window,
};
use dime_store::{Registration, Request, State, StoreError, Write};
use drip_det::{Det, UnixTime};

impl Registry {
    /// Extends a registration, beginning now. Its manager, the holder of its key and its operator may, while its operator is in force.
    ///
    /// What it had stays in force and in the DNS until the new is signed.
    pub fn renew(&self, det: Det, renewal: Renewal, caller: &Caller) -> Result<RegistrationView, RenewError> {
        let idempotency = idempotency_of(det, &renewal, caller)?;
        let found = self.store.registration_by_det(det)?.ok_or(RenewError::NotFound)?;
        if matches!(found.kind, Kind::Hda | Kind::Raa) {
            // A registry below is endorsed anew in a ceremony.
            return Err(RenewError::KindNotOffered);
        }
        let now = self.clock.now();
        if let Err(forbidden) = self.require_for(caller, &found, Permission::Renew, now)? {
            // That somebody waits is not public.
            return Err(if is_public(&found) { forbidden.into() } else { RenewError::NotFound });
        }
        let changed = std::iter::once(det.into())
            .chain(idempotency.as_ref().map(|idempotency| (&idempotency.key).into()));
        let _held = self.locks.hold(changed, found.operator.map(Into::into));
        let record = self.store.registration(&found.id)?.ok_or(RenewError::NotFound)?;
        if let Some(idempotency) = idempotency
            && let Some(request) = self.store.request(&idempotency.key)?
        {
            if request.request_digest != idempotency.request || request.registration != record.id {
                return Err(RenewError::IdempotencyKeyReused);
            }
            let in_hand = record.state == State::Registered && record.renewal.is_some();
            let record = if in_hand { self.complete(record, &caller.actor())? } else { record };
            return Ok(self.view_in_full(&record));
        }
        match state_at(&record, now) {
            State::Registered => {}
            state => return Err(RenewError::NotRegistered(state)),
        }
        let record = self.intend_renewal(record, &renewal, idempotency, caller, now)?;
        let record = self.complete(record, &caller.actor())?;
        Ok(self.view_in_full(&record))
    }

    fn intend_renewal(
        &self,
        mut record: Registration,
        renewal: &Renewal,
        idempotency: Option<Idempotency>,
        caller: &Caller,
        now: UnixTime,
    ) -> Result<Registration, RenewError> {
        let policy = self.policy.of(record.kind).ok_or(RenewError::KindNotOffered)?;
        self.check_operator_of(&record, now)?
            .map_err(|(operator, state)| RenewError::OperatorNotValid { operator, state })?;
        let issuer = self.issuers.serving(record.kind, Some(record.hid()), now).ok_or(OurFault::NoIssuer)?;
        issuer.valid_at(now)?;
        let rules = policy.for_device(record.hardware_module.as_ref());
        let window = Window::for_issuance(renewal.not_after, now, &rules, issuer.window)?;
        // What is in force names its own issuer in its endorsement.
        record.issuer = issuer.det;
        let intent = self.intend(record.kind, window)?;
        let request = idempotency.map(|idempotency| Write::PutRequest {
            record: Request {
                key_digest: idempotency.key,
                request_digest: idempotency.request,
                registration: record.id.clone(),
                at: now,
            },
        });
        let (record, write, kind) = with_intent(record, intent);
        let writes = std::iter::once(write).chain(request).collect();
        self.commit(caller.actor(), now, kind, writes).map_err(OurFault::from)?;
        Ok(record)
    }
}

fn idempotency_of(det: Det, renewal: &Renewal, caller: &Caller) -> Result<Option<Idempotency>, RenewError> {
    let Some(key) = &renewal.idempotency_key else { return Ok(None) };
    if key.trim().is_empty() || key.chars().count() > IDEMPOTENCY_KEY_MAX {
        return Err(RenewError::IdempotencyKey);
    }
    let not_after = renewal.not_after.map(|time| time.0.to_be_bytes());
    let request =
        digest::of_parts("renew", &[Some(&det.to_bytes()), not_after.as_ref().map(<[u8; 8]>::as_slice)]);
    Ok(Some(Idempotency { key: idempotency_key(key, caller), request }))
}

impl From<StoreError> for RenewError {
    fn from(error: StoreError) -> Self {
        RenewError::Ours(error.into())
    }
}
