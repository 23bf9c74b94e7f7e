//! Before an offline cache is signed (draft-ietf-drip-dki, section 6): by an Issuing key, of what is below its place. What is not must
//! come with the endorsement of its parent, so that nobody need take this signer's word for it.

use super::super::LocalSigner;
use crate::{KeyClass, PolicyFault};
use drip_det::{DetClass, Hid, Level, UnixTime};
use drip_wire::cache::Cache;

impl<C: KeyClass> LocalSigner<C> {
    pub(in super::super) fn check_offline_cache(
        &self,
        cache: &Cache,
        now: UnixTime,
    ) -> Result<(), PolicyFault> {
        if C::CLASS != DetClass::Issuing {
            return Err(PolicyFault::Class { class: C::CLASS, kind: "offline cache" });
        }
        if cache.issuer != self.det {
            return Err(PolicyFault::NotParent { parent: cache.issuer, signer: self.det });
        }
        let content = &cache.content;
        for endorsement in content.issuing().iter().chain(content.entities()) {
            let child = endorsement.child;
            child.check(&endorsement.child_hi)?;
            let chained = || content.chains().iter().any(|above| above.child == endorsement.parent);
            if !self.may_vouch_for(child.hid()) && cache.delta.is_none() && !chained() {
                return Err(self.scope(child));
            }
        }
        self.check_time(cache.validity.not_before(), Some(cache.validity.not_after()), now)
    }

    fn may_vouch_for(&self, place: Hid) -> bool {
        let own = self.det.hid();
        match self.level {
            Level::Apex => true,
            Level::Raa => own.raa == place.raa,
            Level::Hda => own == place,
        }
    }
}
