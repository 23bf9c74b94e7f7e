//! Registering: the path of a registration.
//!
//! 1. possession: the request, or the token, is signed by the key in it;
//! 2. place: the HDA asked for is one of ours, and the DET is derived;
//! 3. repeats and collisions: the same request gives the same result, a key is registered once for ever;
//! 4. the operator's consent;
//! 5. policy: whether a person must agree, and until when it may be valid;
//! 6. intent, signatures, result (`issue`).

pub(crate) mod application;
mod consent;
pub(crate) mod possession;
mod registry;
mod repeat;

use crate::{
    Application, Approval, Caller, Kind, KindPolicy, OurFault, Outcome, Permission, Refusal, RegisterError,
    RegistrationView, Registry, issue::with_intent, issuers::Issuer, policy::Vouching, registry::CommitError,
    validity::Window,
};
use application::{Examined, check_module};
pub(crate) use application::{IDEMPOTENCY_KEY_MAX, Idempotency, idempotency_key};
use dime_store::{
    Actor, ChangeKind, Conflict, Evidence, Expect, Registration, RegistrationId, Request, State, Subject,
    Write,
};
use drip_det::{Det, EntityType, UnixTime};
use possession::Possession;

/// How often a registration is decided anew because something else happened at the same moment.
const ATTEMPTS: usize = 4;

/// Who answers for an application that nobody else consented to.
#[derive(Clone)]
pub(crate) struct Voucher {
    by: String,
}

/// The DET to be registered, and the one that will endorse it.
struct Parties {
    det: Det,
    issuer: Det,
}

/// Everything about an application that does not depend on the store.
struct Case<'a> {
    examined: Examined,
    issuer: Issuer,
    policy: KindPolicy,
    voucher: Option<Voucher>,
    caller: &'a Caller,
    now: UnixTime,
}

impl Registry {
    /// Registers a DET, or lets it wait for a person.
    ///
    /// An error means that nothing of the application was stored and nothing signed, with one exception: after a fault of our own
    /// parts a registration may be intended already, and the same application, sent again, completes it.
    pub fn register(&self, application: Application, caller: &Caller) -> Result<Outcome, RegisterError> {
        if matches!(application.kind, Kind::Hda | Kind::Raa) {
            return self.register_registry(&application, caller);
        }
        let now = self.clock.now();
        let policy = *self.policy.of(application.kind).ok_or(Refusal::KindNotOffered(application.kind))?;
        check_module(&application, &policy)?;
        let (examined, issuer) = self.examine(application, caller)?;
        let voucher = self.voucher(caller, &examined)?;
        let _held = self.locks.hold(examined.subjects(), examined.operator.map(Into::into));
        let case = Case { examined, issuer, policy, voucher, caller, now };
        for _ in 0..ATTEMPTS {
            match self.attempt(&case) {
                Err(Attempt::Again) => {}
                Err(Attempt::Over(error)) => return Err(error),
                Ok(outcome) => return Ok(outcome),
            }
        }
        Err(OurFault::Contention.into())
    }

    /// A manager, or the person at the machine, answers for what they send in. A token without that right is no better than none, but a
    /// manager's token for another HDA is a mistake worth telling.
    fn voucher(&self, caller: &Caller, examined: &Examined) -> Result<Option<Voucher>, RegisterError> {
        let may = caller.require(Permission::Register, Some(examined.det.hid()));
        match (caller, may) {
            (Caller::Local | Caller::Token(_), Ok(())) => {
                Ok(Some(Voucher { by: caller.actor().to_string() }))
            }
            (Caller::Token(token), Err(forbidden))
                if token.hid.is_some_and(|hid| hid != examined.det.hid()) =>
            {
                Err(forbidden.into())
            }
            _ => Ok(None),
        }
    }

    fn attempt(&self, case: &Case<'_>) -> Result<Outcome, Attempt> {
        if let Some(outcome) = self.repeat(case)? {
            return Ok(outcome);
        }
        self.check_collisions(case)?;
        let evidence = self.consent(case)?;
        let asked = case.examined.application.not_after;
        case.issuer.valid_at(case.now)?;
        let window = Window::for_issuance(asked, case.now, &case.policy, case.issuer.window)?;
        if case.voucher.is_none() && case.policy.approval == Approval::Manual {
            self.wait(case, evidence, asked)
        } else {
            self.issue(case, evidence, window)
        }
    }

    fn wait(
        &self,
        case: &Case<'_>,
        evidence: Option<Evidence>,
        asked: Option<UnixTime>,
    ) -> Result<Outcome, Attempt> {
        let mut record = self.record(case, evidence)?;
        record.version = Expect::Absent.next_version();
        record.not_after = asked.unwrap_or(UnixTime(0));
        let write = Write::PutRegistration { record: Box::new(record.clone()), expect: Expect::Absent };
        self.commit_first(case, ChangeKind::Requested, write, &record.id)?;
        Ok(Outcome::Waiting(self.registrants_view(&record)))
    }

    fn issue(&self, case: &Case<'_>, evidence: Option<Evidence>, window: Window) -> Result<Outcome, Attempt> {
        let mut record = self.record(case, evidence)?;
        record.decided_at = Some(case.now);
        record.decided_by =
            Some(case.voucher.as_ref().map_or_else(|| "policy".to_owned(), |voucher| voucher.by.clone()));
        let intent = self.intend(record.kind, window)?;
        let (record, write, kind) = with_intent(record, intent);
        self.commit_first(case, kind, write, &record.id)?;
        let record = self.complete(record, &case.caller.actor())?;
        Ok(Outcome::Registered(self.registrants_view(&record)))
    }

    /// The first commit of a registration, with the Idempotency-Key it came under.
    fn commit_first(
        &self,
        case: &Case<'_>,
        kind: ChangeKind,
        write: Write,
        registration: &RegistrationId,
    ) -> Result<(), Attempt> {
        let request = case.examined.idempotency.map(|idempotency| Write::PutRequest {
            record: Request {
                key_digest: idempotency.key,
                request_digest: idempotency.request,
                registration: registration.clone(),
                at: case.now,
            },
        });
        let writes = std::iter::once(write).chain(request).collect();
        self.commit(case.caller.actor(), case.now, kind, writes)?;
        Ok(())
    }

    fn record(&self, case: &Case<'_>, evidence: Option<Evidence>) -> Result<Registration, OurFault> {
        let examined = &case.examined;
        let parties = Parties { det: examined.det, issuer: case.issuer.det };
        Ok(Registration {
            operator: examined.operator,
            serial_number: examined.serial_number.clone(),
            entity_type: case.policy.entity_type,
            hardware_module: examined.application.hardware_module.clone(),
            evidence,
            ..self.fresh_record(&examined.application, &examined.csr, parties, case.now)?
        })
    }

    /// A record of what waits, with nothing decided.
    fn fresh_record(
        &self,
        application: &Application,
        proof: &Possession,
        parties: Parties,
        now: UnixTime,
    ) -> Result<Registration, OurFault> {
        Ok(Registration {
            id: RegistrationId(self.new_id(now)?),
            version: 0,
            kind: application.kind,
            state: State::Pending,
            det: parties.det,
            hi: *proof.hi(),
            csr: proof.octets().to_vec(),
            operator: None,
            serial_number: None,
            contact: application.contact.clone(),
            flight: application.flight.clone(),
            entity_type: EntityType::NOT_DEFINED,
            issuer: parties.issuer,
            not_before: UnixTime(0),
            not_after: UnixTime(0),
            certificate_serial: Vec::new(),
            endorsement: None,
            certificate: None,
            full: None,
            mtls: None,
            c509: None,
            renewal: None,
            requested_at: now,
            decided_at: None,
            decided_by: None,
            reason: None,
            ended_at: None,
            evidence: None,
            numbered: Vec::new(),
            reason_code: None,
            terms: None,
            hardware_module: None,
        })
    }

    /// What the one who registers may see: everything.
    fn registrants_view(&self, record: &Registration) -> Box<RegistrationView> {
        Box::new(self.view_in_full(record))
    }

    fn vouching(&self) -> Vouching {
        self.policy.managers_vouch
    }
}

/// How an attempt went that did not succeed.
enum Attempt {
    /// Something changed at the same moment: decide anew.
    Again,
    Over(RegisterError),
}

impl<E: Into<RegisterError>> From<E> for Attempt {
    fn from(error: E) -> Self {
        Attempt::Over(error.into())
    }
}

impl From<CommitError> for Attempt {
    fn from(error: CommitError) -> Self {
        match error {
            // A DET that an authority has will not become free by looking again.
            CommitError::Conflict(Conflict::Det { det, holder: Subject::Authority(_) }) => {
                Attempt::Over(crate::Collision::Det { det }.into())
            }
            CommitError::Conflict(_) => Attempt::Again,
            CommitError::Ours(fault) => Attempt::Over(fault.into()),
        }
    }
}

impl From<crate::ValidityFault> for RegisterError {
    fn from(fault: crate::ValidityFault) -> Self {
        RegisterError::Applicant(fault.into())
    }
}

/// Who is named in the audit log for a repeat that only completes what was intended.
const COMPLETION: Actor = Actor::System;
