//! Authorities whose time is over, by their validity or by a planned end.

use super::cascade::Why;
use crate::{OurFault, Registry};
use dime_store::{Actor, Authority, AuthorityStatus, ChangeKind, Expect, Ownership, State, Write};
use drip_cert::crl::Reason;
use drip_det::UnixTime;

impl Registry {
    /// Ends every authority whose time is over, and tells how many.
    pub(crate) fn expire_authorities(&self) -> Result<usize, OurFault> {
        let now = self.clock.now();
        if self.next_authority_end().is_none_or(|end| end >= now) {
            return Ok(0);
        }
        let mut ended = 0;
        let _one_at_a_time = self.imports.lock();
        for authority in self.store.authorities()? {
            let over = end_of(authority.own, &authority.status, authority.not_after);
            match over.filter(|end| *end < now) {
                Some(end) if end == authority.not_after => self.expire_authority(authority, now)?,
                Some(_) => {
                    // A planned end before its own: what it signed may still be running.
                    let why =
                        Why { reason: "its planned end has come", code: Some(Reason::CessationOfOperation) };
                    let kind = ChangeKind::AuthorityExpired;
                    let job = self.begin_fall(authority.det, why, kind, Actor::System)?;
                    self.finish_fall(job)?;
                }
                None => continue,
            }
            ended += 1;
        }
        Ok(ended)
    }

    fn expire_authority(&self, mut authority: Authority, now: UnixTime) -> Result<(), OurFault> {
        tracing::warn!(det = %authority.det, hid = %authority.hid, class = %authority.class, "an authority expired");
        let (det, own) = (authority.det, authority.own);
        let expect = Expect::Version(authority.version);
        authority.status = AuthorityStatus::Expired { at: now };
        let mut writes = vec![Write::PutAuthority { record: Box::new(authority), expect }];
        if own == Ownership::Below {
            writes.extend(self.end_registry(det, State::Expired, Why { reason: "", code: None }, now)?);
        }
        self.commit(Actor::System, now, ChangeKind::AuthorityExpired, writes)?;
        Ok(())
    }

    /// The last second of the authority that ends first.
    pub(crate) fn next_authority_end(&self) -> Option<UnixTime> {
        self.authorities.least(|authority| end_of(authority.own, &authority.status, authority.not_after))
    }
}

/// The last second of an authority that is ours to end.
fn end_of(own: Ownership, status: &AuthorityStatus, not_after: UnixTime) -> Option<UnixTime> {
    match (own, status) {
        (Ownership::Above, _) => None,
        (_, AuthorityStatus::Revoked { .. } | AuthorityStatus::Expired { .. }) => None,
        (_, AuthorityStatus::Retired { at, .. }) => Some((*at).min(not_after)),
        (_, AuthorityStatus::Active | AuthorityStatus::Suspended { .. }) => Some(not_after),
    }
}
