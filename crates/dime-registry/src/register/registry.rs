//! Registering a registry below: an HDA with an RAA, an RAA with the Apex.
//!
//! It always waits: first for a person, unless a manager sends it in, and then for the ceremony in which the Authorization key of this
//! level endorses the key of the newcomer. Its number is taken from the moment it is asked for. When the answer of the ceremony is taken in
//! it comes into force, with its delegation in our zone.
//!
//! | level | number |
//! |---|---|
//! | HDA | any but 0, 4096, 8192, 12288, which belong to the RAA; the lowest free one when none is asked for |
//! | RAA | as IANA allots them: ISO 3166-1 and unassigned ones; reserved ones never, those for private use when policy says so |

use super::{
    Parties,
    application::{self, Idempotency},
    possession::Possession,
};
use crate::{
    ApplicantFault, Application, Caller, Collision, Kind, KindPolicy, OurFault, Outcome, Permission, Refusal,
    RegisterError, Registry, SubRegistry,
    authorities::signing_at,
    place::{above, level_of, seat},
    policy::PrivateRaas,
    registry::{CommitError, state_at},
    sub_registry::Particulars,
};
use dime_store::{
    ChangeKind, Conflict, Delegation, DelegationState, Expect, Registration, Request, State, Subject, Write,
};
use drip_cert::csr::{Csr, VerifiedCsr};
use drip_det::{Det, Hda, Hid, Level, Raa, RaaAllocation, UnixTime};

/// How often a registration is decided anew because something else happened at the same moment.
const ATTEMPTS: usize = 8;
/// The numbers an Apex assigns by itself: first come, first served (RFC 9886, section 6.2.1).
const UNASSIGNED: core::ops::RangeInclusive<u16> = 8192..=15359;

struct Case<'a> {
    application: &'a Application,
    particulars: SubRegistry,
    csr: VerifiedCsr,
    /// The place asked for.
    asked: Option<Hid>,
    /// The seat of the level that registers it.
    by: Hid,
    policy: KindPolicy,
    idempotency: Option<Idempotency>,
    voucher: Option<String>,
    caller: &'a Caller,
    now: UnixTime,
}

enum Attempt {
    Again,
    Over(RegisterError),
}

impl Registry {
    /// Lets a registry below wait for a person, or for the ceremony.
    pub(super) fn register_registry(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Outcome, RegisterError> {
        let case = self.registry_case(application, caller)?;
        let key = case.idempotency.as_ref().map(|idempotency| (&idempotency.key).into());
        let _held = self.locks.hold([case.csr.hi().into()].into_iter().chain(key), None);
        // Numbers are given one after the other.
        let _one_at_a_time = self.imports.lock();
        for _ in 0..ATTEMPTS {
            match self.attempt_registry(&case) {
                Err(Attempt::Again) => {}
                Err(Attempt::Over(error)) => return Err(error),
                Ok(outcome) => return Ok(outcome),
            }
        }
        Err(OurFault::Contention.into())
    }

    /// Everything that does not depend on what else is registered.
    fn registry_case<'a>(
        &self,
        application: &'a Application,
        caller: &'a Caller,
    ) -> Result<Case<'a>, RegisterError> {
        let kind = application.kind;
        let policy = *self.policy.of(kind).ok_or(Refusal::KindNotOffered(kind))?;
        if self.policy.is_bridge() {
            return Err(Refusal::Bridge.into());
        }
        application::check_fields(application)?;
        let csr = Csr::parse(&application.csr).and_then(Csr::verify).map_err(ApplicantFault::from)?;
        let particulars = application.registry.clone().unwrap_or_default();
        let asked = match (csr.det().map(Det::hid), particulars.hid) {
            (Some(requested), Some(given)) if requested != given => {
                return Err(ApplicantFault::MalformedField {
                    field: "hid",
                    reason: "it is not the place of the DET in the request",
                }
                .into());
            }
            (requested, given) => requested.or(given),
        };
        let now = self.clock.now();
        let by = self.level_above(kind, asked, now)?;
        if let Some(asked) = asked {
            self.check_number(kind, asked, by)?;
        }
        let scope = asked.unwrap_or(by);
        let voucher = caller.require(Permission::Register, Some(scope)).ok();
        let voucher = voucher.filter(|()| matches!(caller, Caller::Local | Caller::Token(_)));
        let idempotency = application.idempotency_key.as_deref().map(|key| Idempotency {
            key: application::idempotency_key(key, caller),
            request: application::request_digest(application, csr.octets(), None),
        });
        let voucher = voucher.map(|()| caller.actor().to_string());
        Ok(Case { application, particulars, csr, asked, by, policy, idempotency, voucher, caller, now })
    }

    /// The seat of ours that a registry of this kind is registered with.
    fn level_above(&self, kind: Kind, asked: Option<Hid>, now: UnixTime) -> Result<Hid, RegisterError> {
        let wanted = if kind == Kind::Raa { Level::Apex } else { Level::Raa };
        let places = self.places()?;
        let ours: Vec<Hid> = places.into_iter().filter(|place| level_of(*place) == wanted).collect();
        let by = match (asked, ours.as_slice()) {
            (_, []) => return Err(Refusal::KindNotOffered(kind).into()),
            (None, [first, ..]) => *first,
            (Some(asked), _) => {
                let seat_above = if kind == Kind::Raa { ours.first().copied() } else { above_hda(asked) };
                seat_above
                    .filter(|seat| ours.contains(seat))
                    .ok_or(ApplicantFault::ForeignHid { hid: asked })?
            }
        };
        // Without an Authorization DET in force no ceremony could follow.
        signing_at(&self.authorities, by, now).ok_or(OurFault::NoIssuer)?;
        Ok(by)
    }

    /// Whether a number can be given to such a registry at all.
    fn check_number(&self, kind: Kind, asked: Hid, by: Hid) -> Result<(), RegisterError> {
        if kind == Kind::Hda {
            return match asked.hda.is_reserved_to_raa() {
                true => Err(ApplicantFault::ReservedHda { hid: asked }.into()),
                false if above(asked) != Some(by) => Err(ApplicantFault::ForeignHid { hid: asked }.into()),
                false => Ok(()),
            };
        }
        let allocation = asked.raa.allocation();
        let private = self.policy.private_raas == PrivateRaas::Allowed;
        let allotted = match allocation {
            RaaAllocation::Iso3166 { .. } | RaaAllocation::Unassigned => true,
            RaaAllocation::PrivateUse => private,
            RaaAllocation::Reserved => false,
        };
        if asked.hda != Hda::OF_RAA || asked.raa == Raa::APEX || !allotted {
            return Err(ApplicantFault::RaaNotAllocatable { hid: asked, range: allocation.name() }.into());
        }
        Ok(())
    }

    fn attempt_registry(&self, case: &Case<'_>) -> Result<Outcome, Attempt> {
        if let Some(outcome) = self.repeat_registry(case)? {
            return Ok(outcome);
        }
        if self.authorities.has_key(case.csr.hi()) {
            return Err(Collision::Hi { state: State::Registered }.into());
        }
        let hid = match case.asked {
            Some(asked) => asked,
            None => self.free_number(case)?,
        };
        let expect = match self.store.delegation(hid)? {
            None => Expect::Absent,
            Some(found) if found.state == DelegationState::Ended => Expect::Version(found.version),
            Some(_) => return Err(Collision::Number { hid }.into()),
        };
        if self.places()?.contains(&hid) {
            return Err(Collision::Number { hid }.into());
        }
        let particulars = case.particulars.check(hid)?;
        let not_after = self.asked_end(case)?;
        let record = self.registry_record(case, hid, not_after)?;
        let delegation = delegation_of(case, &record, particulars);
        let mut writes = vec![
            Write::PutRegistration { record: Box::new(record.clone()), expect: Expect::Absent },
            Write::PutDelegation { record: Box::new(delegation), expect },
        ];
        writes.extend(case.idempotency.map(|idempotency| Write::PutRequest {
            record: Request {
                key_digest: idempotency.key,
                request_digest: idempotency.request,
                registration: record.id.clone(),
                at: case.now,
            },
        }));
        self.commit(case.caller.actor(), case.now, ChangeKind::Requested, writes)?;
        Ok(Outcome::Waiting(self.registrants_view(&Registration { version: 1, ..record })))
    }

    fn asked_end(&self, case: &Case<'_>) -> Result<UnixTime, Attempt> {
        let Some(asked) = case.application.not_after else { return Ok(UnixTime(0)) };
        let latest = UnixTime(case.now.0.saturating_add(case.policy.maximum_lifetime));
        if asked <= case.now {
            return Err(crate::ValidityFault::Past { asked, now: case.now }.into());
        }
        if asked > latest {
            return Err(crate::ValidityFault::TooLong { asked, latest }.into());
        }
        if asked.0 - case.now.0 < crate::Lifetimes::SHORT {
            tracing::warn!(%asked, "a registry below asks for less than a year");
        }
        Ok(asked)
    }

    /// The same request again, or the same under the same key.
    fn repeat_registry(&self, case: &Case<'_>) -> Result<Option<Outcome>, Attempt> {
        if let Some(idempotency) = case.idempotency
            && let Some(request) = self.store.request(&idempotency.key)?
        {
            if request.request_digest != idempotency.request {
                return Err(ApplicantFault::IdempotencyKeyReused.into());
            }
            let record = self.store.registration(&request.registration)?;
            return Ok(record.map(|record| self.registry_outcome(&record, case.now)));
        }
        let Some(record) = self.store.registration_by_hi(case.csr.hi())? else { return Ok(None) };
        let state = state_at(&record, case.now);
        let same = record.csr == case.csr.octets()
            && record.kind == case.application.kind
            && case.asked.is_none_or(|asked| asked == record.hid());
        if !same || matches!(state, State::Revoked | State::Expired) {
            return Err(Collision::Hi { state }.into());
        }
        if record.contact != case.application.contact {
            return Err(Collision::Duplicate { field: "contact" }.into());
        }
        Ok(Some(self.registry_outcome(&record, case.now)))
    }

    fn registry_outcome(&self, record: &Registration, now: UnixTime) -> Outcome {
        let view = self.registrants_view(record);
        match state_at(record, now) {
            State::Registered => Outcome::Registered(view),
            State::Pending | State::Issuing => Outcome::Waiting(view),
            State::Denied | State::Revoked | State::Expired => Outcome::Ended(view),
        }
    }

    /// The lowest number that nobody has.
    fn free_number(&self, case: &Case<'_>) -> Result<Hid, Attempt> {
        let taken: std::collections::BTreeSet<Hid> = self
            .store
            .delegations()?
            .into_iter()
            .filter(|delegation| delegation.state != DelegationState::Ended)
            .map(|delegation| delegation.hid)
            .chain(self.places()?)
            .collect();
        let number = |number| match case.application.kind {
            Kind::Raa => Hid::from_numbers(number, 0).ok(),
            _ => Hid::from_numbers(case.by.raa.value(), number).ok(),
        };
        let range = if case.application.kind == Kind::Raa { UNASSIGNED } else { 1..=16383 };
        let free = range.filter_map(number).find(|hid| {
            !taken.contains(hid)
                && (case.application.kind == Kind::Raa || seat(*hid) == *hid && !hid.hda.is_reserved_to_raa())
        });
        free.ok_or(Attempt::Over(Collision::Number { hid: case.by }.into()))
    }

    fn registry_record(
        &self,
        case: &Case<'_>,
        hid: Hid,
        not_after: UnixTime,
    ) -> Result<Registration, Attempt> {
        let signer = signing_at(&self.authorities, case.by, case.now).ok_or(OurFault::NoIssuer)?;
        let decided = case.voucher.is_some();
        let parties = Parties { det: Det::derive(hid, case.csr.hi()), issuer: signer.det };
        Ok(Registration {
            entity_type: case.policy.entity_type,
            serial_number: case.csr.serial_number().map(str::to_owned),
            not_after,
            decided_at: decided.then_some(case.now),
            decided_by: case.voucher.clone(),
            ..self.fresh_record(case.application, &Possession::from(&case.csr), parties, case.now)?
        })
    }
}

fn above_hda(asked: Hid) -> Option<Hid> {
    Some(Hid::new(asked.raa, Hda::OF_RAA))
}

fn delegation_of(case: &Case<'_>, record: &Registration, particulars: Particulars) -> Delegation {
    Delegation {
        hid: record.hid(),
        version: 0,
        registration: record.id.clone(),
        state: DelegationState::Waiting,
        name_servers: particulars.name_servers,
        glue: particulars.glue,
        ds: particulars.ds,
        coverage: particulars.coverage,
        contact: case.application.contact.clone(),
        uri: particulars.uri,
        since: None,
    }
}

impl<E: Into<RegisterError>> From<E> for Attempt {
    fn from(error: E) -> Self {
        Attempt::Over(error.into())
    }
}

impl From<CommitError> for Attempt {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict(Conflict::Det { det, holder: Subject::Authority(_) }) => {
                Attempt::Over(Collision::Det { det }.into())
            }
            CommitError::Conflict(_) => Attempt::Again,
            CommitError::Ours(fault) => Attempt::Over(fault.into()),
        }
    }
}
