//! Before a UA signs what it sends (RFC 9575, section 4.1): by its own Operational key, for minutes, and nothing that could be taken
//! for an endorsement. Those have the same form as evidence of 48 octets, which a Manifest of three messages has.

use super::super::LocalSigner;
use crate::{KeyClass, PolicyFault};
use drip_det::{DetClass, UnixTime};
use drip_wire::EndorsementBody;
use drip_wire::broadcast::UnsignedEvidence;

/// The longest validity, in seconds. The RFC suggests two minutes; what is valid for long can be recorded and played again.
const LONGEST: u64 = 1800;

impl<C: KeyClass> LocalSigner<C> {
    pub(in super::super) fn check_ua_evidence(
        &self,
        body: &UnsignedEvidence,
        now: UnixTime,
    ) -> Result<(), PolicyFault> {
        if C::CLASS != DetClass::Operational {
            return Err(PolicyFault::Class { class: C::CLASS, kind: "UA-signed evidence" });
        }
        if body.ua() != self.det {
            return Err(PolicyFault::NotUa { ua: body.ua(), signer: self.det });
        }
        if let Ok(disguised) = EndorsementBody::decode(&body.signed_octets())
            && disguised.child.check(&disguised.child_hi).is_ok()
        {
            return Err(PolicyFault::Disguised { child: disguised.child });
        }
        let (not_before, not_after) = (body.vnb().to_unix(), body.vna().to_unix());
        let latest = UnixTime(not_before.0 + LONGEST);
        if not_after > latest {
            return Err(PolicyFault::TooLong { not_after, latest });
        }
        self.check_time(not_before, Some(not_after), now)
    }
}
