//! What a signer checks before it signs a revocation list or a status response (RFC 5280, section 5; RFC 6960, section 2.6).
//!
//! | object | signer | limits |
//! |---|---|---|
//! | revocation list | Authorization or Issuing, the issuer it names | lists its own certificates; an indirect one by an Issuing key of an RAA or the Apex those of authorities of that RAA, too |
//! | status response | Operational, the responder it names; or Issuing, for itself | every status says until when it is to be believed |
//!
//! Neither begins before the signer's limit of backdating, nor after now (an hour after, where an offline machine has its own clock), nor
//! ends later than its limit of a status.

use crate::{KeyClass, PolicyFault, local::LocalSigner};
use drip_cert::{crl::CrlTbs, ocsp::ResponseTbs};
use drip_det::{DetClass, Level, UnixTime};

/// How far an Authorization key's clock may be behind the one of who asks: machines without a network are often some minutes off.
const CEREMONY_SKEW: u64 = 3600;

const fn skew<C: KeyClass>() -> u64 {
    match C::CLASS {
        DetClass::Authorization => CEREMONY_SKEW,
        DetClass::Issuing | DetClass::Operational => 0,
    }
}

impl<C: KeyClass> LocalSigner<C> {
    pub(in crate::local) fn check_crl(&self, list: &CrlTbs, now: UnixTime) -> Result<(), PolicyFault> {
        if C::CLASS == DetClass::Operational {
            return Err(PolicyFault::Class { class: C::CLASS, kind: "revocation list" });
        }
        if list.issuer != self.det {
            return Err(PolicyFault::NotParent { parent: list.issuer, signer: self.det });
        }
        for entry in list.entries.iter().filter(|entry| entry.issuer != self.det) {
            let within = match (C::CLASS, self.level) {
                (DetClass::Issuing, Level::Apex) => true,
                (DetClass::Issuing, Level::Raa) => entry.issuer.hid().raa == self.det.hid().raa,
                _ => false,
            };
            if !within {
                return Err(PolicyFault::Scope { child: entry.issuer, signer: self.det });
            }
        }
        self.check_status_time(list.this_update.to_unix(), Some(list.next_update.to_unix()), now)
    }

    pub(in crate::local) fn check_ocsp(
        &self,
        response: &ResponseTbs,
        now: UnixTime,
    ) -> Result<(), PolicyFault> {
        if C::CLASS == DetClass::Authorization {
            return Err(PolicyFault::Class { class: C::CLASS, kind: "OCSP response" });
        }
        if !response.responder.names(self.det, self.key.hi()) {
            return Err(PolicyFault::NotResponder { signer: self.det });
        }
        if response.produced_at.to_unix() > now {
            return Err(PolicyFault::Future { time: response.produced_at.to_unix(), now });
        }
        response.responses.iter().try_for_each(|single| {
            let next_update = single.next_update.map(|next| next.to_unix());
            self.check_status_time(single.this_update.to_unix(), next_update, now)
        })
    }

    fn check_status_time(
        &self,
        this_update: UnixTime,
        next_update: Option<UnixTime>,
        now: UnixTime,
    ) -> Result<(), PolicyFault> {
        if this_update > UnixTime(now.0.saturating_add(skew::<C>())) {
            return Err(PolicyFault::Future { time: this_update, now });
        }
        let next_update = next_update.ok_or(PolicyFault::Endless)?;
        let latest = UnixTime(this_update.0.saturating_add(self.policy.max_status_lifetime));
        if next_update > latest {
            return Err(PolicyFault::TooLong { not_after: next_update, latest });
        }
        // Backdating and an end in the past are the same faults as a certificate's.
        self.check_begun(this_update, next_update, now)
    }

    fn check_begun(&self, begin: UnixTime, end: UnixTime, now: UnixTime) -> Result<(), PolicyFault> {
        let earliest = UnixTime(now.0.saturating_sub(self.policy.max_backdating));
        if begin < earliest {
            return Err(PolicyFault::Backdated { not_before: begin, earliest });
        }
        if end <= now {
            return Err(PolicyFault::Expired { not_after: end, now });
        }
        Ok(())
    }
}
