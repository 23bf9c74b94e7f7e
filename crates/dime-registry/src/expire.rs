//! Expiry: what has ended by time is taken out of the zones, and the journal says so.
//!
//! A registration is valid through its `not_after`, that second included, as endorsements and certificates say. Every read and check already
//! treats what is past it as expired; this removes it from the DNS.

use crate::{
    OurFault, Registry,
    registry::{CommitError, state_at},
};
use dime_store::{Actor, ChangeKind, Expect, Registration, State, Write};
use drip_det::UnixTime;

/// How many end in one commit.
const BATCH: usize = 200;

impl Registry {
    /// Ends every registration whose time is over; tells how many. Call it at [`next_expiry`](Self::next_expiry).
    pub fn expire_due(&self) -> Result<usize, OurFault> {
        // Authorities first: the registration of a registry below ends with its authority.
        let mut ended = self.expire_authorities()?;
        loop {
            let due = self.store.expiring(self.clock.now(), BATCH)?;
            if due.is_empty() {
                return Ok(ended);
            }
            let expired = self.expire_batch(due)?;
            ended += expired;
            if expired == 0 {
                return Ok(ended);
            }
        }
    }

    /// When [`expire_due`](Self::expire_due) will next have something to do: the second after the earliest end.
    pub fn next_expiry(&self) -> Result<Option<UnixTime>, OurFault> {
        let earliest = self.store.expiring(UnixTime(u64::MAX), 1)?;
        let registration = earliest.first().map(|record| record.not_after);
        let first = [registration, self.next_authority_end()].into_iter().flatten().min();
        Ok(first.map(|end| UnixTime(end.0.saturating_add(1))))
    }

    fn expire_batch(&self, due: Vec<Registration>) -> Result<usize, OurFault> {
        let _held = self.locks.hold(due.iter().map(|record| record.det.into()), None);
        match self.expire(due.clone()) {
            Ok(count) => Ok(count),
            // Somebody renewed or ended one of them between the look and the lock: look again at each.
            Err(CommitError::Conflict(_)) => self.expire_singly(due),
            Err(CommitError::Ours(fault)) => Err(fault),
        }
    }

    fn expire_singly(&self, due: Vec<Registration>) -> Result<usize, OurFault> {
        let mut ended = 0;
        for record in due {
            let Some(record) = self.store.registration(&record.id)? else { continue };
            if record.state == State::Registered && state_at(&record, self.clock.now()) == State::Expired {
                ended += self.expire(vec![record])?;
            }
        }
        Ok(ended)
    }

    /// Ends these, in one commit.
    pub(crate) fn expire(&self, records: Vec<Registration>) -> Result<usize, CommitError> {
        let now = self.clock.now();
        let count = records.len();
        let write = |mut record: Registration| {
            let expect = Expect::Version(record.version);
            record.version = expect.next_version();
            record.state = State::Expired;
            record.renewal = None;
            record.ended_at = Some(now);
            Write::PutRegistration { record: Box::new(record), expect }
        };
        let writes = records.into_iter().map(write).collect();
        self.commit(Actor::System, now, ChangeKind::Expired, writes)?;
        Ok(count)
    }
}
