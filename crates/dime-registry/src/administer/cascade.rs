//! Revoking an authority: everything below falls with it.
//!
//! The first commit ends the authority, every authority that its chain leads to, and the registries among them, and begins a job; from then
//! on nothing new is signed under any of them. The job ends the registrations, some hundred in a commit, before the answer is given; after a
//! crash it is finished at the next start, before anything is served.

use crate::{AdministerError, Caller, OurFault, Registry, deny::checked_reason, registry::CommitError};
use dime_store::{
    Actor, Authority, AuthorityStatus, ChangeKind, DelegationState, Expect, Filter, Job, JobId, JobKind,
    JobState, Kind, Ownership, Registration, State, Write,
};
use drip_cert::crl::Reason;
use drip_det::{Det, UnixTime};
use drip_wire::Endorsement;
use std::collections::{BTreeMap, BTreeSet};

/// How many registrations end in one commit.
const BATCH: usize = 200;

/// Why something ends: in words, and in the standard's.
#[derive(Clone, Copy)]
pub(super) struct Why<'a> {
    pub(super) reason: &'a str,
    pub(super) code: Option<Reason>,
}

/// Why what is below an authority ends with it: when a key is known to others, what matters below is whose.
const fn falling_with(code: Option<Reason>) -> Option<Reason> {
    match code {
        Some(Reason::KeyCompromise | Reason::CaCompromise) => Some(Reason::CaCompromise),
        other => other,
    }
}

/// What falls, or fell, with an authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fallen {
    /// The authorities, itself among them.
    pub authorities: Vec<Det>,
    /// Registries below among them, by DET.
    pub registries: Vec<Det>,
    /// Registrations, by kind.
    pub registrations: BTreeMap<&'static str, u64>,
}

impl Fallen {
    /// How many registrations.
    pub fn count(&self) -> u64 {
        self.registrations.values().sum()
    }

    fn add(&mut self, kind: Kind) {
        *self.registrations.entry(kind.name()).or_default() += 1;
    }
}

impl Registry {
    /// What would fall with an authority if it were revoked now.
    pub fn preview_revocation(&self, det: Det, caller: &Caller) -> Result<Fallen, AdministerError> {
        self.administered(det, caller)?;
        let fallen = self.below(det)?;
        let mut tally = self.tally(&fallen);
        let dets = dets_of(&fallen);
        for state in [State::Issuing, State::Registered] {
            self.each_page(state, |records| {
                records
                    .iter()
                    .filter(|record| is_by(record, &dets))
                    .for_each(|record| tally.add(record.kind));
                Ok(())
            })?;
        }
        Ok(tally)
    }

    /// Ends an authority for ever, with everything below it.
    ///
    /// When this returns all of it is out of this node's DNS. Revoking what is revoked already changes nothing.
    pub fn revoke_authority(
        &self,
        det: Det,
        reason: &str,
        caller: &Caller,
    ) -> Result<Fallen, AdministerError> {
        self.revoke_authority_because(det, reason, None, caller)
    }

    /// The same with a reason in the standard's words, which lists and status responses repeat. Suspension, and its end, are none here.
    pub fn revoke_authority_because(
        &self,
        det: Det,
        reason: &str,
        code: Option<Reason>,
        caller: &Caller,
    ) -> Result<Fallen, AdministerError> {
        if matches!(code, Some(Reason::CertificateHold | Reason::RemoveFromCrl)) {
            return Err(AdministerError::ReasonCode);
        }
        let reason = checked_reason(reason).ok_or(AdministerError::Reason)?;
        let job = {
            let _one_at_a_time = self.imports.lock();
            let authority = self.administered(det, caller)?;
            match authority.status {
                AuthorityStatus::Revoked { .. } => return Ok(Fallen::default()),
                AuthorityStatus::Expired { .. } => {
                    return Err(super::unfit(&authority, "it has ended already"));
                }
                _ => {}
            }
            let why = Why { reason: &reason, code };
            self.begin_fall(det, why, ChangeKind::AuthorityRevoked, caller.actor())?
        };
        Ok(self.finish_fall(job)?)
    }

    /// Ends the authorities, and begins the job that ends the registrations.
    pub(super) fn begin_fall(
        &self,
        det: Det,
        why: Why<'_>,
        kind: ChangeKind,
        actor: Actor,
    ) -> Result<Job, OurFault> {
        let now = self.clock.now();
        let mut writes = Vec::new();
        for mut authority in self.below(det)? {
            if authority.status.has_ended() {
                continue;
            }
            let own = authority.own;
            let fallen = authority.det;
            let expect = Expect::Version(authority.version);
            let code = if fallen == det { why.code } else { falling_with(why.code) };
            let reason = because(det, fallen, why.reason);
            if own == Ownership::Below {
                writes.extend(self.end_registry(
                    fallen,
                    State::Revoked,
                    Why { reason: &reason, code },
                    now,
                )?);
            }
            authority.status = AuthorityStatus::Revoked { at: now, reason, code: code.map(Reason::code) };
            writes.push(Write::PutAuthority { record: Box::new(authority), expect });
        }
        let job = Job {
            id: JobId(self.new_id(now)?),
            version: 1,
            kind: JobKind::Cascade { authority: det, reason: why.reason.to_owned() },
            state: JobState::Running,
            cursor: None,
            done: 0,
            failed: 0,
            total: 0,
            by: actor.to_string(),
            started_at: now,
            finished_at: None,
        };
        writes.push(Write::PutJob { record: Box::new(job.clone()), expect: Expect::Absent });
        self.commit(actor, now, kind, writes)?;
        Ok(job)
    }

    /// Ends the registrations that a cascade has left, and the job.
    pub(crate) fn finish_fall(&self, mut job: Job) -> Result<Fallen, OurFault> {
        let JobKind::Cascade { authority, reason } = &job.kind else { return Ok(Fallen::default()) };
        let fallen = self.below(*authority)?;
        let mut tally = self.tally(&fallen);
        let dets = dets_of(&fallen);
        // The first commit has written down why.
        let code = match self.authorities.find(*authority).map(|authority| authority.status) {
            Some(AuthorityStatus::Revoked { code, .. }) => code.and_then(Reason::from_code),
            _ => None,
        };
        let reason = because(*authority, fallen.last().map_or(*authority, |last| last.det), reason);
        let why = Why { reason: &reason, code: falling_with(code) };
        let mut ended = 0;
        for state in [State::Issuing, State::Registered] {
            self.each_page(state, |records| {
                let due: Vec<Registration> =
                    records.into_iter().filter(|record| is_by(record, &dets)).collect();
                for record in self.end_all(due, &dets, why)? {
                    tally.add(record.kind);
                    ended += 1;
                }
                Ok(())
            })?;
        }
        let now = self.clock.now();
        let expect = Expect::Version(job.version);
        job.state = JobState::Done;
        job.done = ended;
        job.total = ended;
        job.finished_at = Some(now);
        let write = Write::PutJob { record: Box::new(job), expect };
        self.commit(Actor::System, now, ChangeKind::JobProgressed, vec![write])?;
        tracing::warn!(
            authorities = tally.authorities.len(),
            registrations = tally.count(),
            "an authority fell, and everything below it"
        );
        Ok(tally)
    }

    /// What a crash left of a fall.
    pub(crate) fn resume_cascades(&self) -> Result<(), OurFault> {
        let jobs = self.store.jobs()?;
        let unfinished =
            |job: &Job| job.state == JobState::Running && matches!(job.kind, JobKind::Cascade { .. });
        for job in jobs.into_iter().filter(unfinished) {
            tracing::warn!(job = %job.id, "finishing what fell before the last stop");
            self.finish_fall(job)?;
        }
        Ok(())
    }

    /// The registration and the delegation of a registry below, ended.
    pub(super) fn end_registry(
        &self,
        det: Det,
        state: State,
        why: Why<'_>,
        now: UnixTime,
    ) -> Result<Vec<Write>, OurFault> {
        let mut writes = Vec::new();
        writes.extend(self.delegation_write(det, DelegationState::Ended)?);
        if let Some(mut record) = self.store.registration_by_det(det)?
            && record.state == State::Registered
        {
            let expect = Expect::Version(record.version);
            record.state = state;
            record.ended_at = Some(now);
            if state == State::Revoked {
                record.reason = Some(why.reason.to_owned());
                record.reason_code = why.code.map(Reason::code);
            }
            writes.push(Write::PutRegistration { record: Box::new(record), expect });
        }
        Ok(writes)
    }

    /// An authority and those below it that this node may change, itself first.
    fn below(&self, det: Det) -> Result<Vec<Authority>, OurFault> {
        let mut fallen = Vec::new();
        for authority in self.store.authorities()? {
            if authority.own != Ownership::Above && self.authorities.is_below(authority.det, det) {
                fallen.push(authority);
            }
        }
        fallen.sort_by_key(|authority| authority.det != det);
        Ok(fallen)
    }

    fn tally(&self, fallen: &[Authority]) -> Fallen {
        let below = |authority: &&Authority| authority.own == Ownership::Below;
        Fallen {
            authorities: fallen.iter().map(|authority| authority.det).collect(),
            registries: fallen.iter().filter(below).map(|authority| authority.det).collect(),
            registrations: BTreeMap::new(),
        }
    }

    /// Every page of the registrations in a state.
    fn each_page(
        &self,
        state: State,
        mut work: impl FnMut(Vec<Registration>) -> Result<(), OurFault>,
    ) -> Result<(), OurFault> {
        let filter = Filter { state: Some(state), ..Filter::default() };
        let mut after = None;
        loop {
            let page = self.store.registrations(filter, after.as_ref(), BATCH)?;
            work(page.registrations)?;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Ends these in one commit; when somebody changed one of them meanwhile, each by itself.
    fn end_all(
        &self,
        due: Vec<Registration>,
        dets: &BTreeSet<Det>,
        why: Why<'_>,
    ) -> Result<Vec<Registration>, OurFault> {
        if due.is_empty() {
            return Ok(due);
        }
        let _held = self.locks.hold(due.iter().map(|record| record.det.into()), None);
        match self.end_now(&due, why) {
            Ok(()) => Ok(due),
            Err(CommitError::Ours(fault)) => Err(fault),
            Err(CommitError::Conflict(_)) => {
                let mut ended = Vec::new();
                for record in due {
                    let Some(record) = self.store.registration(&record.id)? else { continue };
                    let live = matches!(record.state, State::Registered | State::Issuing);
                    if live && is_by(&record, dets) {
                        self.end_now(std::slice::from_ref(&record), why)?;
                        ended.push(record);
                    }
                }
                Ok(ended)
            }
        }
    }

    fn end_now(&self, records: &[Registration], why: Why<'_>) -> Result<(), CommitError> {
        let now = self.clock.now();
        let write = |record: &Registration| {
            let mut record = record.clone();
            let expect = Expect::Version(record.version);
            record.state = State::Revoked;
            record.renewal = None;
            record.ended_at = Some(now);
            record.reason = Some(why.reason.to_owned());
            record.reason_code = why.code.map(Reason::code);
            Write::PutRegistration { record: Box::new(record), expect }
        };
        let writes = records.iter().map(write).collect();
        self.commit(Actor::System, now, ChangeKind::Revoked, writes).map(|_| ())
    }
}

fn dets_of(fallen: &[Authority]) -> BTreeSet<Det> {
    fallen.iter().map(|authority| authority.det).collect()
}

/// Whether a registration's own endorsement, or the one that is intended, is by one of these.
fn is_by(record: &Registration, dets: &BTreeSet<Det>) -> bool {
    let signed = record.endorsement.as_ref().and_then(|octets| Endorsement::decode(octets).ok());
    match signed {
        Some(endorsement) => dets.contains(&endorsement.parent),
        None => dets.contains(&record.issuer),
    }
}

/// The reason, and for what fell with another, with which.
fn because(first: Det, fallen: Det, reason: &str) -> String {
    if first == fallen {
        return reason.to_owned();
    }
    let text = format!("{first}, above it, ended: {reason}");
    text.chars().take(crate::REASON_MAX).collect()
}
