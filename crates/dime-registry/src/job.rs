//! Jobs: re-issuing what an Issuing DET signed under its successor, piece by piece.
//!
//! Every piece is a renewal of its own, with intent and result, so a job may stop at any moment: what it has done is done, and what is left
//! is what still has the old issuer. The record says how far it has come, for people; nothing but the registrations themselves decides what
//! is left.

use crate::{AdministerError, Caller, OurFault, Permission, Registry, issue::with_intent, validity::Window};
use dime_store::{
    Actor, ChangeKind, Expect, Filter, Job, JobId, JobKind, JobState, Ownership, Registration, State, Write,
};
use drip_det::{Det, DetClass};
use drip_wire::Endorsement;

/// Registrations that are looked at between two entries about the progress.
const PART: usize = 50;

impl Registry {
    /// Begins to issue everything anew that this Issuing DET signed, under the newest one in force. [`run_jobs`](Self::run_jobs) does it.
    pub fn reissue(&self, from: Det, caller: &Caller) -> Result<Job, AdministerError> {
        let authority = self.authorities.find(from).ok_or(AdministerError::NotFound(from))?;
        caller.require(Permission::ManageAuthorities, Some(crate::place::seat(authority.hid)))?;
        if authority.own != Ownership::Own || authority.class != DetClass::Issuing {
            let reason = "only what one of our own Issuing DETs signed is issued anew";
            return Err(AdministerError::Unsuitable { det: from, reason });
        }
        let now = self.clock.now();
        let _one_at_a_time = self.imports.lock();
        let running = |job: &Job| {
            job.state == JobState::Running
                && matches!(job.kind, JobKind::Reissue { from: other } if other == from)
        };
        if let Some(job) = self.store.jobs()?.into_iter().find(running) {
            return Ok(job);
        }
        let mut total = 0;
        self.each_of(from, None, |records| {
            for record in &records {
                let successor = self.issuers.serving(record.kind, Some(record.hid()), now);
                if successor.is_none_or(|issuer| issuer.det == from || !issuer.window.contains(now)) {
                    return Err(Stop::NoSuccessor);
                }
            }
            total += records.len() as u64;
            Ok(())
        })
        .map_err(|stop| match stop {
            Stop::NoSuccessor => AdministerError::NoSuccessor(from),
            Stop::Asked => AdministerError::Ours(OurFault::Contention),
            Stop::Ours(fault) => fault.into(),
        })?;
        let job = Job {
            id: JobId(self.new_id(now)?),
            version: Expect::Absent.next_version(),
            kind: JobKind::Reissue { from },
            state: JobState::Running,
            cursor: None,
            done: 0,
            failed: 0,
            total,
            by: caller.actor().to_string(),
            started_at: now,
            finished_at: None,
        };
        let write = Write::PutJob { record: Box::new(job.clone()), expect: Expect::Absent };
        self.commit(caller.actor(), now, ChangeKind::JobStarted, vec![write]).map_err(OurFault::from)?;
        Ok(job)
    }

    /// A job, for managers and auditors.
    pub fn job(&self, id: &JobId, caller: &Caller) -> Result<Option<Job>, AdministerError> {
        caller.require_somewhere(Permission::ReadPrivate)?;
        Ok(self.store.job(id)?)
    }

    /// Every job, oldest first.
    pub fn jobs(&self, caller: &Caller) -> Result<Vec<Job>, AdministerError> {
        caller.require_somewhere(Permission::ReadPrivate)?;
        Ok(self.store.jobs()?)
    }

    /// Works on the jobs that are under way until they are done, or `go_on` says no. Tells how many registrations were issued anew.
    pub fn run_jobs(&self, go_on: &dyn Fn() -> bool) -> Result<u64, OurFault> {
        let mut done = 0;
        for job in self.store.jobs()? {
            if let (JobState::Running, JobKind::Reissue { from }) = (job.state, job.kind.clone()) {
                done += self.run_reissue(job, from, go_on)?;
            }
        }
        Ok(done)
    }

    fn run_reissue(&self, mut job: Job, from: Det, go_on: &dyn Fn() -> bool) -> Result<u64, OurFault> {
        tracing::info!(job = %job.id, %from, cursor = ?job.cursor, "issuing anew");
        let before = job.done;
        // What was done after the last entry about it is known by what is left.
        let mut left = 0;
        let counted = self.each_of(from, job.cursor.clone(), |records| {
            left += records.len() as u64;
            Ok(())
        });
        finished(counted)?;
        job.done = job.done.max(job.total.saturating_sub(left + job.failed));
        let worked = self.each_of(from, job.cursor.clone(), |records| {
            for record in records {
                if !go_on() {
                    return Err(Stop::Asked);
                }
                match self.reissue_one(&record, from) {
                    Ok(true) => job.done += 1,
                    Ok(false) => {}
                    Err(
                        fault @ (OurFault::StoreUnavailable(_)
                        | OurFault::StoreUnknown(_)
                        | OurFault::StoreCorrupt(_)),
                    ) => return Err(Stop::Ours(fault)),
                    Err(fault) => {
                        tracing::error!(det = %record.det, error = %fault, "it could not be issued anew");
                        job.failed += 1;
                    }
                }
                job.cursor = Some(record.id);
            }
            job = self.note(job.clone())?;
            Ok(())
        });
        match worked {
            Ok(()) => {
                job.state = JobState::Done;
                job.finished_at = Some(self.clock.now());
                job = self.note(job)?;
                tracing::info!(job = %job.id, done = job.done, failed = job.failed, "issued anew");
            }
            Err(Stop::Ours(fault)) => return Err(fault),
            Err(Stop::Asked | Stop::NoSuccessor) => {
                job = self.note(job)?;
            }
        }
        Ok(job.done.saturating_sub(before))
    }

    fn note(&self, mut job: Job) -> Result<Job, OurFault> {
        let expect = Expect::Version(job.version);
        job.version = expect.next_version();
        job.total = job.total.max(job.done + job.failed);
        let write = Write::PutJob { record: Box::new(job.clone()), expect };
        self.commit(Actor::System, self.clock.now(), ChangeKind::JobProgressed, vec![write])?;
        Ok(job)
    }

    /// Issues one registration anew, with the end it has; `false` when there was nothing to do any more.
    fn reissue_one(&self, found: &Registration, from: Det) -> Result<bool, OurFault> {
        let _held = self.locks.hold([found.det.into()], found.operator.map(Into::into));
        let Some(mut record) = self.store.registration(&found.id)? else { return Ok(false) };
        let now = self.clock.now();
        if record.state != State::Registered || record.not_after < now || parent_of(&record) != Some(from) {
            return Ok(false);
        }
        let record = if record.renewal.is_some() {
            // Somebody's renewal that a crash left: it is completed, by whatever issuer it names.
            record
        } else {
            let issuer = self.issuers.serving(record.kind, Some(record.hid()), now);
            let issuer = issuer.filter(|issuer| issuer.det != from).ok_or(OurFault::NoIssuer)?;
            issuer.valid_at(now)?;
            record.issuer = issuer.det;
            let not_after = record.not_after.min(issuer.window.not_after);
            let intent = self.intend(record.kind, Window { not_before: now, not_after })?;
            let (record, write, kind) = with_intent(record, intent);
            self.commit(Actor::System, now, kind, vec![write])?;
            record
        };
        self.complete(record, &Actor::System)?;
        Ok(true)
    }

    /// The registrations in force that a DET signed, in parts, after one of them.
    fn each_of(
        &self,
        from: Det,
        mut after: Option<dime_store::RegistrationId>,
        mut work: impl FnMut(Vec<Registration>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let filter = Filter { state: Some(State::Registered), hid: Some(from.hid()), ..Filter::default() };
        loop {
            let page = self.store.registrations(filter, after.as_ref(), PART).map_err(OurFault::from)?;
            let of_it = page.registrations.into_iter().filter(|record| parent_of(record) == Some(from));
            work(of_it.collect())?;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// Why work on the registrations stopped.
enum Stop {
    Asked,
    NoSuccessor,
    Ours(OurFault),
}

impl From<OurFault> for Stop {
    fn from(fault: OurFault) -> Self {
        Stop::Ours(fault)
    }
}

fn finished(result: Result<(), Stop>) -> Result<(), OurFault> {
    match result {
        Err(Stop::Ours(fault)) => Err(fault),
        Ok(()) | Err(Stop::Asked | Stop::NoSuccessor) => Ok(()),
    }
}

fn parent_of(record: &Registration) -> Option<Det> {
    let endorsement = Endorsement::decode(record.endorsement.as_ref()?).ok()?;
    Some(endorsement.parent)
}
